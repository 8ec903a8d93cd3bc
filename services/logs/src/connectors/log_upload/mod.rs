//! A customer's own log store: asked over HTTP, or uploaded by whoever may read it.

mod client;
mod document;
mod door;
mod found;
mod graphite;
mod judge;
mod pages;
mod query;
mod read;
mod settings;
mod template;
mod time;
mod upload;

use async_trait::async_trait;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, Rejected, credential_scope::Breadth,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, MaxAge,
};

use client::Client;
use door::Door;
use query::Query;
use settings::{Scope, Settings};
use upload::Uploads;

/// The kind.
pub struct LogUpload;

struct Source {
    way: Way,
    queries: Vec<Query>,
    scope: Scope,
    max_age: MaxAge,
}

/// How a source comes to know. Never both: the token that reads a store must not open a door here.
pub enum Way {
    /// It asks the store.
    Asked(Box<Client>),
    /// It takes uploads that this lets in, and asks nobody.
    Uploaded(Door),
}

impl ConnectorKind for LogUpload {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "log-upload",
        display_name: "Customer log store",
        category: Category::Logs,
        status: ConnectorStatus::EvidenceIngest,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Ingest],
        credential: "a token that may ask the store for this service alone; for uploads a token of \
                     its own that the uploader shows, or secrets that it signs with",
        evidence: "counts of log lines at declared places of a JSON document, as old as the newest \
                   line that it tells of; no line leaves the collector",
        minimum_scope: "one service and one environment, by the names that the store has for them",
        avoid: "a token that reads every service; one token for asking and for uploading; \
                documents that do not say whether they are complete",
        facts: &[
            FactDescriptor::new("error_log_count", "error lines in the window", None),
            FactDescriptor::new(
                "startup_failure_count",
                "lines that say that a start failed",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "rollback_marker_count",
                "lines that say that somebody rolled back",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "incident_marker_count",
                "lines with the mark of an incident or of its trace",
                Some("= 0"),
            ),
            FactDescriptor::new("request_volume", "requests in the window", None),
            FactDescriptor::new("log_lines", "lines of the service", Some(">= 1")),
        ],
        // Only the operator knows: a source without a max age of its own is refused.
        default_max_age_seconds: 300,
    };

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let lasts = settings.check_max_age(builder);
        let scope = settings.scope.check(builder);
        let way = settings.way(builder);
        let queries = settings.queries(scope.as_ref(), builder);
        let source = Source {
            way: way?,
            queries: queries?,
            scope: scope?,
            max_age: lasts?,
        };
        Some(Box::new(source))
    }
}

// === impl Source ===

impl Source {
    fn uploads(&self) -> Uploads<'_> {
        Uploads {
            queries: &self.queries,
            scope: &self.scope,
            max_age: self.max_age,
        }
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        match &self.way {
            Way::Asked(client) => {
                let answers = client.ask(&self.queries, &self.scope, request).await;
                let facts = judge::asked(&self.queries, &answers, self.max_age, request.now)?;
                Ok(Observation::pulled(facts))
            }
            Way::Uploaded(_) => {
                let mut facts = self.uploads().facts(kept, request.now);
                facts.push(Breadth::NoneSent.fact(request.now));
                Ok(Observation::delivered(facts))
            }
        }
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        match &self.way {
            Way::Asked(client) => {
                let breadth = client.check(&self.queries, request).await?;
                Ok(Observation::pulled(vec![breadth.fact(request.now)]))
            }
            Way::Uploaded(_) => {
                let breadth = Breadth::NoneSent.fact(request.now);
                Ok(Observation::delivered(vec![breadth]))
            }
        }
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match &self.way {
            Way::Asked(_) => Err(Rejected::not_supported()),
            Way::Uploaded(door) => self.uploads().accept(delivery, door),
        }
    }
}

#[cfg(test)]
mod tests;
