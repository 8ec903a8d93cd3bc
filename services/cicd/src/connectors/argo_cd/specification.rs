//! What an application shall be, and whether that is what it was last compared with.

use passport_connector_sdk::Object;
use serde::Deserialize;

/// The project that an application without one belongs to.
const DEFAULT_PROJECT: &str = "default";

/// What an application shall be.
#[derive(Debug, Clone, Deserialize)]
pub struct Spec {
    /// Its project; empty: `default`.
    project: String,
    /// Where to.
    pub destination: Object<Destination>,
    source: Option<Object<AppSource>>,
    #[serde(default)]
    sources: Vec<Object<AppSource>>,
}

/// A cluster, by its address or its name, and a namespace there.
#[derive(Debug, Clone, Deserialize)]
pub struct Destination {
    pub server: Option<String>,
    pub name: Option<String>,
    pub namespace: Option<String>,
}

/// Where manifests come from. Empty and absent mean the same.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppSource {
    #[serde(rename = "repoURL")]
    repo_url: Option<String>,
    path: Option<String>,
    chart: Option<String>,
    target_revision: Option<String>,
}

/// The part of the specification that was compared.
#[derive(Debug, Clone, Deserialize)]
pub struct ComparedTo {
    destination: Option<Object<Destination>>,
    source: Option<Object<AppSource>>,
    #[serde(default)]
    sources: Vec<Object<AppSource>>,
}

// === impl Spec ===

impl Spec {
    /// The project that it belongs to.
    pub fn project(&self) -> &str {
        match self.project.as_str() {
            "" => DEFAULT_PROJECT,
            named => named,
        }
    }

    /// Whether it has several sources; then `source` means nothing.
    pub fn has_several(&self) -> bool {
        !self.sources.is_empty()
    }

    /// How many sources it has.
    pub fn sources(&self) -> usize {
        self.sources.len().max(1)
    }
}

// === impl ComparedTo ===

impl ComparedTo {
    /// Whether nothing of the specification has changed since, as far as it names places and
    /// revisions. One without a plain source (a hydrator's) can't be told.
    pub fn is_all_of(&self, spec: &Spec) -> bool {
        let is_there = |it: &Destination| it.is_the_same(&spec.destination);
        let is_from = match spec.has_several() {
            true => are_the_same(&self.sources, &spec.sources),
            false => {
                let is_one = match (&self.source, &spec.source) {
                    (Some(one), Some(other)) => one.is_the_same(other),
                    (None, _) | (_, None) => true,
                };
                is_one && self.sources.is_empty()
            }
        };
        is_from && self.destination.as_deref().is_none_or(is_there)
    }
}

// === impl Destination, AppSource ===

impl Destination {
    /// A name and the address that was found for it may stand beside each other.
    fn is_the_same(&self, other: &Self) -> bool {
        let (server, name) = (
            same(&self.server, &other.server),
            same(&self.name, &other.name),
        );
        let cluster = match (said(&self.name), said(&other.name)) {
            (None, None) => server,
            _ => name,
        };
        cluster && same(&self.namespace, &other.namespace)
    }
}

impl AppSource {
    fn is_the_same(&self, other: &Self) -> bool {
        same(&self.repo_url, &other.repo_url)
            && same(&self.path, &other.path)
            && same(&self.chart, &other.chart)
            && same(&self.target_revision, &other.target_revision)
    }
}

fn are_the_same(some: &[Object<AppSource>], others: &[Object<AppSource>]) -> bool {
    let mut pairs = some.iter().zip(others);
    some.len() == others.len() && pairs.all(|(one, other)| one.is_the_same(other))
}

fn same(one: &Option<String>, other: &Option<String>) -> bool {
    said(one) == said(other)
}

fn said(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|it| !it.is_empty())
}
