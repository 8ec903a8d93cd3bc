//! The fields of GitHub's answers and webhooks that are read, as its REST description names them.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, Part};
use serde::{Deserialize, Serialize};

/// A run of a workflow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    /// Rises with each run.
    pub id: u64,
    /// Rises with each time that the run is started again.
    pub run_attempt: u64,
    /// Path of the workflow's file, perhaps with `@` and a ref.
    pub path: String,
    /// Id of the workflow.
    pub workflow_id: u64,
    /// The commit.
    pub head_sha: String,
    /// Null where the branch is gone.
    pub head_branch: Option<String>,
    /// What started it.
    pub event: String,
    /// How far it is.
    pub status: Option<String>,
    /// How it ended.
    pub conclusion: Option<String>,
    /// When anything of it last changed.
    pub updated_at: Option<DateTime<Utc>>,
    /// The suite of checks that it reports to.
    pub check_suite_id: Option<u64>,
    /// The repository whose workflow it is.
    pub repository: Repository,
    /// The repository that its commit comes from: another one where it is a fork's.
    pub head_repository: Option<Repository>,
}

/// A repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Repository {
    /// `owner/name`.
    pub full_name: String,
}

/// A job of a run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: u64,
    /// The run that it is of.
    pub run_id: u64,
    /// The attempt that it ran in.
    pub run_attempt: u64,
    /// The commit.
    pub head_sha: String,
    /// Its name; of a called workflow `caller / name`, of a matrix `name (value, …)`.
    pub name: String,
    /// How far it is.
    pub status: Option<String>,
    /// How it ended.
    pub conclusion: Option<String>,
    /// When it ended.
    pub completed_at: Option<DateTime<Utc>>,
}

/// An uploaded artifact.
#[derive(Debug, Clone, Deserialize)]
pub struct Artifact {
    /// Rises with each upload.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether it is gone.
    pub expired: bool,
    /// `sha256:…` of the uploaded archive; absent where it is not known.
    pub digest: Option<String>,
    /// The run that uploaded it.
    pub workflow_run: Option<ArtifactRun>,
}

/// The run that uploaded an artifact.
#[derive(Debug, Clone, Deserialize)]
pub struct ArtifactRun {
    /// Its id.
    pub id: Option<u64>,
}

/// A deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Deployment {
    /// Rises with each deployment.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// Where to.
    pub environment: String,
}

/// What became of a deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeploymentStatus {
    /// Rises with each status.
    pub id: u64,
    /// The word for it.
    pub state: String,
    /// When it was said.
    pub created_at: Option<DateTime<Utc>>,
}

/// An environment.
#[derive(Debug, Clone, Deserialize)]
pub struct Environment {
    /// Its name.
    pub name: String,
}

/// A deployment that waits for people.
#[derive(Debug, Clone, Deserialize)]
pub struct PendingDeployment {
    /// Where to.
    pub environment: Environment,
}

/// What a person decided about environments of a run.
#[derive(Debug, Clone, Deserialize)]
pub struct Approval {
    /// `approved`, `rejected` or `pending`.
    pub state: String,
    /// Which environments.
    pub environments: Vec<Environment>,
    /// Who decided; null where there is no such person any more.
    #[serde(default)]
    pub user: Part<Object<User>>,
}

/// A person, by the id alone.
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    /// The id, which stays where the person takes another name.
    pub id: u64,
}

/// A suite of checks.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CheckSuite {
    /// Its id.
    pub id: u64,
    /// The commit.
    pub head_sha: String,
    /// How far it is.
    pub status: Option<String>,
    /// How it ended.
    pub conclusion: Option<String>,
    /// When it last changed.
    pub updated_at: Option<DateTime<Utc>>,
}
