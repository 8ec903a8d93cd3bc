//! How much a token reaches.

use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::{client::Client, model::Reference};

/// Asks what the token belongs to and reaches, and fails where it does not work.
///
/// No read tells whether it may write, so that none is known to be narrow.
pub async fn ask(
    client: &Client,
    projects: &[String],
    request: &CollectRequest,
) -> Result<Breadth, CollectError> {
    for project in projects {
        let (found, _) = client.project(project, request).await.map_err(failed)?;
        if !found.is_it(project, &client.org) {
            return Err(CollectError::new(FailureCode::OutOfScope));
        }
    }
    let own = told(client.own(request).await)?;
    let is_personal = own.is_some_and(|it| it.r#type.as_deref() == Some("user"));
    let orgs = told(client.reached("orgs", request).await)?;
    let is_other = |it: &Reference| !it.id.eq_ignore_ascii_case(&client.org);
    let has_others = orgs.is_some_and(|(all, has_more)| has_more || all.iter().any(is_other));
    let groups = told(client.reached("groups", request).await)?;
    let has_groups = groups.is_some_and(|(all, has_more)| has_more || !all.is_empty());
    Ok(match is_personal || has_others || has_groups {
        true => Breadth::Broad,
        false => Breadth::Unverifiable,
    })
}

/// What a token may not ask, it is not told of.
fn told<T>(read: Result<T, ReadError>) -> Result<Option<T>, CollectError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(ReadError::Denied | ReadError::NotFound | ReadError::Rejected | ReadError::Shape) => {
            Ok(None)
        }
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: ReadError) -> CollectError {
    let answered = || CollectError::new(FailureCode::Malformed);
    error.failure().unwrap_or_else(answered)
}
