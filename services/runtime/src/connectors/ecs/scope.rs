//! Which service a source reads.

use passport_aws_api::{is_account, is_region};
use passport_connector_sdk::Builder;
use schemars::JsonSchema;
use serde::Deserialize;

/// Longest name of a cluster or a service.
const MAX_NAME: usize = 255;

/// The narrow target: one service.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The region, such as `eu-west-1`.
    pub region: String,
    /// The account, twelve digits in quotes. A credential of another account is refused.
    pub account_id: String,
    /// The cluster, by its name or ARN.
    pub cluster: String,
    /// The service, by its name.
    pub service: String,
}

/// What an ARN of ECS names: `arn:aws:ecs:REGION:ACCOUNT:cluster/shop-prod`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The region.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// What it is, and its name.
    pub resource: &'a str,
}

// === impl Arn ===

impl<'a> Arn<'a> {
    /// The parts of an ARN; `None`: it is none of ECS.
    pub fn of(text: &'a str) -> Option<Self> {
        let parts: Vec<_> = text.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", _, "ecs", region, account, resource] => Some(Self {
                region,
                account,
                resource,
            }),
            _ => None,
        }
    }
}

// === impl ScopeSettings ===

impl ScopeSettings {
    /// Whether it names one service; problems otherwise.
    pub fn check(&self, builder: &mut Builder<'_>) -> bool {
        let checks = [
            (
                "scope.region",
                is_region(&self.region),
                "write one region, such as eu-west-1",
            ),
            (
                "scope.account_id",
                is_account(&self.account_id),
                "write the twelve digits, in quotes",
            ),
            (
                "scope.cluster",
                is_name(self.cluster_name()) && self.is_of_own_cluster(),
                "write the exact name, or the ARN of a cluster of this region and account",
            ),
            (
                "scope.service",
                is_name(&self.service),
                "write the exact name of the service",
            ),
        ];
        for (path, _, fix) in checks.iter().filter(|(_, fits, _)| !fits) {
            builder.problem(*path, "names nothing exactly: empty, or a pattern", *fix);
        }
        checks.iter().all(|(_, fits, _)| *fits)
    }

    /// The cluster's name alone.
    pub fn cluster_name(&self) -> &str {
        let named = Arn::of(&self.cluster).and_then(|it| it.resource.strip_prefix("cluster/"));
        named.unwrap_or(&self.cluster)
    }

    fn is_of_own_cluster(&self) -> bool {
        Arn::of(&self.cluster).is_none_or(|it| self.holds(it))
    }

    /// Whether something lies in the region and account.
    pub fn holds(&self, arn: Arn<'_>) -> bool {
        arn.region == self.region && arn.account == self.account_id
    }

    /// Whether an ARN is that of the cluster.
    pub fn is_cluster(&self, arn: &str) -> bool {
        let name = |it: Arn<'_>| it.resource.strip_prefix("cluster/") == Some(self.cluster_name());
        Arn::of(arn).is_some_and(|it| self.holds(it) && name(it))
    }

    /// Whether an ARN is that of the service; older ones do not name the cluster.
    pub fn is_service(&self, arn: &str) -> bool {
        let long = format!("service/{}/{}", self.cluster_name(), self.service);
        let short = format!("service/{}", self.service);
        let names = |it: Arn<'_>| it.resource == long || it.resource == short;
        Arn::of(arn).is_some_and(|it| self.holds(it) && names(it))
    }
}

/// Whether a text is the name of a cluster, a service or a container.
pub fn is_name(text: &str) -> bool {
    let inner = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
    (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(inner)
}
