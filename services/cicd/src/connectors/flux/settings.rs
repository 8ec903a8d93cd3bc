//! What stands under a source, and what is wrong with it.

use passport_connector_sdk::{Builder, secrets::SecretRef};
use passport_kubernetes_api::ApiServer;
use schemars::JsonSchema;
use serde::Deserialize;

use super::kind::Kind;

/// Longest name of a Kubernetes object.
const MAX_NAME: usize = 253;
/// Longest name of a namespace.
const MAX_NAMESPACE: usize = 63;

/// A Flux source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The Kubernetes API server, such as `https://kube.example.com:6443`.
    pub endpoint: Option<String>,
    /// Token of a service account that may `get` the one object. A file is read anew at each use.
    pub credential: Option<SecretRef>,
    /// Asks the cluster that the collector itself runs in, with the service account of its pod. Then without
    /// `endpoint`, `credential` and `tls`, and only where the operator has opened it for the workspace.
    #[serde(default)]
    pub in_cluster: bool,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// What the applied revision must be. Default: it is only shown.
    pub compare: Option<Compare>,
}

/// The narrow target: one object.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Kind of the object.
    pub kind: Kind,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// What the applied revision is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// The subject's revision, a commit. For a Kustomization.
    Revision,
    /// The subject's artifact digests. For a Kustomization.
    Digest,
    /// The subject's version, that of the chart. For a HelmRelease.
    ChartVersion,
    /// The subject's version, that of the application in the chart. For a HelmRelease.
    AppVersion,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The target.
    pub scope: ScopeSettings,
    /// What the applied revision is compared with.
    pub compare: Option<Compare>,
}

// === impl Settings ===

impl Settings {
    /// How to get at the API server.
    pub fn server(&self) -> ApiServer<'_> {
        ApiServer {
            in_cluster: self.in_cluster,
            endpoint: self.endpoint.as_deref(),
            credential: self.credential.as_ref(),
        }
    }

    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let scope = self.scope.check(builder);
        let fits = self.compare.is_none_or(|it| it.fits(self.scope.kind));
        if !fits {
            let fix = "use `revision` or `digest` with a Kustomization, `chart_version` or \
                       `app_version` with a HelmRelease, and leave it out with a source";
            builder.problem("compare", "is nothing that this kind tells", fix);
        }
        Some(Wanted {
            scope: scope.filter(|_| fits)?,
            compare: self.compare,
        })
    }
}

// === impl ScopeSettings ===

impl ScopeSettings {
    fn check(&self, builder: &mut Builder<'_>) -> Option<Self> {
        let names = [
            ("namespace", &self.namespace, MAX_NAMESPACE),
            ("name", &self.name, MAX_NAME),
        ];
        let mut sound = true;
        for (key, name, longest) in names {
            if !is_name(name, longest) {
                let reason = "names no one thing: empty, a pattern, or no name of Kubernetes";
                let fix = "write the exact name of one; a whole namespace is never read";
                builder.problem(format!("scope.{key}"), reason, fix);
                sound = false;
            }
        }
        sound.then(|| self.clone())
    }
}

/// A name of a Kubernetes object, after the page "Object Names and IDs".
fn is_name(name: &str, longest: usize) -> bool {
    let inner =
        |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'-' | b'.');
    let at_end = |it: char| matches!(it, '-' | '.');
    (1..=longest).contains(&name.len())
        && name.bytes().all(inner)
        && !name.starts_with(at_end)
        && !name.ends_with(at_end)
}

// === impl Compare ===

impl Compare {
    fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Revision | Self::Digest => kind == Kind::Kustomization,
            Self::ChartVersion | Self::AppVersion => kind == Kind::HelmRelease,
        }
    }
}
