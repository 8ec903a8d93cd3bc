use passport_connector_sdk::ConnectorKind as _;

use super::*;

#[test]
fn default_thresholds_are_thresholds() {
    for fact in Prometheus::DESCRIPTOR.facts {
        let parsed = fact
            .default_threshold
            .map(str::parse::<passport_evidence::Threshold>);
        assert!(parsed.is_none_or(|parsed| parsed.is_ok()), "{}", fact.name);
    }
}
