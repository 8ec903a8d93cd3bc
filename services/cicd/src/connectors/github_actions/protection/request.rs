//! What GitHub asks (its documentation, "Creating custom deployment protection rules").

use serde::Deserialize;

use super::Gate;
use crate::asked::{self, Asked};

/// Why a signed delivery asks this gate nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// Nothing is requested.
    #[error("the deployment protection rule is not requested")]
    OtherAction,
    /// Not of the documented form.
    #[error("the body is not that of a deployment protection rule")]
    Unreadable,
    /// About another repository.
    #[error("it is about another repository than the source")]
    OtherRepository,
    /// About another environment.
    #[error("it is about another environment than the source")]
    OtherEnvironment,
    /// Wants its answer elsewhere than at the repository's own path of the configured API.
    #[error("it wants its answer elsewhere than at the repository of the source")]
    OtherCallback,
}

#[derive(Deserialize)]
struct Payload {
    action: String,
    environment: String,
    deployment_callback_url: String,
    deployment: Deployment,
    repository: Repository,
}

#[derive(Deserialize)]
struct Deployment {
    sha: String,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

impl Gate {
    /// What the body of a well-signed delivery of [`EVENT`](super::EVENT) asks.
    ///
    /// # Errors
    /// It asks this gate nothing.
    pub fn asked(&self, body: &[u8]) -> Result<Asked, NotAsked> {
        let payload: Payload = serde_json::from_slice(body).map_err(|_| NotAsked::Unreadable)?;
        let repository = &payload.repository.full_name;
        let own = format!("{}/{}", self.owner, self.repo);
        if !repository.eq_ignore_ascii_case(&own) {
            return Err(NotAsked::OtherRepository);
        }
        if payload.action != "requested" {
            return Err(NotAsked::OtherAction);
        }
        if payload.environment != self.environment {
            return Err(NotAsked::OtherEnvironment);
        }
        if !is_revision(&payload.deployment.sha) {
            return Err(NotAsked::Unreadable);
        }
        let run = self.run_of(repository, &payload.deployment_callback_url);
        Ok(Asked {
            revision: payload.deployment.sha.to_ascii_lowercase(),
            handle: run.ok_or(NotAsked::OtherCallback)?.to_string(),
        })
    }

    /// The run of a callback's URL; `None` where that is any other than the documented one.
    fn run_of(&self, repository: &str, callback: &str) -> Option<u64> {
        let before = format!("{}/repos/{repository}/actions/runs/", self.endpoint);
        let run = callback.strip_prefix(&before)?;
        let run = run.strip_suffix("/deployment_protection_rule")?;
        asked::number(run)
    }
}

/// A whole SHA-1 or SHA-256 in hexadecimal.
fn is_revision(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
