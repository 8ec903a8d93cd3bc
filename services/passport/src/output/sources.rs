//! Sources and how each is doing.

use chrono::{DateTime, Utc};
use passport_evidence::wire::WireError;
use passport_evidence::{ClaimedFact, Failure};
use passport_gateway::listing::{self, ListedCheck, ListedSource};
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

/// The sources of a scope, shown now.
#[derive(Debug, Serialize)]
pub struct Sources {
    #[serde(flatten)]
    listed: listing::Sources,
    #[serde(skip)]
    now: DateTime<Utc>,
}

/// What a check of one source found, shown now.
#[derive(Debug, Serialize)]
pub struct Checked {
    #[serde(flatten)]
    check: ListedCheck,
    #[serde(skip)]
    now: DateTime<Utc>,
}

// === reading the wire ===

impl Sources {
    /// Reads an answer.
    pub fn read(reply: ListSourcesResponse, now: DateTime<Utc>) -> Self {
        Self {
            listed: reply.into(),
            now,
        }
    }
}

impl Checked {
    /// Reads an answer; what it claims is judged.
    pub fn read(reply: CheckSourceResponse, now: DateTime<Utc>) -> Result<Self, WireError> {
        let claims = reply.facts.into_iter().map(ClaimedFact::try_from);
        let facts = claims.map(|claim| claim.map(ClaimedFact::admit));
        let check = ListedCheck {
            source: reply.source.ok_or(WireError::Missing("source"))?.into(),
            facts: facts.collect::<Result<_, _>>()?,
            failure: reply.failure.map(Failure::try_from).transpose()?,
        };
        Ok(Self { check, now })
    }

    /// Whether the check could be made.
    pub fn was_made(&self) -> bool {
        self.check.failure.is_none()
    }
}

// === showing ===

fn cells(source: &ListedSource, now: DateTime<Utc>) -> Vec<Cell> {
    let ago = |at| format!("{} ago", age(at, now));
    let since = source.failing_since.or(source.validated_at).map(ago);
    let tone = match (source.failing_since, source.validated_at) {
        (Some(_), _) => Tone::Bad,
        (None, Some(_)) => Tone::Good,
        (None, None) => Tone::Faint,
    };
    let max_age = source.max_age_seconds.map(chrono::TimeDelta::seconds);
    vec![
        Cell::from(&source.name),
        Cell::from(&source.connector),
        Cell::from(&source.category),
        Cell::toned(source.state, tone),
        Cell::from(since.unwrap_or_default()),
        Cell::from(source.failure.unwrap_or_default()),
        Cell::from(max_age.map(span).unwrap_or_default()),
    ]
}

impl Show for Sources {
    fn page(&self) -> Page {
        let sources = &self.listed.sources;
        let first = match sources.is_empty() {
            true => Block::Line("no sources are configured here".to_owned()),
            false => grid(sources, self.now),
        };
        let absent = absent(&self.listed.absent_collectors, "sources");
        Page([first].into_iter().chain(absent).collect())
    }
}

impl Show for Checked {
    fn page(&self) -> Page {
        let mut blocks = vec![grid(std::slice::from_ref(&self.check.source), self.now)];
        if !self.check.facts.is_empty() {
            let rows = self
                .check
                .facts
                .iter()
                .map(|fact| fact_cells(fact, self.now));
            blocks.push(Block::Grid(Grid {
                head: fact_head(),
                rows: rows.collect(),
            }));
        }
        if let Some(failure) = &self.check.failure {
            blocks.push(Block::Grid(failures(std::slice::from_ref(failure))));
        }
        Page(blocks)
    }
}

fn grid(sources: &[ListedSource], now: DateTime<Utc>) -> Block {
    Block::Grid(Grid {
        head: HEAD.to_vec(),
        rows: sources.iter().map(|source| cells(source, now)).collect(),
    })
}
