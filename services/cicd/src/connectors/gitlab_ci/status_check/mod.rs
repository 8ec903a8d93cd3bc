//! An external status check: a merge request waits until it is told whether it may be merged. GitLab asks
//! with a signed webhook and is answered with a call of its API ("External status checks", "External status
//! checks API").

mod request;
mod settings;

use passport_connector_sdk::{Answer, Request, Word, commit};

use super::settings::Project;
use crate::asked;
pub use request::NotAsked;
pub use settings::AnswersSettings;

/// Signs the webhook of a check: hexadecimal digits of an HMAC-SHA256, and nothing before them.
pub const SIGNATURE: &str = "x-gitlab-signature";

/// One check of one project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Whose merge requests.
    pub project: Project,
    /// The number of the check.
    pub id: u64,
}

/// A check and what answers it.
pub type Answering = asked::Answering<Check>;

impl asked::Gate for Check {
    /// Tells the merge request and the commit that the handle names. GitLab takes no comment.
    fn reply(&self, handle: &[u8], answer: &Answer) -> Option<Request> {
        let (merge_request, revision) = read(handle)?;
        let status = match answer.word {
            Word::GoOn => "passed",
            Word::Stop => "failed",
            Word::Wait => "pending",
        };
        let path = [
            "api".to_owned(),
            "v4".to_owned(),
            "projects".to_owned(),
            self.project.segment(),
            "merge_requests".to_owned(),
            merge_request.to_string(),
            "status_check_responses".to_owned(),
        ];
        Some(Request::post(path).form(&[
            ("sha", revision),
            ("external_status_check_id", &self.id.to_string()),
            ("status", status),
        ]))
    }
}

fn handle(merge_request: u64, revision: &str) -> String {
    format!("{merge_request}/{revision}")
}

/// The merge request and the commit of a handle, and nothing that could name anything else.
fn read(handle: &[u8]) -> Option<(u64, &str)> {
    let (merge_request, revision) = std::str::from_utf8(handle).ok()?.split_once('/')?;
    let merge_request = asked::number(merge_request)?;
    commit::is_commit(revision).then_some((merge_request, revision))
}

#[cfg(test)]
mod tests;
