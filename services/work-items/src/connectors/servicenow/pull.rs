//! Asks ServiceNow for what is judged.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::{FailureCode, Reason};

use super::{
    breadth,
    client::{Client, Rows},
    model::{Approver, Change, Record as _, Task},
    names,
    target::Target,
};

/// All that was found of the change.
#[derive(Debug, Clone)]
pub struct Found {
    /// The change.
    pub change: Change,
    /// Who was asked to approve it, or why that is not known.
    pub approvers: Result<Rows<Approver>, Reason>,
    /// Its open tasks, or why they are not known.
    pub tasks: Result<Rows<Task>, Reason>,
    /// How broad the credential is; `None` where it could not be asked now.
    pub breadth: Option<Breadth>,
    /// When the oldest of the answers was true.
    pub at: DateTime<Utc>,
    /// The time by the instance's own clock, where it tells it.
    pub clock: Option<DateTime<Utc>>,
}

/// Reads the change, which proves that the credential reads it, and then all else at once.
///
/// # Errors
/// The credential is not accepted, or the change can't be asked for.
pub async fn ask(
    client: &Client,
    target: &Target<'_>,
    request: &CollectRequest,
) -> Result<Result<Found, Reason>, CollectError> {
    let changes = match client.change(&target.condition(), request).await {
        Ok(changes) => changes,
        Err(error) => return not_asked(error).map(Err),
    };
    let (at, clock) = (changes.at, changes.clock);
    match one(changes, target)? {
        Err(reason) => Ok(Err(reason)),
        Ok(change) => {
            let found = about(client, change, at, request).await?;
            Ok(Ok(Found { clock, ..found }))
        }
    }
}

/// The reason where a source answered, but not what was asked.
///
/// # Errors
/// It could not be asked.
pub fn not_asked(error: ReadError) -> Result<Reason, CollectError> {
    error.failure().map_or(Ok(error.reason()), Err)
}

/// The one change that was meant.
///
/// # Errors
/// There is none, or the credential may not see it.
pub fn one(
    changes: Rows<Change>,
    target: &Target<'_>,
) -> Result<Result<Change, Reason>, CollectError> {
    let mut rows = changes.rows.into_iter().map(|it| it.0);
    let (first, second) = (rows.next(), rows.next());
    let Some(first) = first else {
        let failure = CollectError::new(FailureCode::NotFound);
        return changes
            .gap
            .filter(|it| *it == Reason::PartialResponse)
            .map_or(Err(failure), |it| Ok(Err(it)));
    };
    let is_other = |it: &Change| !target.is(it);
    Ok(
        if is_other(&first) || second.as_ref().is_some_and(is_other) {
            Err(Reason::FilterNotApplied)
        } else if second.is_some() {
            Err(Reason::Ambiguous)
        } else {
            changes.gap.map_or(Ok(first), Err)
        },
    )
}

/// All that belongs to the change.
async fn about(
    client: &Client,
    change: Change,
    at: DateTime<Utc>,
    request: &CollectRequest,
) -> Result<Found, CollectError> {
    // What an answer says is an id enters no query before it was looked at.
    let id = change.id().filter(|it| names::is_value(it));
    let id = id.ok_or(ReadError::Shape);
    let (approvers, tasks, breadth) = tokio::join!(
        async { client.approvers(id?, request).await },
        async { client.tasks(id?, request).await },
        breadth::ask(client, request),
    );
    let (approvers, tasks) = (kept(approvers)?, kept(tasks)?);
    let times = [
        Some(at),
        approvers.as_ref().ok().map(|it| it.at),
        tasks.as_ref().ok().map(|it| it.at),
    ];
    Ok(Found {
        at: times.into_iter().flatten().min().unwrap_or(at),
        approvers,
        tasks,
        breadth: breadth?,
        clock: None,
        change,
    })
}

/// A credential that is not accepted any more ends it all; any other read that fails costs its facts.
fn kept<T>(read: Result<Rows<T>, ReadError>) -> Result<Result<Rows<T>, Reason>, CollectError> {
    match read {
        Ok(rows) => Ok(Ok(rows)),
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
        Err(error) => Ok(Err(error.reason())),
    }
}
