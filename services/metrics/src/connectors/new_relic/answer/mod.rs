//! What NerdGraph answers.

pub mod entity;
pub mod issues;
pub mod rows;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, ReadError, Reply};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

/// An answer that was understood.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Rows of a query.
    Rows(rows::Rows),
    /// The entity, if there is one, and when it was seen.
    Entity(entity::Entity, DateTime<Utc>),
    /// Open issues.
    Issues(issues::Issues),
}

/// An answer, of which errors are looked at first.
#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(default = "none", bound(deserialize = "T: Deserialize<'de>"))]
    data: Option<Object<T>>,
}

fn none<T>() -> Option<T> {
    None
}

#[derive(Deserialize)]
struct Errors {
    errors: Option<Vec<Object<Error>>>,
}

#[derive(Deserialize)]
struct Error {
    extensions: Option<Object<Extensions>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Extensions {
    error_class: Option<String>,
}

/// What stands under `data` in every answer.
#[derive(Deserialize)]
struct Data<T> {
    actor: Object<T>,
}

/// What stands under the account.
#[derive(Deserialize)]
struct OfAccount<T> {
    account: Object<T>,
}

#[derive(Deserialize)]
struct Accounts {
    accounts: Vec<Object<Account>>,
}

#[derive(Deserialize)]
struct Account {
    id: u32,
}

/// Whether an answer with a good status is one: an error in it is none, data beside it or not.
pub fn well(reply: &Reply) -> Result<(), ReadError> {
    // A body that is no JSON at all is told apart from one of another shape.
    reply.json::<IgnoredAny>()?;
    without_errors(reply.body())
}

/// Whether a body that is JSON has no errors.
pub fn without_errors(body: &[u8]) -> Result<(), ReadError> {
    let Errors { errors } = object(body)?;
    match errors.unwrap_or_default().first() {
        None => Ok(()),
        Some(Object(first)) => Err(first.meaning()),
    }
}

/// Numbers of the accounts that a key sees.
pub fn accounts(body: &[u8]) -> Result<Vec<u32>, ReadError> {
    let Accounts { accounts } = of_actor(body)?;
    Ok(accounts
        .into_iter()
        .map(|Object(account)| account.id)
        .collect())
}

impl Error {
    fn meaning(&self) -> ReadError {
        let extensions = self.extensions.as_ref();
        match extensions.and_then(|it| it.0.error_class.as_deref()) {
            Some("TIMEOUT") => ReadError::TimedOut,
            Some("TOO_MANY_REQUESTS") => ReadError::Throttled { retry_at: None },
            Some("ACCESS_DENIED" | "UNAUTHORIZED") => ReadError::Denied,
            Some("INVALID_INPUT") => ReadError::Rejected,
            Some(_) | None => ReadError::Unreachable,
        }
    }
}

fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    let read = serde_json::from_slice::<Object<T>>(body);
    read.map(|Object(it)| it).map_err(|_| ReadError::Shape)
}

/// What stands under the actor.
fn of_actor<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    let envelope: Envelope<Data<T>> = object(body)?;
    let Object(data) = envelope.data.ok_or(ReadError::Shape)?;
    Ok(data.actor.0)
}

/// What stands under the account.
fn of_account<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    let actor: OfAccount<T> = of_actor(body)?;
    Ok(actor.account.0)
}
