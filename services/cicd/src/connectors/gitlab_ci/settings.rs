//! What stands under a source, and what is wrong with it.

mod project;

use passport_connector_sdk::{Builder, secrets::SecretRef, signature::SigningSecrets};
use passport_evidence::{Threshold, Unit};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    artifacts::{self, FileSettings},
    status_check::{Answering, AnswersSettings},
};

pub use project::{Project, ProjectSettings};

/// Longest name in a scope.
const MAX_NAME: usize = 255;
/// Most required jobs.
const MAX_JOBS: usize = 100;
/// Where the API stands below an instance; no part of its address.
const API: &str = "/api/v4";

/// A GitLab CI source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The instance, such as `https://gitlab.com`, with its relative root and without `/api/v4`.
    pub endpoint: String,
    /// A project access token with the role Reporter and the scope `read_api`.
    pub credential: SecretRef,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Jobs that must have succeeded: exact names.
    pub required_jobs: Option<Vec<String>>,
    /// Files that jobs must have left, and that must not have expired. Default: none in particular.
    pub artifacts: Option<Vec<FileSettings>>,
    /// Whether the pipelines that bridges started are judged too.
    #[serde(default = "followed")]
    pub follow_downstream: bool,
    /// The test report.
    #[serde(default)]
    pub tests: TestSettings,
    /// The coverage. Default: it is only shown.
    pub coverage: Option<CoverageSettings>,
    /// Secret tokens or signing tokens of webhooks, 1 to 5: any one of them will do.
    pub signing_secrets: Option<Vec<SecretRef>>,
    /// An external status check that the gate answers. Default: none.
    pub answers: Option<AnswersSettings>,
}

/// The narrow target: one project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Its numeric id, or its full path `group/subgroup/project`.
    pub project: ProjectSettings,
    /// The branch or tag. Needed only where the subject has no revision.
    #[serde(rename = "ref")]
    pub git_ref: Option<String>,
    /// Environment whose deployments of the commit are read.
    pub deployment_environment: Option<String>,
}

/// The test report of the pipeline.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestSettings {
    /// Whether there must be one without failed tests.
    #[serde(default)]
    pub required: bool,
}

/// The coverage of the pipeline.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageSettings {
    /// What is wanted, such as `>= 80%`.
    pub threshold: String,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The project.
    pub project: Project,
    /// The branch or tag.
    pub git_ref: Option<String>,
    /// The environment.
    pub environment: Option<String>,
    /// Jobs that must have succeeded; empty: none in particular.
    pub required: Vec<String>,
    /// Files that jobs must have left.
    pub artifacts: Vec<FileSettings>,
    /// Whether downstream pipelines are judged.
    pub follows: bool,
    /// Whether the test report is.
    pub tests: bool,
    /// What the coverage must be.
    pub coverage: Option<Threshold>,
}

fn followed() -> bool {
    true
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let project = self.scope.project.check(builder);
        let git_ref = name("scope.ref", self.scope.git_ref.as_ref(), builder);
        let environment = self.scope.deployment_environment.as_ref();
        let environment = name("scope.deployment_environment", environment, builder);
        let required = self.required(builder);
        let artifacts = artifacts::wanted(self.artifacts.as_ref(), builder);
        let coverage = self.coverage(builder);
        Some(Wanted {
            project: project?,
            git_ref: git_ref?,
            environment: environment?,
            required: required?,
            artifacts: artifacts?,
            follows: self.follow_downstream,
            tests: self.tests.required,
            coverage: coverage?,
        })
    }

    fn required(&self, builder: &mut Builder<'_>) -> Option<Vec<String>> {
        let Some(names) = &self.required_jobs else {
            return Some(Vec::new());
        };
        if !(1..=MAX_JOBS).contains(&names.len()) {
            let fix = "name 1 to 100 jobs, or leave the key out";
            builder.problem("required_jobs", "holds no job, or too many", fix);
            return None;
        }
        let mut sound = true;
        for (at, name) in names.iter().enumerate() {
            let is_first = names.iter().take(at).all(|it| it != name);
            if !is_job(name) || !is_first {
                let fix = "write the exact name of a job, each once";
                builder.problem(format!("required_jobs[{at}]"), "names no one job", fix);
                sound = false;
            }
        }
        sound.then(|| names.clone())
    }

    fn coverage(&self, builder: &mut Builder<'_>) -> Option<Option<Threshold>> {
        let Some(coverage) = &self.coverage else {
            return Some(None);
        };
        let threshold = coverage.threshold.parse::<Threshold>();
        match threshold.and_then(|it| it.in_unit(Unit::Percent)) {
            Ok(threshold) => Some(Some(threshold)),
            Err(error) => {
                let fix = "write a share, such as `>= 80%`";
                builder.problem("coverage.threshold", error.to_string(), fix);
                None
            }
        }
    }

    /// The instance's address, or a problem.
    pub fn endpoint(&self, builder: &mut Builder<'_>) -> Option<&str> {
        let is_api = self.endpoint.trim_end_matches('/').ends_with(API);
        if is_api {
            let fix = "leave `/api/v4` out: the connector adds it";
            builder.problem("endpoint", "is the API's address, not the instance's", fix);
        }
        (!is_api).then_some(self.endpoint.as_str())
    }

    /// What answers an external status check. `None` after a problem.
    pub fn answering(
        &self,
        project: Option<&Project>,
        builder: &mut Builder<'_>,
    ) -> Option<Option<Answering>> {
        let Some(answers) = &self.answers else {
            return Some(None);
        };
        let answering = answers.build(&self.endpoint, project?, builder);
        if self.signing_secrets.is_none() {
            let fix = "name the check's shared secret under `signing_secrets`";
            builder.problem("answers", "has nothing that shows who asks", fix);
            return None;
        }
        answering.map(Some)
    }

    /// The secrets of its webhooks. `None` after a problem.
    pub fn signing(&self, builder: &mut Builder<'_>) -> Option<Option<SigningSecrets>> {
        match &self.signing_secrets {
            Some(secrets) => SigningSecrets::build(secrets, builder).map(Some),
            None => Some(None),
        }
    }
}

pub fn is_job(name: &str) -> bool {
    let only_pattern = name.chars().all(|it| it == '*');
    name.trim() == name && name.len() <= MAX_NAME && !only_pattern
}

/// A name that may be left out; `None` after a problem.
fn name(path: &str, name: Option<&String>, builder: &mut Builder<'_>) -> Option<Option<String>> {
    let odd = |it: char| it.is_control() || matches!(it, '*' | '?');
    let is_name =
        |it: &String| (1..=MAX_NAME).contains(&it.len()) && it.trim() == it && !it.contains(odd);
    if !name.is_none_or(is_name) {
        let fix = "write the exact name of one, or leave the key out";
        builder.problem(path, "names no one thing: empty, or a pattern", fix);
        return None;
    }
    Some(name.cloned())
}
