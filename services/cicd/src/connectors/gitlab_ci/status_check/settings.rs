//! What stands under `answers`.

use passport_connector_sdk::{Auth, Builder, secrets::SecretRef, settings::Span};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    super::{TOKEN, settings::Project},
    Answering, Check,
};
use crate::asked;

/// How long to look for a yes or a no, unless the source says: GitLab lets a check fail that has been
/// pending for two minutes.
const WAIT: Span = Span::of_seconds(100);

/// An external status check that the gate answers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersSettings {
    /// The number of the check, as `GET /projects/:id/external_status_checks` lists it.
    pub status_check: u64,
    /// A project access token with the role Developer and the scope `api`. It serves for answers only.
    pub credential: SecretRef,
    /// How long to look for a decision that says yes or no, at most 1h. Default 100s, as GitLab lets a
    /// check fail that has been pending for two minutes.
    pub wait: Option<Span>,
}

impl AnswersSettings {
    /// What answers, or problems.
    pub fn build(
        &self,
        endpoint: &str,
        project: &Project,
        builder: &mut Builder<'_>,
    ) -> Option<Answering> {
        let wait = self.wait.unwrap_or(WAIT);
        if self.status_check == 0 {
            let fix = "write the check's number, from 1";
            builder.problem("answers.status_check", "names no check", fix);
        }
        let patience = asked::patience(wait, builder);
        let auth = Auth::Header(TOKEN, builder.secret(&self.credential));
        let client = builder.answering_client(endpoint, auth)?;
        let gate = Check {
            project: project.clone(),
            id: self.status_check,
        };
        (self.status_check > 0).then_some(Answering {
            gate,
            client,
            patience: patience?,
        })
    }
}
