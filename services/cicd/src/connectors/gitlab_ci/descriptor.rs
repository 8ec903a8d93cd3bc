//! What GitLab CI is told of as a connector.

use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FactDescriptor};

/// The descriptor.
pub const DESCRIPTOR: Descriptor = Descriptor {
    id: "gitlab-ci",
    display_name: "GitLab CI",
    category: Category::CiCd,
    status: ConnectorStatus::EvidenceIngest,
    promotion: None,
    capabilities: &[Capability::Pull, Capability::Ingest, Capability::Detect],
    credential: "project access token: role Reporter, scope `read_api`, with an end; the \
                 secret token or signing token of a webhook; to answer external status checks a \
                 token with `api`",
    evidence: "the pipeline of the commit, its jobs and what they left, the pipelines that it \
               started, tests, coverage and deployment",
    minimum_scope: "one project",
    avoid: "tokens with `api`, of a group or a person; tokens without an end",
    facts: &[
        FactDescriptor::new(
            "pipeline_status",
            "the pipeline's own verdict",
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
            "downstream_pipelines",
            "how many of the bridges, and of what they started, succeeded",
            None,
        ),
        FactDescriptor::new("pipeline_id", "which pipeline was judged", None),
        FactDescriptor::new("source_sha", "commit of the pipeline", None),
        FactDescriptor::new(
            "deployment_status",
            "newest deployment of the commit; the item is the environment",
            Some("= success"),
        ),
        FactDescriptor::new(
            "job_artifact",
            "whether a job left what is wanted of it; the item is the job and the kind of file",
            Some("= present"),
        ),
        FactDescriptor::new("test_report", "failed and broken tests", Some("= 0")),
        FactDescriptor::new("coverage", "coverage of the pipeline", None),
    ],
    default_max_age_seconds: 86_400,
};
