//! What GitHub is answered.

use serde::Serialize;

use super::Gate;

/// Bytes of a comment that are sent; what is more is cut.
const LONGEST_COMMENT: usize = 1000;

/// What becomes of the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It goes on.
    Approved,
    /// It ends.
    Rejected,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Review {
    environment_name: String,
    /// Absent: the deployment waits on, and the comment says for what.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<State>,
    comment: String,
}

impl Gate {
    /// The answer; without a state the deployment waits on.
    pub(super) fn review(&self, state: Option<State>, comment: &str) -> Review {
        let end = comment.floor_char_boundary(LONGEST_COMMENT);
        Review {
            environment_name: self.environment.clone(),
            state,
            comment: comment.get(..end).unwrap_or_default().to_owned(),
        }
    }

    /// Where the answer is posted, below the endpoint: made of what is configured and of the run's
    /// number, and of nothing that a delivery says.
    pub(super) fn path(&self, run_id: u64) -> [String; 7] {
        let fixed = str::to_owned;
        [
            fixed("repos"),
            self.owner.clone(),
            self.repo.clone(),
            fixed("actions"),
            fixed("runs"),
            run_id.to_string(),
            fixed("deployment_protection_rule"),
        ]
    }
}
