//! An external status check: a merge request waits until it is told whether it may be merged. GitLab asks
//! with a signed webhook and is answered with a call of its API ("External status checks", "External status
//! checks API").

mod asked;
mod settings;

use std::time::Duration;

use passport_connector_sdk::{
    Answer, AnsweringClient, CollectError, Question, Request, Sending, Word,
};
use passport_evidence::{FailureCode, Subject};

use super::settings::Project;
pub use asked::{Asked, NotAsked};
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
#[derive(Debug)]
pub struct Answering {
    /// Which one.
    pub check: Check,
    /// Shows the credential that may answer.
    pub client: AnsweringClient,
    /// How long to look for a yes or a no.
    pub patience: Duration,
}

// === impl Asked ===

impl Asked {
    /// The question as the one who decides is asked it. Its handle names the merge request and the commit.
    pub fn question(self, patience: Duration) -> Question {
        let handle = format!("{}/{}", self.merge_request, self.revision);
        Question {
            subject: Subject {
                revision: Some(self.revision),
                ..Subject::default()
            },
            handle: handle.into_bytes().into(),
            patience,
        }
    }

    /// What a handle names, and nothing that could name anything else.
    fn of_handle(handle: &[u8]) -> Option<Self> {
        let (merge_request, revision) = std::str::from_utf8(handle).ok()?.split_once('/')?;
        let is_number =
            !merge_request.is_empty() && merge_request.bytes().all(|it| it.is_ascii_digit());
        let is_commit = passport_connector_sdk::commit::is_commit(revision);
        (is_number && is_commit).then_some(())?;
        Some(Self {
            merge_request: merge_request.parse().ok()?,
            revision: revision.to_owned(),
        })
    }
}

// === impl Check ===

impl Check {
    /// The call that tells GitLab: its path is made of what is configured and of two numbers, and of
    /// nothing else that a delivery says. GitLab takes no comment.
    fn response(&self, asked: &Asked, word: Word) -> Request {
        let status = match word {
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
            asked.merge_request.to_string(),
            "status_check_responses".to_owned(),
        ];
        Request::post(path).form(&[
            ("sha", &asked.revision),
            ("external_status_check_id", &self.id.to_string()),
            ("status", status),
        ])
    }
}

// === impl Answering ===

impl Answering {
    /// Tells the merge request that a handle names.
    ///
    /// # Errors
    /// The handle names none, or GitLab does not take the answer: the commit is not the newest any more, or
    /// the credential may not answer.
    pub async fn answer(
        &self,
        handle: &[u8],
        answer: &Answer,
        sending: &Sending<'_>,
    ) -> Result<(), CollectError> {
        let asked = Asked::of_handle(handle).ok_or(CollectError::new(FailureCode::NotFound))?;
        let response = self.check.response(&asked, answer.word);
        self.client.send(response, sending).await
    }
}

#[cfg(test)]
mod tests;
