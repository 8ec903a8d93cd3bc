//! What stands under `answers`.

use passport_connector_sdk::{
    Builder,
    secrets::SecretRef,
    settings::{Credential, Span},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    super::settings::{ScopeSettings, is_name},
    Answering, Gate,
};
use crate::asked;

/// How long to look for a yes or a no, unless the source says.
const WAIT: Span = Span::of_seconds(600);

/// A custom deployment protection rule that the gate answers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersSettings {
    /// The environment that the rule guards, as GitHub names it.
    pub environment: String,
    /// The installation token of the rule's app, of this repository alone and with
    /// `Deployments: write`. It serves for answers only.
    pub credential: SecretRef,
    /// How long to look for a decision that says yes or no, at most 1h; then GitHub is told what is
    /// missing, and the deployment waits on. Default 10m.
    pub wait: Option<Span>,
}

impl AnswersSettings {
    /// What answers, or problems.
    pub fn build(
        &self,
        endpoint: &str,
        scope: &ScopeSettings,
        builder: &mut Builder<'_>,
    ) -> Option<Answering> {
        let wait = self.wait.unwrap_or(WAIT);
        let is_named = is_name(&self.environment);
        if !is_named {
            let fix = "write the exact name of the environment that the rule guards";
            builder.problem("answers.environment", "names no one environment", fix);
        }
        let patience = asked::patience(wait, builder);
        let auth = builder.auth(Some(&Credential::Token(self.credential.clone())));
        let client = builder.answering_client(endpoint, auth)?;
        let gate = Gate {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            owner: scope.owner.clone(),
            repo: scope.repo.clone(),
            environment: self.environment.clone(),
        };
        is_named.then_some(Answering {
            gate,
            client,
            patience: patience?,
        })
    }
}
