//! The fields of Linear's answers that are read, as its published schema has them. Titles, descriptions,
//! comments, names and addresses of persons are never asked for.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use serde::Deserialize;

use passport_connector_sdk::Part;

/// What the document `Issue` gives.
#[derive(Deserialize)]
pub struct IssueData {
    /// The issue; null where there is none.
    #[serde(default)]
    pub issue: Part<Object<Issue>>,
}

/// What the document `IssueByNumber` gives.
#[derive(Deserialize)]
pub struct IssuesData {
    /// The issues of that number.
    #[serde(default)]
    pub issues: Part<Object<List<Object<Issue>>>>,
}

/// What the document `Release` gives.
#[derive(Deserialize)]
pub struct ReleasesData {
    /// The releases of that version.
    #[serde(default)]
    pub releases: Part<Object<List<Object<Release>>>>,
}

/// What the document `Viewer` gives.
#[derive(Deserialize)]
pub struct ViewerData {
    /// Whose the credential is.
    #[serde(default)]
    pub viewer: Part<Object<Viewer>>,
    /// Teams whose issues it reads.
    #[serde(default)]
    pub teams: Part<Object<Page<Object<Team>>>>,
}

/// A list of which there are no further pages to be asked for.
#[derive(Clone, Deserialize)]
pub struct List<T> {
    /// What is in it.
    pub nodes: Vec<T>,
}

/// A page of a list.
#[derive(Clone, Deserialize)]
pub struct Page<T> {
    /// What is in it.
    pub nodes: Vec<T>,
    /// Whether there is more.
    #[serde(rename = "pageInfo")]
    pub info: Object<PageInfo>,
}

/// Whether there is more.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    /// Whether there is.
    pub has_next_page: bool,
    /// What the next page is asked for with.
    pub end_cursor: Option<String>,
}

/// An issue.
#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Issue {
    /// Its identifier. Another one than was asked for where it was moved.
    pub identifier: Part<String>,
    /// Identifiers that it had before it was moved.
    pub previous_identifiers: Part<Vec<String>>,
    /// When it was archived; null: it is not.
    pub archived_at: Part<String>,
    /// Whether it lies in the bin; null: it does not.
    pub trashed: Part<bool>,
    /// Its team.
    pub team: Part<Object<Team>>,
    /// Its state.
    pub state: Part<Object<State>>,
    /// Its labels.
    pub labels: Part<Object<Page<Object<Identified>>>>,
    /// What others say that they are to it.
    pub inverse_relations: Part<Object<Page<Object<Relation>>>>,
    /// What was done to it.
    pub history: Part<Object<Page<Object<Entry>>>>,
}

/// A team.
#[derive(Clone, Deserialize)]
pub struct Team {
    /// Its key.
    pub key: String,
}

/// What has an id.
#[derive(Clone, Deserialize)]
pub struct Identified {
    /// The id.
    pub id: String,
}

/// A state of an issue. Names are each team's own.
#[derive(Clone, Deserialize)]
pub struct State {
    /// Its id.
    pub id: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// The state of an issue, of which only the type is read.
#[derive(Clone, Deserialize)]
pub struct StateType {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A relation, as the other issue has it.
#[derive(Clone, Deserialize)]
pub struct Relation {
    /// `blocks`, `duplicate`, `related` or `similar`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The other issue.
    pub issue: Object<Other>,
}

/// Another issue.
#[derive(Clone, Deserialize)]
pub struct Other {
    /// Its id.
    pub id: String,
    /// Its state.
    pub state: Object<StateType>,
}

/// Something that was done to an issue.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who did it; null: no person.
    #[serde(default)]
    pub actor_id: Part<String>,
    /// Labels that were added; null: none.
    #[serde(default)]
    pub added_label_ids: Part<Vec<String>>,
    /// Labels that were removed; null: none.
    #[serde(default)]
    pub removed_label_ids: Part<Vec<String>>,
    /// The state that it was moved to; null: it was not.
    #[serde(default)]
    pub to_state_id: Part<String>,
}

/// A release.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Release {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: Option<String>,
    /// Whether it lies in the bin; null: it does not.
    #[serde(default)]
    pub trashed: Part<bool>,
    /// When it was canceled; null: it was not.
    #[serde(default)]
    pub canceled_at: Part<String>,
    /// Whose it is.
    pub pipeline: Object<Identified>,
    /// Where it stands.
    pub stage: Object<StateType>,
    /// How many issues it has, those that are archived aside.
    pub issue_count: u64,
    /// Its issues.
    pub issues: Object<Page<Object<Other>>>,
}

/// Whose the credential is.
#[derive(Clone, Deserialize)]
pub struct Viewer {
    /// Whether that is an administrator of the workspace.
    pub admin: bool,
}
