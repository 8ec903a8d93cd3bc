//! Connectors and sources in the public JSON, over HTTP and from the command alike.

use chrono::{DateTime, Utc};
use passport_evidence::{
    Capability, ConnectorStatus, Fact, Failure, FailureCode, json::time, wire,
};
use passport_proto::{
    collector::{Source, SourceState},
    evidence::ConnectorDescriptor,
    gateway::{AbsentCollector, ListConnectorsResponse, ListSourcesResponse},
};
use prost_types::Duration;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use crate::{
    gateway::{Checked, Noticed},
    presence::Standing,
};

/// All connectors of all collectors that answered.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connectors {
    /// Sorted by id.
    pub connectors: Vec<Connector>,
    /// Collectors that did not answer.
    pub absent_collectors: Vec<String>,
    /// Why, with those that are no part of this deployment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Absent>,
}

/// A collector without which some categories have no evidence.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AbsentCollector")]
pub struct Absent {
    /// Its name.
    pub name: String,
    /// Categories of its connectors.
    pub categories: Vec<String>,
    /// How it is.
    pub state: Standing,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub since: Option<DateTime<Utc>>,
}

/// What is true of a connector wherever it runs.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connector {
    /// What sources call it.
    pub id: String,
    /// What people call it.
    pub display_name: String,
    /// What policies and callers filter by.
    pub category: String,
    /// The collector that serves it.
    pub collector: String,
    /// How far it is built, such as `Native pull`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    /// The status that it was first announced with, where that is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced_status: Option<&'static str>,
    /// Why it has another status by now.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status_reason: String,
    /// `pull`, `ingest`, `detect` and `notify`, those that it has.
    pub capabilities: Vec<&'static str>,
    /// The credential that it wants.
    pub credential: String,
    /// The evidence that it gives.
    pub evidence: String,
    /// The narrowest scope that is of use.
    pub minimum_scope: String,
    /// Credentials and scopes to keep away from.
    pub avoid: String,
    /// Facts that it may give.
    pub facts: Vec<ConnectorFact>,
    /// How long its evidence may be relied on where the source does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_max_age_seconds: Option<i64>,
}

/// What a connector calls one of its facts.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectorFact {
    /// Its name.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// Threshold where the source sets none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub default_threshold: String,
}

/// Sources of a scope.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sources {
    /// Sorted by name.
    pub sources: Vec<ListedSource>,
    /// Collectors that did not answer: their sources are missing above.
    pub absent_collectors: Vec<String>,
}

/// A configured connector and how it is doing.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Source")]
pub struct ListedSource {
    /// Its name in the scope.
    pub name: String,
    /// Its connector.
    pub connector: String,
    /// The category of its connector.
    pub category: String,
    /// `configured`, `validated` or `failing`.
    pub state: &'static str,
    /// How long its evidence may be relied on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<i64>,
    /// When a check or a collection last succeeded.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub validated_at: Option<DateTime<Utc>>,
    /// Since when it has been failing.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub failing_since: Option<DateTime<Utc>>,
    /// Why it is failing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<&'static str>,
}

/// What the check of a source found.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Check")]
pub struct ListedCheck {
    /// The source after the check.
    pub source: ListedSource,
    /// Facts about the credential and the target.
    pub facts: Vec<Fact>,
    /// Why the check could not be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// What became of the wish to send a notice.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Notice")]
pub struct ListedNotice {
    /// What became of it.
    pub result: NoticeWord,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// What can become of a notice that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeWord {
    /// The provider answered. It may have refused: the source's evidence tells.
    Sent,
    /// It was sent before, or is being sent, or may have been. Nothing was done.
    SentBefore,
    /// The source has none to send about this release.
    NothingToSend,
    /// There was no answer; `failure` says why.
    Unanswered,
}

// === from the wire ===

impl From<ListConnectorsResponse> for Connectors {
    fn from(list: ListConnectorsResponse) -> Self {
        Self {
            connectors: list.connectors.into_iter().map(Connector::from).collect(),
            absent_collectors: list.absent_collectors,
            absent: list.absent.into_iter().map(Absent::from).collect(),
        }
    }
}

impl From<AbsentCollector> for Absent {
    fn from(it: AbsentCollector) -> Self {
        Self {
            state: Standing::from(it.absence()),
            since: it.since.and_then(wire::time),
            name: it.name,
            categories: it.categories,
        }
    }
}

impl From<ConnectorDescriptor> for Connector {
    fn from(it: ConnectorDescriptor) -> Self {
        let capabilities = it.capabilities.into_iter();
        let facts = it.facts.into_iter().map(|fact| ConnectorFact {
            name: fact.name,
            meaning: fact.meaning,
            default_threshold: fact.default_threshold,
        });
        Self {
            status: ConnectorStatus::from_wire(it.status).map(ConnectorStatus::as_str),
            announced_status: ConnectorStatus::from_wire(it.announced_status)
                .map(ConnectorStatus::as_str),
            status_reason: it.status_reason,
            capabilities: capabilities
                .filter_map(Capability::from_wire)
                .map(capability)
                .collect(),
            facts: facts.collect(),
            default_max_age_seconds: it.default_max_age.map(seconds),
            id: it.id,
            display_name: it.display_name,
            category: it.category,
            collector: it.collector,
            credential: it.credential,
            evidence: it.evidence,
            minimum_scope: it.minimum_scope,
            avoid: it.avoid,
        }
    }
}

fn capability(capability: Capability) -> &'static str {
    match capability {
        Capability::Pull => "pull",
        Capability::Ingest => "ingest",
        Capability::Detect => "detect",
        Capability::Notify => "notify",
    }
}

impl From<ListSourcesResponse> for Sources {
    fn from(list: ListSourcesResponse) -> Self {
        Self {
            sources: list.sources.into_iter().map(ListedSource::from).collect(),
            absent_collectors: list.absent_collectors,
        }
    }
}

impl From<Source> for ListedSource {
    fn from(source: Source) -> Self {
        Self {
            state: state(source.state),
            failure: FailureCode::from_wire(source.failure).map(FailureCode::as_str),
            max_age_seconds: source.max_age.map(seconds),
            validated_at: source.validated_at.and_then(wire::time),
            failing_since: source.failing_since.and_then(wire::time),
            name: source.name,
            connector: source.connector,
            category: source.category,
        }
    }
}

/// A state that is not known says no more than that the source is set up.
fn state(state: i32) -> &'static str {
    match SourceState::try_from(state).unwrap_or_default() {
        SourceState::Unspecified | SourceState::Configured => "configured",
        SourceState::Validated => "validated",
        SourceState::Failing => "failing",
    }
}

impl From<Checked> for ListedCheck {
    fn from(checked: Checked) -> Self {
        Self {
            source: checked.source.into(),
            facts: checked.facts,
            failure: checked.failure,
        }
    }
}

impl From<Noticed> for ListedNotice {
    fn from(noticed: Noticed) -> Self {
        let (result, failure) = match noticed {
            Noticed::Sent => (NoticeWord::Sent, None),
            Noticed::SentBefore => (NoticeWord::SentBefore, None),
            Noticed::NothingToSend => (NoticeWord::NothingToSend, None),
            Noticed::Unanswered(failure) => (NoticeWord::Unanswered, Some(failure)),
        };
        Self { result, failure }
    }
}

fn seconds(duration: Duration) -> i64 {
    duration.seconds
}

pub(crate) fn as_text<S: Serializer>(at: &Option<DateTime<Utc>>, to: S) -> Result<S::Ok, S::Error> {
    at.map(time).serialize(to)
}
