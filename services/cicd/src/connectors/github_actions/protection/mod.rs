//! A custom deployment protection rule: a deployment to one environment waits until it is told to go on.
//! GitHub asks with a signed webhook and is answered with a call of its API ("Creating custom deployment
//! protection rules" and "Review custom deployment protection rules for a workflow run").

mod request;
mod review;
mod settings;

use http::HeaderValue;
use passport_connector_sdk::{Answer, Request, Word};

use super::client::with_headers;
use crate::asked;
pub use request::NotAsked;
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
pub type Answering = asked::Answering<Gate>;

impl asked::Gate for Gate {
    /// Tells the run whose number the handle is.
    fn reply(&self, handle: &[u8], answer: &Answer) -> Option<Request> {
        let run = asked::number(std::str::from_utf8(handle).ok()?)?;
        let review = self.review(state(answer.word), &answer.comment);
        let body = serde_json::to_vec(&review).ok()?;
        let post = with_headers(Request::post(self.path(run)));
        Some(post.body(HeaderValue::from_static("application/json"), body))
    }
}

fn state(word: Word) -> Option<State> {
    match word {
        Word::GoOn => Some(State::Approved),
        Word::Stop => Some(State::Rejected),
        Word::Wait => None,
    }
}

#[cfg(test)]
mod tests;
