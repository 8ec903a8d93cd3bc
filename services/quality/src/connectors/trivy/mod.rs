//! Reports of Trivy, uploaded by the pipeline that scans: nothing is asked.

mod accept;
mod artifact;
mod choose;
mod database;
mod detect;
mod facts;
mod report;
mod settings;
mod severity;
mod subject;
mod summary;
mod tally;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::TimeDelta;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, Rejected, credential_scope::Breadth, detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, MaxAge,
};

use choose::Report;
use facts::Judge;
pub use settings::Settings;
use settings::{Declared, Wanted};
use subject::Digests;

/// The kind of connector.
pub struct Trivy;

/// A source.
struct Source {
    artifact: String,
    declared: Declared,
    wanted: Wanted,
    keep_for: TimeDelta,
}

/// Reports are kept for at least so long. A failed report must outlive the freshness of any older
/// one, or that one would pass in its place.
const KEPT_AT_LEAST: TimeDelta = TimeDelta::days(7);

impl ConnectorKind for Trivy {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "trivy",
        display_name: "Trivy",
        category: Category::Security,
        status: ConnectorStatus::EvidenceIngest,
        promotion: None,
        capabilities: &[Capability::Ingest, Capability::Detect],
        credential: "none for Trivy; uploads show a token of ours with the verb ingest for the source",
        evidence: "Vulnerabilities by severity, secrets and misconfigurations of one artifact, and \
                   how far its scan reached",
        minimum_scope: "the name of one image, or one path or repository that is scanned",
        avoid: "A scan with filters that are not declared; uploading a report of yesterday's image",
        facts: &[
            FactDescriptor::new(
                "vulnerabilities",
                "Known vulnerabilities, each once; the item is the severity",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "fixable_vulnerabilities",
                "Those with a version that fixes them",
                None,
            ),
            FactDescriptor::new("secrets", "Secrets in files", Some("= 0")),
            FactDescriptor::new(
                "misconfigurations",
                "Checks of configuration that failed; the item is the severity",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "scan_coverage",
                "Classes of packages with a result",
                Some("!= none"),
            ),
            FactDescriptor::new(
                "os_support",
                "Whether the operating system still gets fixes; the item is its name",
                Some("= supported"),
            ),
            FactDescriptor::new(
                "suppressed_findings",
                "Findings that were taken out of the report",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "artifact_digest",
                "Whether the report is about what is being released",
                None,
            ),
            FactDescriptor::new(
                "database_age",
                "How old the advisories were at the scan, as its uploader tells",
                None,
            ),
            FactDescriptor::new("report_time", "When the report says that it was made", None),
        ],
        default_max_age_seconds: 86_400,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.check(builder);
        let max_age = builder.max_age()?;
        Some(Box::new(Source::new(settings, wanted?, max_age)))
    }
}

// === impl Source ===

impl Source {
    fn new(settings: Settings, wanted: Wanted, max_age: MaxAge) -> Self {
        Self {
            artifact: settings.scope.artifact,
            declared: settings.declared,
            wanted,
            keep_for: (max_age.as_delta() * 2).max(KEPT_AT_LEAST),
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
        let reports: Vec<_> = kept.records.iter().map(Report::read).collect();
        let digests = Digests::of(request.subject.as_ref());
        let judge = Judge {
            wanted: &self.wanted,
            declared: &self.declared,
            digests: &digests,
        };
        let mut facts = judge.facts(choose::newest(&reports, &digests));
        facts.push(Breadth::NoneSent.fact(request.now));
        Ok(Observation::delivered(facts))
    }

    /// Nobody is asked, and there is no credential of ours that could be wrong.
    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = Breadth::NoneSent.fact(request.now);
        Ok(Observation::delivered(vec![breadth]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        accept::accept(delivery, &self.artifact, self.keep_for)
    }
}
