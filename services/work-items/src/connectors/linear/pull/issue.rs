//! The issue, by its identifier, and where Linear does not know that by team and number.

use passport_connector_sdk::{CollectError, CollectRequest, Object, ReadError};
use passport_evidence::{FailureCode, Reason};

use super::Seen;
use crate::connectors::linear::{
    client::{Client, Dated, Found, Missed},
    model::{Issue, List},
    wanted::Identifier,
};

/// Where the issue stands in the answers to the two documents.
const BY_IDENTIFIER: &[&str] = &["issue"];
const BY_NUMBER: &[&str] = &["issues", "nodes"];

/// The issue, or why it can't be judged.
///
/// # Errors
/// There is none, or Linear can't be asked for it.
pub async fn ask(
    client: &Client,
    team: &str,
    identifier: &Identifier,
    request: &CollectRequest,
) -> Result<Dated<Result<Seen, Reason>>, CollectError> {
    let first = client.issue(identifier, request).await;
    let read = match first.read {
        Ok(Some(found)) => Ok(seen(found, BY_IDENTIFIER)),
        Ok(None) | Err(Missed::Read(ReadError::NotFound)) => {
            let second = client.issues(team, identifier, request).await;
            let at = first.at.min(second.at);
            let read = match second.read {
                Ok(Some(found)) => one(found)?,
                Ok(None) => return Err(CollectError::new(FailureCode::NotFound)),
                Err(missed) => Err(missed.reason()?),
            };
            return Ok(Dated { read, at });
        }
        Err(missed) => Err(missed.reason()?),
    };
    Ok(Dated { read, at: first.at })
}

fn one(found: Found<List<Object<Issue>>>) -> Result<Result<Seen, Reason>, CollectError> {
    let faults = found.faults;
    let mut issues = found.it.nodes.into_iter();
    Ok(match (issues.next(), issues.next()) {
        (Some(_), Some(_)) => Err(Reason::Ambiguous),
        (Some(issue), None) => Ok(seen(
            Found {
                it: issue.0,
                faults,
            },
            BY_NUMBER,
        )),
        (None, _) if faults.is_empty() => return Err(CollectError::new(FailureCode::NotFound)),
        (None, _) => Err(Reason::PartialResponse),
    })
}

fn seen(found: Found<Issue>, root: &'static [&'static str]) -> Seen {
    Seen {
        issue: found.it,
        faults: found.faults,
        root,
    }
}
