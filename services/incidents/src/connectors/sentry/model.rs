//! The fields of Sentry's answers that are read, as its API documentation names them. Titles, culprits,
//! owners and tags are never read.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A project ("Retrieve a Project").
#[derive(Debug, Clone, Deserialize)]
pub struct Project {
    /// Its number.
    pub id: Id,
    /// Its slug.
    pub slug: String,
    /// Whose it is.
    pub organization: Option<Object<Slug>>,
    /// What the token may do in it. Older servers leave it out.
    pub access: Option<Vec<String>>,
}

/// Something by its slug.
#[derive(Debug, Clone, Deserialize)]
pub struct Slug {
    /// The slug.
    pub slug: String,
}

/// An organization ("Retrieve an Organization").
#[derive(Debug, Clone, Deserialize)]
pub struct Organization {
    /// What the token may do in it. Older servers leave it out.
    pub access: Option<Vec<String>>,
    /// Where it lies. Older servers leave it out.
    pub links: Option<Object<Links>>,
}

/// Where an organization lies.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Links {
    /// The host of its region.
    pub region_url: Option<String>,
}

/// An environment of a project ("List a Project's Environments").
#[derive(Debug, Clone, Deserialize)]
pub struct Environment {
    /// Sentry's own name of it.
    pub name: String,
}

/// A number, which some answers write as text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Id {
    /// As a number.
    Number(u64),
    /// As text.
    Text(String),
}

/// A release ("Retrieve an Organization's Release").
#[derive(Debug, Clone, Deserialize)]
pub struct Release {
    /// Its version.
    pub version: String,
    /// `open` or `archived`.
    pub status: String,
    /// The projects that it is of.
    pub projects: Vec<Object<Numbered>>,
}

/// A release in a list of all ("List an Organization's Releases").
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedRelease {
    /// Its version.
    pub version: String,
    /// When it was released, if anybody said so.
    pub date_released: Option<DateTime<Utc>>,
    /// When Sentry first heard of it.
    pub date_created: Option<DateTime<Utc>>,
    /// The projects that it is of.
    pub projects: Vec<Object<Numbered>>,
}

/// Something by its number.
#[derive(Debug, Clone, Deserialize)]
pub struct Numbered {
    /// The number.
    pub id: Id,
}

/// A group of events ("List an Organization's Issues"). Its counts are over its whole life and not read.
#[derive(Debug, Clone, Deserialize)]
pub struct Issue {
    /// Its number.
    pub id: Id,
    /// Whether it is resolved, archived or neither.
    pub status: String,
    /// Whose it is.
    pub project: Object<Numbered>,
}

/// Sessions over a window ("Retrieve Release Health Session Statistics").
#[derive(Debug, Clone, Deserialize)]
pub struct Sessions {
    /// When the window ends.
    pub end: DateTime<Utc>,
    /// One for each value that is grouped by; without any, one.
    pub groups: Vec<Object<SessionGroup>>,
}

/// A group of sessions.
#[derive(Debug, Clone, Deserialize)]
pub struct SessionGroup {
    /// Over the whole window.
    pub totals: Object<SessionTotals>,
}

/// Figures of sessions; `None`: left out.
#[derive(Debug, Clone, Deserialize)]
pub struct SessionTotals {
    /// Share of sessions that did not crash, 0 to 1.
    #[serde(
        rename = "crash_free_rate(session)",
        default,
        deserialize_with = "told"
    )]
    pub sessions: Option<Value>,
    /// Share of users whose sessions did not crash, 0 to 1.
    #[serde(rename = "crash_free_rate(user)", default, deserialize_with = "told")]
    pub users: Option<Value>,
    /// How many sessions there were.
    #[serde(rename = "sum(session)", default, deserialize_with = "told")]
    pub count: Option<Value>,
}

/// Events of a release ("Query Explore Events in Table Format").
#[derive(Debug, Clone, Deserialize)]
pub struct Events {
    /// One row.
    pub data: Vec<Object<EventRow>>,
}

/// Figures of events.
#[derive(Debug, Clone, Deserialize)]
pub struct EventRow {
    /// How many there were.
    #[serde(rename = "count()")]
    pub count: u64,
}

/// Events over time ("Query Explore Events in Timeseries Format").
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Timeseries {
    /// One, where nothing is grouped by.
    pub time_series: Vec<Object<Series>>,
}

/// One series.
#[derive(Debug, Clone, Deserialize)]
pub struct Series {
    /// What it tells of itself.
    pub meta: Option<Object<SeriesMeta>>,
    /// Its buckets, the oldest first.
    pub values: Vec<Object<Bucket>>,
}

/// What a series tells of itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SeriesMeta {
    /// `partial` where not all data was looked at.
    pub data_scanned: Option<String>,
}

/// One bucket.
#[derive(Debug, Clone, Deserialize)]
pub struct Bucket {
    /// Its beginning, in Unix milliseconds.
    pub timestamp: i64,
    /// Its figure.
    pub value: Option<f64>,
    /// Whether it may still grow.
    pub incomplete: bool,
}

/// What became of events ("Retrieve Event Counts for an Organization (v2)").
#[derive(Debug, Clone, Deserialize)]
pub struct Outcomes {
    /// One for each outcome.
    pub groups: Vec<Object<OutcomeGroup>>,
}

/// Events of one outcome.
#[derive(Debug, Clone, Deserialize)]
pub struct OutcomeGroup {
    /// Which.
    pub by: Object<Outcome>,
    /// How many.
    pub totals: Object<Quantity>,
}

/// What became of an event.
#[derive(Debug, Clone, Deserialize)]
pub struct Outcome {
    /// The word for it.
    pub outcome: String,
}

/// How many.
#[derive(Debug, Clone, Deserialize)]
pub struct Quantity {
    /// Over the whole window.
    #[serde(rename = "sum(quantity)")]
    pub sum: u64,
}

/// What is said, `null` too.
fn told<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

// === impl Id ===

impl Id {
    /// As text.
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}
