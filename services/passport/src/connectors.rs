//! The connectors that this program is built with.

use passport_collector_kit::{Category, Process};
use passport_connector_sdk::Registry;
use passport_gateway::Catalog;
use passport_service_kit::config::SourceChecks;

/// Every category: one line each.
pub fn categories() -> Vec<Category> {
    vec![
        passport_cicd::category(),
        passport_runtime::category(),
        passport_metrics::category(),
        passport_logs::category(),
        passport_incidents::category(),
        passport_work_items::category(),
        passport_quality::category(),
        passport_manual::category(),
    ]
}

/// The connectors of all collectors.
pub fn registry() -> Registry {
    let registries = categories().into_iter().map(|category| category.registry);
    registries.fold(Registry::default(), Registry::and)
}

/// What the connectors have to say about the sources of a configuration.
pub fn checks() -> impl SourceChecks {
    passport_collector_kit::checks(registry(), Process::AllInOne)
}

/// What a gateway has to know of them.
pub fn catalog() -> Catalog {
    categories().iter().fold(Catalog::default(), |catalog, it| {
        catalog.with(it.name, it.registry.descriptors())
    })
}
