//! The fields of Jira's answers that are read, as its REST API documents them. Summaries, descriptions,
//! comments, names and addresses of persons are never read.

use std::collections::BTreeMap;

use passport_connector_sdk::Object;
use serde::Deserialize;

use passport_connector_sdk::Part;

/// A ticket ("Issues").
#[derive(Clone, Deserialize)]
pub struct Ticket {
    /// Its key. Another one than was asked for where it was moved.
    pub key: String,
    /// Its fields.
    pub fields: Object<Fields>,
}

/// Fields of a ticket.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// Its status.
    pub status: Part<Object<Identified>>,
    /// How it ended; null while it did not.
    pub resolution: Part<Object<Identified>>,
    /// Its type.
    pub issuetype: Part<Object<Named>>,
    /// Its project.
    pub project: Part<Object<Project>>,
    /// Its labels.
    pub labels: Part<Vec<String>>,
    /// Versions that it is to be fixed in.
    #[serde(rename = "fixVersions")]
    pub fix_versions: Part<Vec<Object<Version>>>,
    /// Links to other tickets.
    pub issuelinks: Part<Vec<Object<Link>>>,
    /// Who asked for it.
    pub reporter: Part<Object<Person>>,
    /// The fields that a source names, by their ids.
    #[serde(flatten)]
    pub own: BTreeMap<String, Part<Own>>,
}

/// What has an id.
#[derive(Clone, Deserialize)]
pub struct Identified {
    /// The id.
    pub id: String,
}

/// What has an id and a name.
#[derive(Clone, Deserialize)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// A project.
#[derive(Clone, Deserialize)]
pub struct Project {
    /// Its key.
    pub key: String,
    /// `software`, `service_desk` or `business`.
    #[serde(rename = "projectTypeKey")]
    pub kind: Option<String>,
}

/// A version.
#[derive(Clone, Deserialize)]
pub struct Version {
    /// Its name.
    pub name: String,
}

/// The value of a field that a source names.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Own {
    /// A moment.
    Text(String),
    /// An option.
    Option(Object<Identified>),
}

/// A link to another ticket ("Issue links").
#[derive(Clone, Deserialize)]
pub struct Link {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Object<LinkType>,
    /// The ticket to which this one stands as the inward side of the type says.
    #[serde(default, rename = "inwardIssue")]
    pub inward: Part<Object<Target>>,
    /// The ticket to which it stands as the outward side says.
    #[serde(default, rename = "outwardIssue")]
    pub outward: Part<Object<Target>>,
}

/// A type of links ("Issue link types").
#[derive(Clone, Deserialize)]
pub struct LinkType {
    /// Its id.
    pub id: String,
    /// What its inward side says, such as `is blocked by`.
    pub inward: String,
}

/// A ticket at the other end of a link.
#[derive(Clone, Deserialize)]
pub struct Target {
    /// What is told of it; missing where the account may not read it.
    #[serde(default)]
    pub fields: Part<Object<TargetFields>>,
}

/// What is told of a ticket at the other end of a link.
#[derive(Clone, Deserialize)]
pub struct TargetFields {
    /// Its status.
    #[serde(default)]
    pub status: Part<Object<TargetStatus>>,
}

/// The status of a ticket at the other end of a link.
#[derive(Clone, Deserialize)]
pub struct TargetStatus {
    /// What kind of status that is.
    #[serde(rename = "statusCategory")]
    pub category: Object<StatusCategory>,
}

/// A kind of statuses.
#[derive(Clone, Deserialize)]
pub struct StatusCategory {
    /// `new`, `indeterminate`, `done` or `undefined`; in no language.
    pub key: String,
}

/// A person, by ids alone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Person {
    /// In the cloud.
    #[serde(rename = "accountId")]
    pub account: Option<String>,
    /// In a data center.
    pub key: Option<String>,
}

// === impl Person ===

impl Person {
    /// The id that Jira has for the person, in the cloud or in a data center.
    pub fn id(&self) -> Option<&str> {
        let ids = [&self.account, &self.key].into_iter().flatten();
        ids.map(String::as_str).find(|it| !it.is_empty())
    }
}

/// A page of a search of the cloud ("Issue search").
#[derive(Deserialize)]
pub struct TokenPage {
    /// The tickets.
    pub issues: Vec<Object<Ticket>>,
    /// What the next page is asked for with; none on the last.
    #[serde(rename = "nextPageToken")]
    pub next: Option<String>,
    /// Whether it is the last one.
    #[serde(rename = "isLast")]
    pub is_last: Option<bool>,
}

/// A page of a search of a data center.
#[derive(Deserialize)]
pub struct CountedPage {
    /// The tickets.
    pub issues: Vec<Object<Ticket>>,
    /// Where it starts.
    #[serde(rename = "startAt")]
    pub start: Option<u64>,
    /// How many there are of them all.
    pub total: Option<u64>,
}

/// A page of approvals ("Jira Service Management: Request, approvals").
#[derive(Deserialize)]
pub struct RoundsPage {
    /// The rounds.
    pub values: Vec<Object<Round>>,
    /// Whether it is the last one.
    #[serde(rename = "isLastPage")]
    pub is_last: Option<bool>,
}

/// A round of approval.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Round {
    /// Its id.
    pub id: String,
    /// `approved`, `declined` or `pending`; missing or empty while it is open.
    pub final_decision: Option<String>,
    /// Who is asked, and what they say.
    pub approvers: Vec<Object<Answer>>,
    /// When it began.
    pub created_date: Option<Object<Moment>>,
}

/// What one person says.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// Who.
    pub approver: Option<Object<Person>>,
    /// `approved`, `declined` or `pending`.
    pub approver_decision: Option<String>,
}

/// A moment.
#[derive(Clone, Deserialize)]
pub struct Moment {
    /// In Unix milliseconds.
    #[serde(rename = "epochMillis")]
    pub millis: i64,
}

/// Who the credential belongs to.
#[derive(Deserialize)]
pub struct Myself {}

/// What the credential may do ("Permissions").
#[derive(Deserialize)]
pub struct PermissionsReply {
    /// By the permission's key.
    pub permissions: BTreeMap<String, Object<Permission>>,
}

/// Whether something is permitted.
#[derive(Deserialize)]
pub struct Permission {
    /// Whether it is.
    #[serde(rename = "havePermission")]
    pub is_held: bool,
}

/// A page of projects that the credential sees ("Projects").
#[derive(Deserialize)]
pub struct ProjectsPage {
    /// The projects.
    pub values: Vec<Object<Project>>,
    /// Whether it is the last one.
    #[serde(rename = "isLast")]
    pub is_last: Option<bool>,
}
