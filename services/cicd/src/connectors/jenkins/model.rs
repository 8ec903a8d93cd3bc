//! The fields of Jenkins' answers that are read, as its remote API names them.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A job.
#[derive(Debug, Deserialize)]
pub struct Job {
    /// Folders, job and branch, each as the item is named.
    #[serde(rename = "fullName")]
    pub full_name: String,
    /// Null where nothing was built yet. A folder has no such key.
    #[serde(rename = "lastBuild", deserialize_with = "Option::deserialize")]
    pub last_build: Option<Numbered>,
    /// Null where no build has ended yet.
    #[serde(
        rename = "lastCompletedBuild",
        deserialize_with = "Option::deserialize"
    )]
    pub last_completed_build: Option<Numbered>,
}

/// A job and its newest builds.
#[derive(Debug, Deserialize)]
pub struct JobWithBuilds {
    /// As of a [`Job`].
    #[serde(rename = "fullName")]
    pub full_name: String,
    /// The newest first.
    pub builds: Vec<Listed>,
}

/// A reference to a build.
#[derive(Debug, Deserialize)]
pub struct Numbered {
    /// Rises with each build of the job.
    pub number: u64,
}

/// A build in the list of its job.
#[derive(Debug, Deserialize)]
pub struct Listed {
    /// Rises with each build of the job.
    pub number: u64,
    /// What plugins add.
    pub actions: Vec<Option<Action>>,
}

/// A build.
#[derive(Debug, Clone, Deserialize)]
pub struct Build {
    /// Rises with each build of the job.
    pub number: u64,
    /// Whether it runs.
    pub building: bool,
    /// Whether it runs, or still ends; newer servers.
    #[serde(rename = "inProgress")]
    pub in_progress: Option<bool>,
    /// How it ended, or is to end.
    pub result: Option<String>,
    /// When it began, in milliseconds of Unix time.
    pub timestamp: Option<i64>,
    /// How long it took, in milliseconds; 0 while it runs.
    pub duration: Option<i64>,
    /// What plugins add; some are empty or null.
    pub actions: Vec<Option<Action>>,
    /// Files that were archived.
    pub artifacts: Option<Vec<Artifact>>,
    /// Files that were fingerprinted, also those that it only used.
    pub fingerprint: Option<Vec<Fingerprint>>,
}

/// What a plugin adds to a build.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Action {
    /// Of the git plugin: what was checked out.
    #[serde(rename = "lastBuiltRevision")]
    pub last_built_revision: Option<BuiltRevision>,
    /// Of the git plugin: where it came from.
    #[serde(rename = "remoteUrls")]
    pub remote_urls: Option<Vec<String>>,
    /// Parameters that the build was started with.
    pub parameters: Option<Vec<Parameter>>,
}

/// A commit that was checked out.
#[derive(Debug, Clone, Deserialize)]
pub struct BuiltRevision {
    /// Its id.
    #[serde(rename = "SHA1")]
    pub sha1: Option<String>,
}

/// A parameter.
#[derive(Debug, Clone, Deserialize)]
pub struct Parameter {
    /// Its name.
    pub name: Option<String>,
    /// Its value: absent of a password, of another type than text for some kinds.
    #[serde(default, deserialize_with = "present")]
    pub value: Option<Value>,
}

/// An archived file.
#[derive(Debug, Clone, Deserialize)]
pub struct Artifact {
    /// Its name.
    #[serde(rename = "fileName")]
    pub file_name: String,
    /// Where it lies in the workspace.
    #[serde(rename = "relativePath")]
    pub relative_path: String,
}

/// A fingerprinted file.
#[derive(Debug, Clone, Deserialize)]
pub struct Fingerprint {
    /// Its name.
    #[serde(rename = "fileName")]
    pub file_name: Option<String>,
    /// MD5 in hexadecimal digits.
    pub hash: Option<String>,
}

/// Stages of a build, as the Pipeline: REST API plugin gives them.
#[derive(Debug, Deserialize)]
pub struct Stages {
    /// Number of the build.
    pub id: Option<String>,
    /// In the order in which they began.
    pub stages: Vec<Stage>,
}

/// A stage.
#[derive(Debug, Deserialize)]
pub struct Stage {
    /// Its name.
    pub name: String,
    /// How it is.
    pub status: Option<String>,
}

/// A report of tests.
#[derive(Debug, Deserialize)]
pub struct Tests {
    /// How many failed.
    #[serde(rename = "failCount")]
    pub failed: u64,
    /// How many were left out.
    #[serde(rename = "skipCount")]
    pub skipped: u64,
    /// How many passed. A report of several modules has a total instead.
    #[serde(rename = "passCount")]
    pub passed: Option<u64>,
    /// How many there are.
    #[serde(rename = "totalCount")]
    pub total: Option<u64>,
}

/// Who asks.
#[derive(Debug, Deserialize)]
pub struct WhoAmI {
    /// Whether the credential was accepted.
    pub authenticated: bool,
    /// Whether nobody in particular asks.
    pub anonymous: bool,
}

impl Build {
    /// A build that runs may name a result already; it means nothing yet.
    pub fn is_running(&self) -> bool {
        self.building || self.in_progress == Some(true)
    }

    /// The actions that say anything.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().flatten()
    }
}

fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(|value| (!value.is_null()).then_some(value))
}
