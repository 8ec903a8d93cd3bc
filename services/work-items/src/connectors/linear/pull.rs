//! Asks Linear for what is judged.

mod issue;
mod release;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectError, CollectRequest, credential_scope::Breadth};
use passport_evidence::Reason;

use super::{breadth, client::Client, fault::Faults, model, wanted::Wanted};

/// All that was found.
pub struct All {
    /// The issue, where one is wanted; or why it can't be judged.
    pub issue: Option<Result<Seen, Reason>>,
    /// The release, where one is wanted; or why it can't be judged.
    pub release: Option<Result<Gathered, Reason>>,
    /// How much the credential may do; `None`: that could not be asked for now.
    pub breadth: Option<Breadth>,
    /// When the oldest of the answers was true.
    pub at: DateTime<Utc>,
}

/// The issue, and the errors that stand beside it.
pub struct Seen {
    /// The issue.
    pub issue: model::Issue,
    /// The errors.
    pub faults: Faults,
    /// Where in its answer the issue stands, indices aside.
    pub root: &'static [&'static str],
}

/// A release, and as many of its issues as were read.
pub struct Gathered {
    /// The release, as its first page has it.
    pub release: model::Release,
    /// Its issues. One may be there twice, where it moved from one page to another.
    pub issues: Vec<model::Other>,
    /// Whether the last page was read, and the release was the same all the time.
    pub is_whole: bool,
    /// Whether errors stood beside it.
    pub is_partial: bool,
}

/// Reads the issue, the release, and whose the credential is.
///
/// # Errors
/// The credential is not accepted; or the issue, where none is wanted the release, can't be asked for.
pub async fn ask(
    client: &Client,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<All, CollectError> {
    let mut at = request.now;
    let mut issue = None;
    if let Some(identifier) = &wanted.issue {
        let read = issue::ask(client, &wanted.team, identifier, request).await?;
        at = at.min(read.at);
        issue = Some(read.read);
    }
    let mut release = None;
    if let Some(named) = &wanted.release {
        let read = release::ask(client, named, issue.is_some(), request).await?;
        at = at.min(read.at);
        release = Some(read.read);
    }
    let told = breadth::ask(client, &wanted.team, request).await?;
    Ok(All {
        issue,
        release,
        breadth: told.read,
        at: at.min(told.at),
    })
}
