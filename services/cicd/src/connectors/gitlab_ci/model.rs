//! The fields of GitLab's answers that are read, as its REST API documentation names them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

/// A pipeline, of a list or by itself ("Pipelines API").
#[derive(Debug, Clone, Deserialize)]
pub struct Pipeline {
    /// Rises with each pipeline of the instance.
    pub id: u64,
    /// Whose it is.
    pub project_id: u64,
    /// The commit.
    pub sha: String,
    /// Branch, tag or merge request.
    #[serde(rename = "ref")]
    pub git_ref: String,
    /// How it is.
    pub status: String,
    /// What started it; `parent_pipeline` is a child.
    pub source: Option<String>,
    /// When anything of it last changed.
    pub updated_at: Option<DateTime<Utc>>,
    /// When it ended. Not in a list.
    pub finished_at: Option<DateTime<Utc>>,
    /// In percent, as text or as a number, with all its digits. Not in a list.
    pub coverage: Option<Box<RawValue>>,
    /// How it is, more exactly. Not in a list.
    pub detailed_status: Option<DetailedStatus>,
}

/// How a pipeline is, more exactly.
#[derive(Debug, Clone, Deserialize)]
pub struct DetailedStatus {
    /// The status, or `success-with-warnings`; older servers write `_`.
    pub group: String,
}

/// A job ("Jobs API").
#[derive(Debug, Clone, Deserialize)]
pub struct Job {
    /// Rises with each job, a retried one's too.
    pub id: u64,
    /// Unique in its pipeline but for retries.
    pub name: String,
    /// How it is.
    pub status: String,
    /// Whether its pipeline may succeed without it.
    pub allow_failure: bool,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What it left.
    pub artifacts: Option<Vec<JobFile>>,
    /// Until when that is kept; null: for good.
    pub artifacts_expire_at: Option<DateTime<Utc>>,
    /// Whose it is.
    pub pipeline: PipelineRef,
}

/// A file that a job left.
#[derive(Debug, Clone, Deserialize)]
pub struct JobFile {
    /// What kind of file.
    pub file_type: String,
    /// Its bytes.
    pub size: Option<u64>,
}

/// A job that starts another pipeline ("Jobs API", trigger jobs).
#[derive(Debug, Clone, Deserialize)]
pub struct Bridge {
    /// The job itself.
    #[serde(flatten)]
    pub job: Job,
    /// What it started; null before it did.
    pub downstream_pipeline: Option<Downstream>,
}

/// The pipeline that a job is of.
#[derive(Debug, Clone, Deserialize)]
pub struct PipelineRef {
    /// Its id.
    pub id: u64,
    /// Its commit.
    pub sha: String,
    /// Whose it is. Older servers leave it out.
    pub project_id: Option<u64>,
}

/// A pipeline that a bridge started.
#[derive(Debug, Clone, Deserialize)]
pub struct Downstream {
    /// Its id.
    pub id: u64,
    /// Whose it is. Older servers leave it out.
    pub project_id: Option<u64>,
    /// Its commit.
    pub sha: String,
    /// How it is.
    pub status: String,
}

/// A deployment ("Deployments API").
#[derive(Debug, Clone, Deserialize)]
pub struct Deployment {
    /// Rises with each deployment.
    pub id: u64,
    /// The commit.
    pub sha: String,
    /// How it is.
    pub status: String,
    /// When it last changed.
    pub updated_at: Option<DateTime<Utc>>,
    /// Where to.
    pub environment: Environment,
}

/// An environment.
#[derive(Debug, Clone, Deserialize)]
pub struct Environment {
    /// Its name.
    pub name: String,
}

/// The summary of a pipeline's test report ("Pipelines API").
#[derive(Debug, Clone, Deserialize)]
pub struct TestSummary {
    /// Over all suites.
    pub total: TestTotal,
    /// Each suite.
    pub test_suites: Vec<TestSuite>,
}

/// How many tests there were, and how they ended.
#[derive(Debug, Clone, Deserialize)]
pub struct TestTotal {
    /// All of them.
    pub count: u64,
    /// Those that succeeded. Absent: none is known to have.
    #[serde(default)]
    pub success: u64,
    /// Those that failed.
    pub failed: u64,
    /// Those that broke.
    pub error: u64,
    /// A suite that could not be read. Its text is not.
    pub suite_error: Option<IgnoredAny>,
}

/// A suite of tests.
#[derive(Debug, Clone, Deserialize)]
pub struct TestSuite {
    /// Tests that failed.
    pub failed_count: u64,
    /// Tests that broke.
    pub error_count: u64,
    /// Why it could not be read. The text is not.
    pub suite_error: Option<IgnoredAny>,
}

/// A token, as it sees itself ("Personal access tokens API").
#[derive(Debug, Clone, Deserialize)]
pub struct Token {
    /// Whether it is in force.
    pub active: bool,
    /// Whether it was taken back.
    pub revoked: bool,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Its last day; null where it has none.
    pub expires_at: Option<NaiveDate>,
}

/// Whose a token is ("Users API", the current user).
#[derive(Debug, Clone, Deserialize)]
pub struct User {
    /// Anybody may choose one, but GitLab itself that of a bot.
    pub username: String,
    /// Whether it was made for a token. Older servers leave it out.
    pub bot: Option<bool>,
}
