//! What stands under a source, and what is wrong with it.

use std::collections::BTreeSet;

use passport_connector_sdk::{Builder, secrets::SecretRef};
use passport_evidence::Threshold;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{commit::Repository, names::Job};

/// Longest name.
const MAX_NAME: usize = 255;
/// Deepest job.
const MAX_DEPTH: usize = 20;
/// Most stages or artifacts.
const MAX_NAMED: usize = 50;

/// A Jenkins source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Root of the server with its context path, such as `https://ci.example.com/jenkins`.
    pub endpoint: String,
    /// The user who asks.
    pub credential: CredentialSettings,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Which build decides.
    #[serde(default)]
    pub select: Select,
    /// A parameter that says where the build is for.
    pub environment_parameter: Option<ParameterSettings>,
    /// Stages that must have succeeded. Needs the Pipeline: REST API plugin on the server.
    pub stages: Option<Vec<String>>,
    /// File names that must have been archived.
    pub artifacts: Option<Vec<String>>,
    /// The report of tests.
    #[serde(default)]
    pub tests: TestSettings,
}

/// A user and their API token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialSettings {
    /// Reference to the name.
    pub username: SecretRef,
    /// Reference to the API token.
    pub api_token: SecretRef,
}

/// The narrow target: one job.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Folder by folder down to the job; of a multibranch project the last is the branch, as Git
    /// names it.
    pub job: Vec<String>,
    /// End of the URL of the repository whose commit counts, such as `git.example.com/acme/shop`.
    /// Needed where a build checks out several.
    pub scm_url: Option<String>,
}

/// Which build decides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Select {
    /// The newest, also while it runs.
    #[default]
    LastBuild,
    /// The newest that has ended.
    LastCompletedBuild,
    /// The newest of the subject's revision, among the newest 100.
    SubjectRevision,
}

/// A parameter of the build and the value that it must have.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterSettings {
    /// Its name.
    pub name: String,
    /// The value.
    pub expected: String,
}

/// The report of tests.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestSettings {
    /// Whether there must be one without failed tests.
    #[serde(default)]
    pub required: bool,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The job.
    pub job: Job,
    /// The repository whose commit counts; `None`: the only one.
    pub repository: Option<Repository>,
    /// Which build decides.
    pub select: Select,
    /// The parameter that says where the build is for.
    pub parameter: Option<ParameterSettings>,
    /// Stages that must have succeeded.
    pub stages: Vec<String>,
    /// Files that must have been archived.
    pub artifacts: Vec<String>,
    /// Whether there must be a report of tests.
    pub tests: bool,
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let job = self.scope.checked_job(builder);
        let repository = self.scope.repository(builder);
        let parameter = self.parameter(builder);
        let stages = names("stages", self.stages.as_deref(), builder);
        let artifacts = names("artifacts", self.artifacts.as_deref(), builder);
        Some(Wanted {
            job: job?,
            repository: repository?,
            select: self.select,
            parameter: parameter?,
            stages: stages?,
            artifacts: artifacts?,
            tests: self.tests.required,
        })
    }

    /// Whether the endpoint is a server rather than a job of one.
    pub fn is_at_root(&self, builder: &mut Builder<'_>) -> bool {
        let is_job = format!("{}/", self.endpoint).contains("/job/");
        if is_job {
            let fix = "write the root of the server, and the job under `scope.job`";
            builder.problem("endpoint", "names a job", fix);
        }
        !is_job
    }

    fn parameter(&self, builder: &mut Builder<'_>) -> Option<Option<ParameterSettings>> {
        let Some(parameter) = &self.environment_parameter else {
            return Some(None);
        };
        let is_named = is_name(&parameter.name);
        if !is_named {
            let fix = "write the name of the parameter";
            builder.problem("environment_parameter.name", "is no name", fix);
        }
        // What is wanted goes over the wire as text and is read again.
        let text = format!("= {}", parameter.expected);
        let read_again = text.parse::<Threshold>().ok();
        let is_value = read_again == Some(Threshold::equals(&parameter.expected));
        if !is_value {
            let fix = "write the one value that the parameter must have";
            builder.problem("environment_parameter.expected", "is no value", fix);
        }
        (is_named && is_value).then(|| Some(parameter.clone()))
    }
}

// === impl ScopeSettings ===

impl ScopeSettings {
    fn checked_job(&self, builder: &mut Builder<'_>) -> Option<Job> {
        if !(1..=MAX_DEPTH).contains(&self.job.len()) {
            let fix = "write the folders, if any, and the job, 1 to 20 names";
            builder.problem("scope.job", "names no one job", fix);
            return None;
        }
        let last = self.job.len() - 1;
        let mut sound = true;
        for (at, name) in self.job.iter().enumerate() {
            // A branch lies in its project, so that it is never the only name.
            let may_be_branch = at == last && at > 0;
            let fits = is_name(name)
                && !name.contains(['*', '?'])
                && (may_be_branch || !name.contains('/'))
                && name.split('/').all(|it| !matches!(it, "" | "." | ".."));
            if !fits {
                let reason = "names no one folder, job or branch";
                let fix = "write one exact name per item; only a branch, the last, has slashes";
                builder.problem(format!("scope.job[{at}]"), reason, fix);
                sound = false;
            }
        }
        sound.then(|| Job::of(&self.job))
    }

    fn repository(&self, builder: &mut Builder<'_>) -> Option<Option<Repository>> {
        let Some(url) = &self.scm_url else {
            return Some(None);
        };
        let repository = Repository::wanted(url);
        if repository.is_none() {
            let fix = "write host and path, such as `git.example.com/acme/shop`, no credential";
            builder.problem("scope.scm_url", "is no part of a repository's URL", fix);
        }
        repository.map(Some)
    }
}

fn names(key: &str, named: Option<&[String]>, builder: &mut Builder<'_>) -> Option<Vec<String>> {
    let Some(names) = named else {
        return Some(Vec::new());
    };
    if !(1..=MAX_NAMED).contains(&names.len()) {
        let fix = "write 1 to 50 names, or leave the key out";
        builder.problem(key, "holds no name, or too many", fix);
        return None;
    }
    let mut seen = BTreeSet::new();
    let mut sound = true;
    for (at, name) in names.iter().enumerate() {
        if !is_name(name) || name.contains('*') || !seen.insert(name) {
            let fix = "write each exact name once";
            builder.problem(format!("{key}[{at}]"), "is no name, or named twice", fix);
            sound = false;
        }
    }
    sound.then(|| names.to_vec())
}

fn is_name(name: &str) -> bool {
    let fits = (1..=MAX_NAME).contains(&name.len()) && name.trim() == name;
    fits && !name.contains(char::is_control)
}
