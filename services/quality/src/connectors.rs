//! The connectors of this collector.

mod mobile_webview;
mod snyk;
mod sonarqube;
mod trivy;

use passport_connector_sdk::Registry;

/// Every connector of this collector: one line each.
pub fn registry() -> Registry {
    Registry::default()
        .with::<mobile_webview::MobileWebview>()
        .with::<snyk::Snyk>()
        .with::<sonarqube::Sonarqube>()
        .with::<trivy::Trivy>()
}
