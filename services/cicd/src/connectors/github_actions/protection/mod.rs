//! A custom deployment protection rule: a deployment to one environment waits until it is told to go on.
//! GitHub asks with a signed webhook and is answered with a call of its API ("Creating custom deployment
//! protection rules" and "Review custom deployment protection rules for a workflow run").

mod asked;
mod review;
mod settings;

use std::time::Duration;

use http::HeaderValue;
use passport_connector_sdk::{
    Answer, AnsweringClient, CollectError, Question, Request, Sending, Word,
};
use passport_evidence::{FailureCode, Subject};

use super::client::with_headers;
pub use asked::{Asked, NotAsked};
pub use review::State;
pub use settings::AnswersSettings;

/// The webhook event that asks.
pub const EVENT: &str = "deployment_protection_rule";

/// The gate of one environment of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Where the API is, without a slash at the end: `https://api.github.com`, or of an Enterprise
    /// Server `https://HOST/api/v3`.
    pub endpoint: String,
    /// Whose repository it is.
    pub owner: String,
    /// The repository's name.
    pub repo: String,
    /// The environment that is deployed to.
    pub environment: String,
}

/// A gate and what answers for it.
#[derive(Debug)]
pub struct Answering {
    /// Who asks.
    pub gate: Gate,
    /// Shows the credential that may answer.
    pub client: AnsweringClient,
    /// How long to look for a yes or a no.
    pub patience: Duration,
}

// === impl Asked ===

impl Asked {
    /// The question as the one who decides is asked it. Its handle is the number of the run.
    pub fn question(self, patience: Duration) -> Question {
        Question {
            subject: Subject {
                revision: Some(self.revision),
                ..Subject::default()
            },
            handle: self.run_id.to_string().into_bytes().into(),
            patience,
        }
    }
}

// === impl Answering ===

impl Answering {
    /// Tells the run that a handle names.
    ///
    /// # Errors
    /// The handle names no run, or GitHub does not take the answer: the run does not wait for it any
    /// more, or the credential may not answer.
    pub async fn answer(
        &self,
        handle: &[u8],
        answer: &Answer,
        sending: &Sending<'_>,
    ) -> Result<(), CollectError> {
        let run_id = run_of(handle).ok_or(CollectError::new(FailureCode::NotFound))?;
        let review = self.gate.review(state(answer.word), &answer.comment);
        let body = serde_json::to_vec(&review);
        let body = body.map_err(|_| CollectError::new(FailureCode::Internal))?;
        let request = with_headers(Request::post(self.gate.path(run_id)))
            .body(HeaderValue::from_static("application/json"), body);
        self.client.send(request, sending).await
    }
}

fn state(word: Word) -> Option<State> {
    match word {
        Word::GoOn => Some(State::Approved),
        Word::Stop => Some(State::Rejected),
        Word::Wait => None,
    }
}

/// A run's number, and nothing that could name anything else.
fn run_of(handle: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(handle).ok()?;
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
