//! One row for every connector: the situation that its provider is in.

/// One source, and what is behind it.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub connector: &'static str,
    /// What tells it from other sources of its connector; empty: there is no other.
    pub suffix: &'static str,
    /// The case that its provider plays, below `services/`.
    pub case: &'static str,
}

/// Every connector at least once, in the order of the collectors. To add one is to add its line here and
/// one in `golden/seed-matrix.txt`.
pub const ROWS: &[Row] = &[
    row(
        "github-actions",
        "cicd/src/connectors/github_actions/cases/success",
    ),
    also(
        "github-actions",
        "webhook",
        "cicd/src/connectors/github_actions/cases/webhook-raw-bytes",
    ),
    row(
        "gitlab-ci",
        "cicd/src/connectors/gitlab_ci/cases/everything",
    ),
    also(
        "gitlab-ci",
        "webhook",
        "cicd/src/connectors/gitlab_ci/cases/webhook-signed",
    ),
    row("jenkins", "cicd/src/connectors/jenkins/cases/success"),
    row(
        "argo-cd",
        "cicd/src/connectors/argo_cd/cases/image-of-the-subject",
    ),
    row("flux", "cicd/src/connectors/flux/cases/kustomization-ready"),
    row(
        "kubernetes",
        "runtime/src/connectors/kubernetes/cases/deployment-small",
    ),
    row(
        "docker-compose",
        "runtime/src/connectors/docker_compose/cases/engine-newer",
    ),
    row(
        "nomad",
        "runtime/src/connectors/nomad/cases/image-of-the-first",
    ),
    row("ecs", "runtime/src/connectors/ecs/cases/controller-absent"),
    row(
        "runtime-target",
        "runtime/src/connectors/runtime_target/cases/certificate-long",
    ),
    row(
        "argo-rollouts",
        "runtime/src/connectors/argo_rollouts/cases/healthy-promoted",
    ),
    row("flagger", "runtime/src/connectors/flagger/cases/succeeded"),
    row(
        "launchdarkly",
        "runtime/src/connectors/launchdarkly/cases/expected-by-id",
    ),
    row(
        "prometheus",
        "metrics/src/connectors/prometheus/cases/two-metrics-ok",
    ),
    row("otlp", "metrics/src/connectors/otlp/cases/gauge-ok"),
    row(
        "datadog",
        "metrics/src/connectors/datadog/cases/custom-metric",
    ),
    row(
        "new-relic",
        "metrics/src/connectors/new_relic/cases/apm-health-ok",
    ),
    row("loki", "logs/src/connectors/loki/cases/count-ok"),
    row(
        "opensearch",
        "logs/src/connectors/opensearch/cases/count-ok",
    ),
    row(
        "elasticsearch",
        "logs/src/connectors/elasticsearch/cases/count-ok",
    ),
    row(
        "cloudwatch-logs",
        "logs/src/connectors/cloudwatch_logs/cases/insights-complete",
    ),
    row(
        "log-upload",
        "logs/src/connectors/log_upload/cases/upload-of-two-queries",
    ),
    row(
        "sentry",
        "incidents/src/connectors/sentry/cases/crash-free-ok",
    ),
    row(
        "pagerduty",
        "incidents/src/connectors/pagerduty/cases/quiet-service",
    ),
    also(
        "pagerduty",
        "webhook",
        "incidents/src/connectors/pagerduty/cases/webhook-low-urgency",
    ),
    row(
        "opsgenie",
        "incidents/src/connectors/opsgenie/cases/by-tag-and-team",
    ),
    row(
        "jira",
        "work-items/src/connectors/jira/cases/approved-change",
    ),
    row(
        "linear",
        "work-items/src/connectors/linear/cases/completed-approved",
    ),
    row(
        "servicenow",
        "work-items/src/connectors/servicenow/cases/cab-approved",
    ),
    row("slack", "work-items/src/connectors/slack/cases/post-ok"),
    row(
        "email",
        "work-items/src/connectors/email/cases/dsn-delivered",
    ),
    row(
        "sonarqube",
        "quality/src/connectors/sonarqube/cases/gate-ok",
    ),
    row("trivy", "quality/src/connectors/trivy/cases/clean-v2"),
    row("snyk", "quality/src/connectors/snyk/cases/rest-clean"),
    also(
        "snyk",
        "upload",
        "quality/src/connectors/snyk/cases/container-clean",
    ),
    row(
        "mobile-webview",
        "quality/src/connectors/mobile_webview/cases/all-four-kinds",
    ),
    row(
        "custom-webhook",
        "manual/src/connectors/custom_webhook/cases/readme-example-poll",
    ),
    also(
        "custom-webhook",
        "inbound",
        "manual/src/connectors/custom_webhook/cases/inbound-ok",
    ),
    row(
        "manual-evidence",
        "manual/src/connectors/manual_evidence/cases/attestation-two-persons",
    ),
];

const fn row(connector: &'static str, case: &'static str) -> Row {
    also(connector, "", case)
}

/// A further source of a connector.
const fn also(connector: &'static str, suffix: &'static str, case: &'static str) -> Row {
    Row {
        connector,
        suffix,
        case,
    }
}

// === impl Row ===

impl Row {
    /// The name of its source.
    pub fn name(&self) -> String {
        match self.suffix {
            "" => self.connector.to_owned(),
            suffix => format!("{}-{suffix}", self.connector),
        }
    }
}
