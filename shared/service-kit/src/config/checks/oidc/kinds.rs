//! What the kinds of issuers say of their workloads.

use serde_json::Value;

/// The kind of an issuer, where it is written as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    GithubActions,
    GitlabCi,
    Kubernetes,
    People,
    Other,
}

/// Claims that the gateway itself judges.
pub(super) const JUDGED: [&str; 6] = ["iss", "aud", "exp", "nbf", "iat", "jti"];

/// Claims that many workloads share, or whose form the workload's owner can choose.
pub(super) const SHARED: [&str; 12] = [
    "sub",
    "repository_owner",
    "repository_owner_id",
    "enterprise",
    "enterprise_id",
    "actor",
    "actor_id",
    "namespace_id",
    "namespace_path",
    "user_id",
    "user_login",
    "user_email",
];

/// Claims that all whom an identity provider knows may share.
pub(super) const EVERYBODYS: [&str; 12] = [
    "azp",
    "client_id",
    "appid",
    "hd",
    "tid",
    "acr",
    "amr",
    "scope",
    "scp",
    "email_verified",
    "auth_time",
    "locale",
];

/// Claims whose value a person may choose or hand on to another.
pub(super) const CHOSEN: [&str; 9] = [
    "email",
    "preferred_username",
    "upn",
    "unique_name",
    "name",
    "nickname",
    "given_name",
    "family_name",
    "phone_number",
];

const GITHUB: [&str; 23] = [
    "sub",
    "repository",
    "repository_id",
    "repository_owner",
    "repository_owner_id",
    "repository_visibility",
    "enterprise",
    "enterprise_id",
    "ref",
    "ref_type",
    "ref_protected",
    "base_ref",
    "head_ref",
    "environment",
    "event_name",
    "workflow",
    "workflow_ref",
    "workflow_sha",
    "job_workflow_ref",
    "job_workflow_sha",
    "runner_environment",
    "actor",
    "actor_id",
];

const GITLAB: [&str; 22] = [
    "sub",
    "project_id",
    "project_path",
    "project_visibility",
    "namespace_id",
    "namespace_path",
    "ref",
    "ref_path",
    "ref_type",
    "ref_protected",
    "environment",
    "environment_protected",
    "environment_action",
    "deployment_tier",
    "pipeline_source",
    "ci_config_ref_uri",
    "ci_config_sha",
    "job_source",
    "runner_id",
    "runner_environment",
    "user_id",
    "user_login",
];

const KUBERNETES: [&str; 4] = ["sub", "namespace", "service_account", "service_account_uid"];

/// The kind that an issuer's entry names.
pub(super) fn of(issuer: &Value) -> Option<Kind> {
    match issuer.get("kind")?.as_str()? {
        "github_actions" => Some(Kind::GithubActions),
        "gitlab_ci" => Some(Kind::GitlabCi),
        "kubernetes" => Some(Kind::Kubernetes),
        "people" => Some(Kind::People),
        "other" => Some(Kind::Other),
        _ => None,
    }
}

impl Kind {
    /// Claims that may be matched; empty: any.
    pub(super) fn claims(self) -> &'static [&'static str] {
        match self {
            Self::GithubActions => &GITHUB,
            Self::GitlabCi => &GITLAB,
            Self::Kubernetes => &KUBERNETES,
            Self::People | Self::Other => &[],
        }
    }
}
