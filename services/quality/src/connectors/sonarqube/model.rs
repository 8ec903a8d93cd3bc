//! The fields of SonarQube's answers that are read, as its web API names them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

/// `api/qualitygates/project_status`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GateReply {
    pub project_status: Gate,
}

/// A quality gate, as it was computed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gate {
    /// The verdict.
    pub status: Option<String>,
    /// What it was made of.
    pub conditions: Option<Vec<Condition>>,
    /// Whether coverage and duplication were left out, because little code changed.
    pub ignored_conditions: Option<bool>,
}

/// A condition of a gate.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// The verdict.
    pub status: String,
    /// What was measured.
    pub metric_key: String,
    /// How the value must not stand to the threshold.
    pub comparator: Option<String>,
    /// The threshold of a failure; absent where there is none.
    pub error_threshold: Option<String>,
    /// What was found; absent where there was nothing to measure.
    pub actual_value: Option<String>,
}

/// `api/ce/component`.
#[derive(Debug, Deserialize)]
pub struct TasksReply {
    /// Tasks that have not ended, of all branches.
    pub queue: Vec<Task>,
    /// The last one that ended, of all branches.
    pub current: Option<Task>,
}

/// A task of the compute engine.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// What it does: `REPORT` is an analysis.
    #[serde(rename = "type")]
    pub kind: String,
    /// The project.
    pub component_key: Option<String>,
    /// How far it is, or how it ended.
    pub status: String,
    /// The analysis that came of it.
    pub analysis_id: Option<String>,
    /// When it ended.
    #[serde(default, deserialize_with = "time")]
    pub executed_at: Option<DateTime<Utc>>,
    /// The branch; absent for the main branch, where the scanner named none.
    pub branch: Option<String>,
    /// The pull request.
    pub pull_request: Option<String>,
}

/// `api/project_analyses/search`.
#[derive(Debug, Deserialize)]
pub struct AnalysesReply {
    pub paging: Paging,
    pub analyses: Vec<Analysis>,
}

/// Where a page stands.
#[derive(Debug, Deserialize)]
pub struct Paging {
    /// Items of all pages.
    pub total: usize,
}

/// An analysis.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Analysis {
    /// Its id.
    pub key: String,
    /// When it was made.
    #[serde(default, deserialize_with = "time")]
    pub date: Option<DateTime<Utc>>,
    /// The commit, where the scanner told it.
    pub revision: Option<String>,
}

/// `api/project_pull_requests/list`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullRequestsReply {
    pub pull_requests: Vec<PullRequest>,
}

/// A pull request, as its newest analysis left it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PullRequest {
    /// Its number or name.
    pub key: String,
    /// When it was last analysed.
    #[serde(default, deserialize_with = "time")]
    pub analysis_date: Option<DateTime<Utc>>,
    /// The commit, where the server tells it.
    pub commit: Option<Commit>,
}

/// A commit.
#[derive(Debug, Deserialize)]
pub struct Commit {
    /// Its id.
    pub sha: Option<String>,
}

/// `api/project_branches/list`.
#[derive(Debug, Deserialize)]
pub struct BranchesReply {
    pub branches: Vec<Branch>,
}

/// A branch.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Branch {
    /// Its name.
    pub name: String,
    /// Whether it is the one that tasks without a branch are of.
    pub is_main: bool,
}

/// `api/measures/component`.
#[derive(Debug, Deserialize)]
pub struct MeasuresReply {
    pub component: Component,
}

/// What was measured of a project.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// The project.
    pub key: String,
    /// The branch; absent for the main branch.
    pub branch: Option<String>,
    /// The pull request.
    pub pull_request: Option<String>,
    pub measures: Vec<Measure>,
}

/// A measure.
#[derive(Debug, Clone, Deserialize)]
pub struct Measure {
    /// What was measured.
    pub metric: String,
    /// What was found of all code.
    pub value: Option<String>,
    /// What was found of new code.
    pub period: Option<Period>,
    /// The same, before 8.1: the new code period is the one with index 1.
    pub periods: Option<Vec<Period>>,
}

/// What was found of new code.
#[derive(Debug, Clone, Deserialize)]
pub struct Period {
    /// Which period.
    pub index: Option<u32>,
    pub value: Option<String>,
}

/// `api/users/current`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Whether the token is anybody's.
    pub is_logged_in: bool,
    pub permissions: Option<Permissions>,
}

/// What a user may do.
#[derive(Debug, Deserialize)]
pub struct Permissions {
    /// Everywhere on the server.
    pub global: Option<Vec<String>>,
}

/// `api/components/search_projects`.
#[derive(Debug, Deserialize)]
pub struct ProjectsReply {
    pub paging: Paging,
    pub components: Vec<Project>,
}

/// A project that the user may browse.
#[derive(Debug, Deserialize)]
pub struct Project {
    pub key: String,
}

/// `api/system/status`.
#[derive(Debug, Deserialize)]
pub struct SystemStatus {
    pub status: String,
}

/// SonarQube writes `2026-05-03T09:30:00+0000`, without the colon of RFC 3339. What can't be read is
/// no time.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.as_deref().and_then(read_time))
}

fn read_time(text: &str) -> Option<DateTime<Utc>> {
    let strict = DateTime::parse_from_rfc3339(text);
    let read = strict.or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z"));
    read.ok().map(|it| it.to_utc())
}
