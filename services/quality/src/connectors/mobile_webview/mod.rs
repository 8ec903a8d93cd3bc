//! Bundles that a suite of a mobile app or a WebView leaves behind: nothing is asked, no device or
//! browser is run, and no image is compared here.

mod accept;
mod choose;
mod detect;
mod facts;
mod manifest;
mod multipart;
mod parts;
mod settings;
mod summary;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::TimeDelta;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, Rejected, credential_scope::Breadth, detect::Detect, digests::Digests,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, Promotion,
};

use accept::Inbox;
use choose::Bundle;
use facts::Judge;
pub use settings::Settings;
use settings::Wanted;

/// The kind of connector.
pub struct MobileWebview;

/// A source.
struct Source {
    inbox: Inbox,
    wanted: Wanted,
    /// Fingerprints of console errors that are known.
    known: BTreeSet<String>,
}

/// Bundles are kept for at least so long. A failed one must outlive the freshness of any older one,
/// or that one would pass in its place.
const KEPT_AT_LEAST: TimeDelta = TimeDelta::days(7);

impl ConnectorKind for MobileWebview {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "mobile-webview",
        display_name: "Mobile/WebView regression",
        category: Category::Differentiator,
        status: ConnectorStatus::EvidenceIngest,
        promotion: Some(Promotion {
            from: ConnectorStatus::Planned,
            because: "it judges the uploaded bundle of a suite; it runs no device, browser or image \
                      comparison of its own",
        }),
        capabilities: &[Capability::Ingest, Capability::Detect],
        credential: "none of a provider; uploads show a token of ours with the verb ingest for the \
                     source, or a signature",
        evidence: "Screenshot, console and network regressions and test results of one artifact",
        minimum_scope: "one producer and one platform",
        avoid: "Suites that write their own baselines; a bundle of another build",
        facts: &[
            FactDescriptor::new(
                "bundle_integrity",
                "Files whose digest is that of the manifest, of a bundle about what is released",
                None,
            ),
            FactDescriptor::new("ui_test_result", "Results of the tests", None),
            FactDescriptor::new(
                "screenshot_diff_ratio",
                "Largest share of pixels by which a screenshot differs from its baseline",
                Some(settings::SCREENSHOTS),
            ),
            FactDescriptor::new(
                "console_error_count",
                "Errors in the console that are not known, each once",
                Some(settings::NONE_AT_ALL),
            ),
            FactDescriptor::new(
                "network_failure_count",
                "Methods and paths whose last attempt failed",
                Some(settings::NONE_AT_ALL),
            ),
            FactDescriptor::new(
                "http_4xx_count",
                "Answers with a status of 400 to 499",
                None,
            ),
        ],
        default_max_age_seconds: 86_400,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.check(builder);
        let signing = settings.signing(builder);
        let max_age = builder.max_age()?;
        Some(Box::new(Source {
            wanted: wanted?,
            known: settings.console_baseline.into_iter().collect(),
            inbox: Inbox {
                producer: settings.scope.producer,
                platform: settings.scope.platform,
                hosts: settings.allowed_hosts.into_iter().collect(),
                signing: signing?,
                keep_for: (max_age.as_delta() * 2).max(KEPT_AT_LEAST),
            },
        }))
    }
}

// === impl Source ===

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        let bundles: Vec<_> = kept.records.iter().map(Bundle::read).collect();
        let digests = Digests::of(request.subject.as_ref());
        let judge = Judge {
            wanted: &self.wanted,
            known: &self.known,
            digests: &digests,
        };
        let mut facts = judge.facts(&choose::newest(&bundles, &digests));
        facts.push(Breadth::NoneSent.fact(request.now));
        Ok(Observation::delivered(facts))
    }

    /// Nobody is asked, and there is no credential of ours that could be wrong.
    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = Breadth::NoneSent.fact(request.now);
        Ok(Observation::delivered(vec![breadth]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        self.inbox.accept(delivery)
    }
}
