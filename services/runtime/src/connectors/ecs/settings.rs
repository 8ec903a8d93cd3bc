//! What stands under a source, and what is wrong with it.

use passport_aws_api::{Caller, Credential, CredentialSettings, Identity};
use passport_connector_sdk::{
    Builder,
    settings::{Span, ThresholdText},
};
use passport_evidence::Limits;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    expected::Expected,
    scope::{ScopeSettings, is_name},
};
use crate::restarts;

/// ECS forgets stopped tasks after about an hour.
const MAX_WINDOW: Span = Span::of_seconds(3_600);
/// Longest name of a role.
const MAX_ROLE: usize = 64;

/// An Amazon ECS source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where ECS answers. Default: the region's own address.
    pub endpoint: Option<String>,
    /// Where the Security Token Service answers. Default: the region's own address.
    pub sts_endpoint: Option<String>,
    /// A key, or a role with a token that may assume it.
    pub credential: Option<CredentialSettings>,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// The assumed role that must answer. Default: any.
    pub role_name: Option<String>,
    /// The task definition that the release runs, `family:revision`; may hold `${subject.version}`.
    pub expected_task_definition: Option<String>,
    /// Container whose image is compared. Default: the first of a task.
    pub container: Option<String>,
    /// Fewest running tasks, however few are desired.
    #[serde(default = "one")]
    pub min_replicas: u32,
    /// Fewest running tasks that are a warning only. Default: as many as are desired.
    pub min_available: Option<u32>,
    /// Whether it may be scaled down to nothing.
    #[serde(default)]
    pub allow_zero: bool,
    /// How long stopped tasks count, at most one hour.
    #[serde(default = "one_hour")]
    pub restart_window: Span,
    /// What is wanted of the facts.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// What is wanted of the facts.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// Tasks that failed within the window, such as `<= 2`. Default: `<= 0`.
    pub recent_restarts: Option<ThresholdText>,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The target.
    pub scope: ScopeSettings,
    /// The assumed role that must answer; `None`: any.
    pub role: Option<String>,
    /// The task definition; `None`: any.
    pub expected: Option<Expected>,
    /// Container whose image is compared; `None`: the first.
    pub container: Option<String>,
    /// Fewest running tasks.
    pub min_replicas: u32,
    /// Fewest running tasks that are a warning only.
    pub min_available: Option<u32>,
    /// Whether it may be scaled down to nothing.
    pub allow_zero: bool,
    /// How long stopped tasks count.
    pub restart_window: Span,
    /// How many tasks may have failed.
    pub restarts: Limits,
}

fn one() -> u32 {
    1
}

fn one_hour() -> Span {
    MAX_WINDOW
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(
        &self,
        credential: Option<&Credential>,
        builder: &mut Builder<'_>,
    ) -> Option<Wanted> {
        let are_sound = [
            self.scope.check(builder),
            self.names_things(builder),
            self.are_in_range(builder),
            self.is_own_role(credential, builder),
        ];
        let expected = self.expected_task_definition.as_deref();
        let expected = expected.map(|it| Expected::check(it, &self.scope, builder));
        let restarts = restarts::limits(self.thresholds.recent_restarts.as_ref(), builder)?;
        let expected = match expected {
            Some(expected) => Some(expected?),
            None => None,
        };
        are_sound.into_iter().all(|it| it).then(|| Wanted {
            scope: self.scope.clone(),
            role: self.role_name.clone(),
            expected,
            container: self.container.clone(),
            min_replicas: self.min_replicas,
            min_available: self.min_available,
            allow_zero: self.allow_zero,
            restart_window: self.restart_window,
            restarts,
        })
    }

    fn names_things(&self, builder: &mut Builder<'_>) -> bool {
        let role = self.role_name.as_deref().is_none_or(is_role);
        if !role {
            let reason = "names no role: empty, a path, or a pattern";
            builder.problem(
                "role_name",
                reason,
                "write the role's name, without its path",
            );
        }
        let container = self.container.as_deref().is_none_or(is_name);
        if !container {
            let reason = "names no container: empty, or a pattern";
            builder.problem("container", reason, "write the exact name of a container");
        }
        role && container
    }

    fn are_in_range(&self, builder: &mut Builder<'_>) -> bool {
        let checks = [
            ("min_replicas", self.min_replicas >= 1, "write 1 or more"),
            (
                "min_available",
                self.min_available.is_none_or(|it| it >= 1),
                "write 1 or more",
            ),
            (
                "restart_window",
                self.restart_window <= MAX_WINDOW,
                "write at most 1h: ECS forgets stopped tasks after about an hour",
            ),
        ];
        for (key, _, fix) in checks.iter().filter(|(_, fits, _)| !fits) {
            builder.problem(*key, "is out of range", *fix);
        }
        checks.iter().all(|(_, fits, _)| *fits)
    }

    /// A role of another account would answer for a service of the same name.
    fn is_own_role(&self, credential: Option<&Credential>, builder: &mut Builder<'_>) -> bool {
        let account = credential.and_then(Credential::account);
        let is_own = account.is_none_or(|it| it == self.scope.account_id);
        if !is_own {
            let reason = "is a role of another account than scope.account_id";
            builder.problem("credential", reason, "name a role of the service's account");
        }
        is_own
    }
}

fn is_role(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || "+=,.@-_".contains(it);
    (1..=MAX_ROLE).contains(&text.len()) && text.chars().all(inner)
}

// === impl Wanted ===

impl Wanted {
    /// Whether a caller is of the account, and in the role where one is named.
    pub fn is_of_scope(&self, identity: &Identity) -> bool {
        let is_role = |role: &String| identity.caller == Caller::Role(role.clone());
        identity.account == self.scope.account_id && self.role.as_ref().is_none_or(is_role)
    }
}
