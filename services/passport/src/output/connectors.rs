//! The matrix of connectors.

use passport_evidence::{Capability, ConnectorStatus};
use passport_proto::evidence::{ConnectorDescriptor, FactDescriptor};
use passport_proto::gateway::ListConnectorsResponse;
use serde::Serialize;

use super::{Block, Cell, Grid, Page, Show};

const HEAD: [&str; 6] = [
    "CONNECTOR",
    "CATEGORY",
    "STATUS",
    "CREDENTIAL",
    "EVIDENCE",
    "MINIMUM SCOPE",
];

/// What connectors there are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connectors {
    connectors: Vec<Connector>,
    /// Collectors that did not answer: their connectors are missing.
    absent_collectors: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Connector {
    id: String,
    display_name: String,
    category: String,
    collector: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    capabilities: Vec<&'static str>,
    credential: String,
    evidence: String,
    minimum_scope: String,
    avoid: String,
    facts: Vec<DescribedFact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_max_age_seconds: Option<i64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DescribedFact {
    name: String,
    meaning: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    default_threshold: String,
}

// === reading the wire ===

impl From<ListConnectorsResponse> for Connectors {
    fn from(reply: ListConnectorsResponse) -> Self {
        Self {
            connectors: reply.connectors.into_iter().map(Connector::from).collect(),
            absent_collectors: reply.absent_collectors,
        }
    }
}

impl From<ConnectorDescriptor> for Connector {
    fn from(it: ConnectorDescriptor) -> Self {
        let capabilities = it.capabilities.into_iter();
        Self {
            id: it.id,
            display_name: it.display_name,
            category: it.category,
            collector: it.collector,
            status: ConnectorStatus::from_wire(it.status).map(ConnectorStatus::as_str),
            capabilities: capabilities
                .filter_map(Capability::from_wire)
                .map(word)
                .collect(),
            credential: it.credential,
            evidence: it.evidence,
            minimum_scope: it.minimum_scope,
            avoid: it.avoid,
            facts: it.facts.into_iter().map(DescribedFact::from).collect(),
            default_max_age_seconds: it.default_max_age.map(|age| age.seconds),
        }
    }
}

impl From<FactDescriptor> for DescribedFact {
    fn from(it: FactDescriptor) -> Self {
        Self {
            name: it.name,
            meaning: it.meaning,
            default_threshold: it.default_threshold,
        }
    }
}

fn word(capability: Capability) -> &'static str {
    match capability {
        Capability::Pull => "pull",
        Capability::Ingest => "ingest",
        Capability::Detect => "detect",
    }
}

// === showing ===

impl Show for Connectors {
    fn page(&self) -> Page {
        let rows = self.connectors.iter().map(|it| {
            vec![
                Cell::from(&it.id),
                Cell::from(&it.category),
                Cell::from(it.status.unwrap_or_default()),
                Cell::from(&it.credential),
                Cell::from(&it.evidence),
                Cell::from(&it.minimum_scope),
            ]
        });
        let grid = Grid {
            head: HEAD.to_vec(),
            rows: rows.collect(),
        };
        let absent = absent(&self.absent_collectors, "connectors");
        Page([Block::Grid(grid)].into_iter().chain(absent).collect())
    }
}

/// Tells which collectors did not answer, and what is therefore missing.
pub(super) fn absent<'a>(
    collectors: &'a [String],
    missing: &'a str,
) -> impl Iterator<Item = Block> + 'a {
    let tell = move |name| {
        Block::Line(format!(
            "the collector {name} did not answer: its {missing} are missing here"
        ))
    };
    collectors.iter().map(tell)
}
