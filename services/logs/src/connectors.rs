//! The connectors of this collector.

mod elasticsearch;
mod loki;
mod opensearch;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<elasticsearch::Elasticsearch>()
        .with::<loki::Loki>()
        .with::<opensearch::OpenSearch>()
}
