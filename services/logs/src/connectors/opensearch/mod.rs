//! OpenSearch.

mod breadth;
mod detect;
mod dialect;
mod settings;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    detect::Detect,
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor};

use crate::search_api::{self, Engine};
use settings::Settings;

/// The kind.
pub struct OpenSearch;

struct Source(Engine);

impl ConnectorKind for OpenSearch {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "opensearch",
        display_name: "OpenSearch",
        category: Category::Logs,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "basic or bearer token of a role that may search one index pattern, or a key \
                     with which requests are signed for AWS",
        evidence: "counts of log lines, and of their kinds, by named exact matches, as old as the \
                   newest line of the scope; at most redacted excerpts leave the collector",
        minimum_scope: "one index, alias, data stream or prefix, and two fields whose exact values \
                        every line must have",
        avoid: "the roles all_access and readall; patterns such as `*`; other clusters",
        facts: search_api::FACTS,
        default_max_age_seconds: 300,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let shown = settings::shown(settings.credential.as_ref(), builder);
        let engine = Engine::build(&settings, shown, &dialect::DIALECT, builder)?;
        Some(Box::new(Source(engine)))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        self.0.collect(request).await
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        self.0.works(request).await?;
        let breadth = breadth::breadth(&self.0.client, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}

#[cfg(test)]
mod tests;
