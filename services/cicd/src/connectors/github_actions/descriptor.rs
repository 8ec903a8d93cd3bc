//! What GitHub Actions is told of as a connector.

use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FactDescriptor};

/// The descriptor.
pub const DESCRIPTOR: Descriptor = Descriptor {
    id: "github-actions",
    display_name: "GitHub Actions",
    category: Category::CiCd,
    status: ConnectorStatus::EvidenceIngest,
    promotion: None,
    capabilities: &[Capability::Pull, Capability::Ingest, Capability::Detect],
    credential: "optional: a fine-grained or installation token of one repository with \
                 `Actions: read`; the secret of a webhook; to answer deployment protection rules the app's \
                 installation token with `Deployments: write`",
    evidence: "the run of one workflow for the commit, its jobs, artifact digest, deployment \
               and approval",
    minimum_scope: "one workflow of one repository",
    avoid: "classic tokens with `repo` or `workflow`; a token of the whole organization",
    facts: &[
        FactDescriptor::new(
            "workflow_run_status",
            "the run's own verdict",
            Some("= success"),
        ),
        FactDescriptor::new(
            "required_jobs",
            "how many of the required jobs succeeded",
            None,
        ),
        FactDescriptor::new(
            "job_status",
            "a job that is not green; the item is its name",
            Some("= success"),
        ),
        FactDescriptor::new(
            "rerun_attempts",
            "how often the run was started",
            Some("= 1"),
        ),
        FactDescriptor::new("run_id", "which run and attempt was judged", None),
        FactDescriptor::new("source_sha", "commit of the run", None),
        FactDescriptor::new(
            "artifact_digest",
            "digest of the uploaded archive; the item is its name",
            None,
        ),
        FactDescriptor::new(
            "build_attestation",
            "commit that the provenance of an artifact names, its signature not verified; the item \
             is the artifact's digest",
            None,
        ),
        FactDescriptor::new(
            "deployment_status",
            "newest status of the deployment of the commit; the item is the environment",
            Some("= success"),
        ),
        FactDescriptor::new(
            "environment_approval",
            "what the people said who guard the environment, which is the item",
            Some("= approved"),
        ),
    ],
    default_max_age_seconds: 86_400,
};
