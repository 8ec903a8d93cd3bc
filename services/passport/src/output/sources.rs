//! Sources and how each is doing.

use chrono::{DateTime, Utc};
use passport_evidence::wire::{self, WireError};
use passport_evidence::{ClaimedFact, Fact, Failure, FailureCode, json};
use passport_proto::collector::{Source as OnWire, SourceState};
use passport_proto::gateway::{CheckSourceResponse, ListSourcesResponse};
use serde::Serialize;

use super::connectors::absent;
use super::evidence::{fact_cells, fact_head, failures};
use super::{Block, Cell, Grid, Page, Show, Tone, age, span};

const HEAD: [&str; 7] = [
    "SOURCE",
    "CONNECTOR",
    "CATEGORY",
    "STATE",
    "SINCE",
    "FAILURE",
    "MAX AGE",
];

/// The sources of a scope.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sources {
    sources: Vec<Source>,
    /// Collectors that did not answer: their sources are missing.
    absent_collectors: Vec<String>,
    #[serde(skip)]
    now: DateTime<Utc>,
}

/// What a check of one source found.
#[derive(Debug, Serialize)]
pub struct Checked {
    source: Source,
    facts: Vec<Fact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    #[serde(skip)]
    now: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    name: String,
    connector: String,
    category: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "time")]
    validated_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "time")]
    failing_since: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'static str>,
}

fn time<S: serde::Serializer>(at: &Option<DateTime<Utc>>, to: S) -> Result<S::Ok, S::Error> {
    at.map(json::time).serialize(to)
}

// === reading the wire ===

impl Sources {
    /// Reads an answer that is shown now.
    pub fn read(reply: ListSourcesResponse, now: DateTime<Utc>) -> Self {
        Self {
            sources: reply.sources.into_iter().map(Source::from).collect(),
            absent_collectors: reply.absent_collectors,
            now,
        }
    }
}

impl Checked {
    /// Reads an answer that is shown now; what it claims is judged.
    pub fn read(reply: CheckSourceResponse, now: DateTime<Utc>) -> Result<Self, WireError> {
        let claims = reply.facts.into_iter().map(ClaimedFact::try_from);
        let facts = claims.map(|claim| claim.map(ClaimedFact::admit));
        Ok(Self {
            source: reply.source.ok_or(WireError::Missing("source"))?.into(),
            facts: facts.collect::<Result<_, _>>()?,
            failure: reply.failure.map(Failure::try_from).transpose()?,
            now,
        })
    }

    /// Whether the check could be made.
    pub fn was_made(&self) -> bool {
        self.failure.is_none()
    }
}

impl From<OnWire> for Source {
    fn from(it: OnWire) -> Self {
        Self {
            state: word(it.state()),
            name: it.name,
            connector: it.connector,
            category: it.category,
            max_age_seconds: it.max_age.map(|age| age.seconds),
            validated_at: it.validated_at.and_then(wire::time),
            failing_since: it.failing_since.and_then(wire::time),
            failure: FailureCode::from_wire(it.failure).map(FailureCode::as_str),
        }
    }
}

/// A state that is not known says no more than that the source is set up.
fn word(state: SourceState) -> &'static str {
    match state {
        SourceState::Unspecified | SourceState::Configured => "configured",
        SourceState::Validated => "validated",
        SourceState::Failing => "failing",
    }
}

// === showing ===

impl Source {
    fn cells(&self, now: DateTime<Utc>) -> Vec<Cell> {
        let ago = |at| format!("{} ago", age(at, now));
        let since = self.failing_since.or(self.validated_at).map(ago);
        let tone = match (self.failing_since, self.validated_at) {
            (Some(_), _) => Tone::Bad,
            (None, Some(_)) => Tone::Good,
            (None, None) => Tone::Faint,
        };
        let max_age = self.max_age_seconds.map(chrono::TimeDelta::seconds);
        vec![
            Cell::from(&self.name),
            Cell::from(&self.connector),
            Cell::from(&self.category),
            Cell::toned(self.state, tone),
            Cell::from(since.unwrap_or_default()),
            Cell::from(self.failure.unwrap_or_default()),
            Cell::from(max_age.map(span).unwrap_or_default()),
        ]
    }
}

impl Show for Sources {
    fn page(&self) -> Page {
        let first = match self.sources.is_empty() {
            true => Block::Line("no sources are configured here".to_owned()),
            false => grid(&self.sources, self.now),
        };
        let absent = absent(&self.absent_collectors, "sources");
        Page([first].into_iter().chain(absent).collect())
    }
}

impl Show for Checked {
    fn page(&self) -> Page {
        let mut blocks = vec![grid(std::slice::from_ref(&self.source), self.now)];
        if !self.facts.is_empty() {
            let rows = self.facts.iter().map(|fact| fact_cells(fact, self.now));
            blocks.push(Block::Grid(Grid {
                head: fact_head(),
                rows: rows.collect(),
            }));
        }
        if let Some(failure) = &self.failure {
            blocks.push(Block::Grid(failures(std::slice::from_ref(failure))));
        }
        Page(blocks)
    }
}

fn grid(sources: &[Source], now: DateTime<Utc>) -> Block {
    Block::Grid(Grid {
        head: HEAD.to_vec(),
        rows: sources.iter().map(|source| source.cells(now)).collect(),
    })
}
