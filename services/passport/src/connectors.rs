//! The connectors that this program is built with.

use passport_collector_kit::Category;
use passport_connector_sdk::Registry;
use passport_gateway::PlannedConnector;
use passport_service_kit::config::SourceChecks;

/// Every category: one line each.
pub fn categories() -> Vec<Category> {
    vec![passport_metrics::category(), passport_quality::category()]
}

/// The connectors of all collectors.
pub fn registry() -> Registry {
    let registries = categories().into_iter().map(|category| category.registry);
    registries.fold(Registry::default(), Registry::and)
}

/// What the connectors have to say about the sources of a configuration.
pub fn checks() -> impl SourceChecks {
    passport_collector_kit::checks(registry())
}

/// What a gateway has to know of them.
pub fn planned() -> impl Iterator<Item = PlannedConnector> {
    categories().into_iter().flat_map(|category| {
        let collector = category.name;
        let descriptors: Vec<_> = category.registry.descriptors().collect();
        descriptors
            .into_iter()
            .filter_map(move |it| PlannedConnector::of(it, collector))
    })
}
