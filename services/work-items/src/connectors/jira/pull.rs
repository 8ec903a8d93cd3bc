//! Asks Jira for what is judged.

mod rounds;
mod search;

pub use search::filters;
#[cfg(test)]
pub use search::of as query;

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, stream};
use passport_connector_sdk::{CollectError, CollectRequest, ReadError};
use passport_evidence::{FailureCode, Reason};

use super::{
    client::{Client, Dated, Listed, Missed},
    model::{Round, Ticket},
    wanted::{Target, Wanted},
};

/// Approvals of so many tickets are asked for at once.
const AT_ONCE: usize = 4;
/// Of so many tickets approvals are read.
const MAX_ROUNDS: usize = 50;

/// All that was found.
pub struct Found {
    /// The tickets.
    pub tickets: Vec<Seen>,
    /// Whether those are all.
    pub is_whole: bool,
    /// When the oldest of the answers was true.
    pub at: DateTime<Utc>,
}

/// A ticket, and what was decided of it.
pub struct Seen {
    /// The ticket.
    pub ticket: Ticket,
    /// Its rounds of approval, where those are read.
    pub rounds: Option<Result<Listed<Round>, NoRounds>>,
}

/// Why rounds of approval are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRounds {
    /// The ticket is no request of service management, or not for this account.
    NoRequest,
    /// They could not be read.
    Unread(Reason),
}

/// A source that answered, but not what was asked.
pub struct Nothing {
    /// Why nothing can be said.
    pub reason: Reason,
    /// When who asks was known, where it was.
    pub at: Option<DateTime<Utc>>,
}

/// Reads who asks, the tickets, and then their approvals.
///
/// # Errors
/// The credential is not accepted, or the tickets can't be asked for.
pub async fn ask(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Result<Found, Nothing>, CollectError> {
    let known_at = match client.myself(request).await {
        Ok(at) => at,
        Err(missed) => return nothing(missed, None).map_err(|error| client.advised(error)),
    };
    let found = match &wanted.target {
        Target::Issue(key) => one(client, key, wanted, request).await,
        Target::Search { .. } => match search::of(wanted, request.subject.as_ref()) {
            Some(jql) => search::ask(client, &jql, wanted, request).await,
            None => {
                return Ok(Err(Nothing {
                    reason: Reason::NoSubject,
                    at: Some(known_at),
                }));
            }
        },
    };
    let found = match found {
        Ok(found) => found,
        Err(missed) => return nothing(missed, Some(known_at)),
    };
    let at = known_at.min(found.at);
    let decided = decided(client, found.read, wanted, request).await?;
    Ok(Ok(Found {
        at: at.min(decided.at),
        ..decided
    }))
}

fn nothing<T>(
    missed: Missed,
    at: Option<DateTime<Utc>>,
) -> Result<Result<T, Nothing>, CollectError> {
    let reason = missed.reason()?;
    Ok(Err(Nothing { reason, at }))
}

async fn one(
    client: &Client,
    key: &str,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Dated<Listed<Ticket>>, Missed> {
    let read = client.issue(key, wanted, request).await?;
    Ok(read.map(|ticket| Listed {
        rows: vec![ticket],
        is_whole: true,
    }))
}

/// The tickets with their approvals.
async fn decided(
    client: &Client,
    listed: Listed<Ticket>,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Found, CollectError> {
    let keys: Vec<String> = listed.rows.iter().map(|it| it.key.clone()).collect();
    let asked = keys.into_iter().enumerate().map(|(at, key)| async move {
        match wanted.reads_rounds() {
            false => None,
            true if at >= MAX_ROUNDS => Some(Err(NoRounds::Unread(Reason::Incomplete).into())),
            true => Some(rounds::ask(client, &key, wanted, request).await),
        }
    });
    let rounds: Vec<_> = stream::iter(asked).buffered(AT_ONCE).collect().await;
    let mut at = request.now;
    let mut tickets = Vec::new();
    for (ticket, rounds) in listed.rows.into_iter().zip(rounds) {
        let rounds = match rounds {
            None => None,
            Some(Ok(read)) => {
                at = at.min(read.at);
                Some(Ok(read.read))
            }
            Some(Err(missed)) => Some(Err(missed.reason()?)),
        };
        tickets.push(Seen { ticket, rounds });
    }
    Ok(Found {
        tickets,
        is_whole: listed.is_whole,
        at,
    })
}

/// What came of asking for rounds of approval.
pub enum MissedRounds {
    /// They are not known.
    No(NoRounds),
    /// The credential is not accepted any more.
    Unauthenticated,
}

// === impl MissedRounds ===

impl MissedRounds {
    fn reason(self) -> Result<NoRounds, CollectError> {
        match self {
            Self::No(it) => Ok(it),
            Self::Unauthenticated => Err(CollectError::new(FailureCode::Unauthenticated)),
        }
    }
}

impl From<NoRounds> for MissedRounds {
    fn from(it: NoRounds) -> Self {
        Self::No(it)
    }
}

impl From<Missed> for MissedRounds {
    fn from(missed: Missed) -> Self {
        match missed {
            Missed::Read(ReadError::Unauthenticated) => Self::Unauthenticated,
            Missed::Read(ReadError::NotFound) => Self::No(NoRounds::NoRequest),
            Missed::Read(error) => Self::No(NoRounds::Unread(error.reason())),
            Missed::Gone => Self::No(NoRounds::Unread(Reason::Unavailable)),
        }
    }
}
