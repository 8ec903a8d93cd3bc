//! The connectors of this collector.

mod cloudwatch_logs;
mod elasticsearch;
mod log_upload;
mod loki;
mod opensearch;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<cloudwatch_logs::CloudwatchLogs>()
        .with::<elasticsearch::Elasticsearch>()
        .with::<log_upload::LogUpload>()
        .with::<loki::Loki>()
        .with::<opensearch::OpenSearch>()
}
