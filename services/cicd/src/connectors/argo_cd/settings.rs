//! What stands under a source, and what is wrong with it.

use passport_connector_sdk::{Builder, secrets::SecretRef};
use passport_kubernetes_api::ApiServer;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{model::Application, specification::Destination};

/// Longest name of a Kubernetes object.
const MAX_NAME: usize = 253;
/// Most sources of an application that are compared.
const MAX_COMPARED: usize = 20;

/// An Argo CD source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Argo CD's API server with its root path, or Kubernetes' with `read_from: kubernetes`.
    pub endpoint: Option<String>,
    /// Token of a project role that may `get` the one application, or of a service account that may.
    pub credential: Option<SecretRef>,
    /// With `read_from: kubernetes`: asks the cluster that the collector itself runs in, with the service
    /// account of its pod. Then without `endpoint`, `credential` and `tls`, and only where the operator has
    /// opened it for the workspace.
    #[serde(default)]
    pub in_cluster: bool,
    /// Who is asked for the application.
    #[serde(default)]
    pub read_from: ReadFrom,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// What each source's revision is compared with, in the order of the sources.
    pub compare: Option<Vec<Compare>>,
    /// Whether being out of sync is a warning only.
    #[serde(default)]
    pub allow_drift: bool,
    /// Whether the sync windows are read.
    #[serde(default)]
    pub sync_window: bool,
}

/// Who is asked for the application.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReadFrom {
    /// Argo CD's API server.
    #[default]
    ArgoCd,
    /// The API server of the cluster that the application's object lies in.
    Kubernetes,
}

/// The narrow target: one application of one project.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The project.
    pub project: String,
    /// The application.
    pub application: String,
    /// Namespace of the application's object. Needed with `read_from: kubernetes`.
    pub app_namespace: Option<String>,
    /// Where the application must be deployed to.
    pub destination: Option<DestinationSettings>,
}

/// Where an application must be deployed to. What is set must be the application's.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DestinationSettings {
    /// Address of the cluster.
    pub server: Option<String>,
    /// Argo CD's name of the cluster, where the application names it so.
    pub name: Option<String>,
    /// Namespace in the cluster.
    pub namespace: Option<String>,
}

/// What the revision of a source is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Compare {
    /// The subject's revision, a commit.
    Revision,
    /// The subject's version, that of a chart.
    Version,
    /// Nothing.
    Any,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The target.
    pub scope: ScopeSettings,
    /// What the revisions are compared with; empty: nothing.
    pub compare: Vec<Compare>,
    /// Whether being out of sync is a warning only.
    pub allow_drift: bool,
    /// Whether the sync windows are read.
    pub sync_window: bool,
}

// === impl Settings ===

impl Settings {
    /// How to get at Kubernetes' API server, or in the same way at Argo CD's.
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
        let is_readable = self.is_readable(builder);
        let compare = self.compare(builder)?;
        is_readable.then_some(Wanted {
            scope: scope?,
            compare,
            allow_drift: self.allow_drift,
            sync_window: self.sync_window,
        })
    }

    fn is_readable(&self, builder: &mut Builder<'_>) -> bool {
        if self.read_from == ReadFrom::ArgoCd {
            if self.in_cluster {
                let reason = "is about Kubernetes' API server, and Argo CD's is asked";
                let fix =
                    "add `read_from: kubernetes`, or name Argo CD's endpoint and a credential";
                builder.problem("in_cluster", reason, fix);
            }
            return !self.in_cluster;
        }
        let has_namespace = self.scope.app_namespace.is_some();
        if !has_namespace {
            let fix = "name the namespace of the Application object, often `argocd`";
            let reason = "is missing, and Kubernetes is asked in one namespace only";
            builder.problem("scope.app_namespace", reason, fix);
        }
        if self.sync_window {
            let fix = "leave it out, or read from Argo CD's API server";
            builder.problem("sync_window", "is not told by the Application object", fix);
        }
        has_namespace && !self.sync_window
    }

    fn compare(&self, builder: &mut Builder<'_>) -> Option<Vec<Compare>> {
        let Some(compare) = &self.compare else {
            return Some(Vec::new());
        };
        let fits = (1..=MAX_COMPARED).contains(&compare.len());
        if !fits {
            let fix = "name one of `revision`, `version` and `any` for each source, 1 to 20";
            builder.problem("compare", "holds no entry, or too many", fix);
        }
        fits.then(|| compare.clone())
    }
}

// === impl ScopeSettings ===

impl ScopeSettings {
    fn check(&self, builder: &mut Builder<'_>) -> Option<Self> {
        let destination = self.destination.as_ref();
        let names = [
            ("project", Some(&self.project)),
            ("application", Some(&self.application)),
            ("app_namespace", self.app_namespace.as_ref()),
            (
                "destination.namespace",
                destination.and_then(|it| it.namespace.as_ref()),
            ),
        ];
        let texts = [
            (
                "destination.server",
                destination.and_then(|it| it.server.as_ref()),
            ),
            (
                "destination.name",
                destination.and_then(|it| it.name.as_ref()),
            ),
        ];
        let names = names
            .into_iter()
            .map(|(key, it)| (key, it.is_none_or(|it| is_name(it))));
        let texts = texts
            .into_iter()
            .map(|(key, it)| (key, it.is_none_or(|it| is_exact(it))));
        let says_something = destination.is_none_or(DestinationSettings::says_something);
        let mut sound = true;
        for (key, fits) in names.chain(texts).chain([("destination", says_something)]) {
            if !fits {
                let reason = "names no one thing: empty, a pattern, or more than its name";
                let fix = "write the exact name of one; a whole project is never read";
                builder.problem(format!("scope.{key}"), reason, fix);
                sound = false;
            }
        }
        sound.then(|| self.clone())
    }

    /// Whether an application is the one that was asked for.
    pub fn covers(&self, app: &Application) -> bool {
        let Application { metadata, spec, .. } = app;
        let namespace = metadata.namespace.as_ref();
        metadata.name == self.application
            && spec.project() == self.project
            && self
                .app_namespace
                .as_ref()
                .is_none_or(|it| Some(it) == namespace)
            && self
                .destination
                .as_ref()
                .is_none_or(|it| it.is(&spec.destination))
    }
}

// === impl DestinationSettings ===

impl DestinationSettings {
    fn says_something(&self) -> bool {
        self.server.is_some() || self.name.is_some() || self.namespace.is_some()
    }

    fn is(&self, found: &Destination) -> bool {
        let pairs = [
            (&self.server, &found.server),
            (&self.name, &found.name),
            (&self.namespace, &found.namespace),
        ];
        pairs
            .into_iter()
            .all(|(wanted, found)| wanted.is_none() || wanted == found)
    }
}

/// A name of a Kubernetes object.
fn is_name(name: &str) -> bool {
    let inner =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '.');
    let ends = |it: char| it == '-' || it == '.';
    (1..=MAX_NAME).contains(&name.len())
        && name.chars().all(inner)
        && !name.starts_with(ends)
        && !name.ends_with(ends)
}

fn is_exact(text: &str) -> bool {
    let odd = |it: char| it.is_control() || it == '*';
    !text.is_empty() && text.trim() == text && !text.contains(odd)
}
