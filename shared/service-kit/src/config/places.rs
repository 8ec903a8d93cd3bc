//! Walking a file's workspaces, services, environments and sources by their plain values.

use serde_json::{Map, Value};

use super::path;

/// One environment of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct EnvironmentAt<'a> {
    pub workspace: &'a str,
    pub service: &'a str,
    pub environment: &'a str,
    pub value: &'a Value,
}

/// One source of a file, with its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SourceAt<'a> {
    /// Workspace of the source.
    pub workspace: &'a str,
    /// Service of the source.
    pub service: &'a str,
    /// Environment of the source.
    pub environment: &'a str,
    /// Name of the source, unique within its environment.
    pub name: &'a str,
    /// The whole value under the source's name, `connector` included.
    pub value: &'a Value,
}

pub(super) fn environments(file: &Value) -> impl Iterator<Item = EnvironmentAt<'_>> {
    entries(file, "workspaces").flat_map(|(workspace, value)| {
        entries(value, "services").flat_map(move |(service, value)| {
            entries(value, "environments").map(move |(environment, value)| EnvironmentAt {
                workspace,
                service,
                environment,
                value,
            })
        })
    })
}

pub(super) fn sources(file: &Value) -> impl Iterator<Item = SourceAt<'_>> {
    environments(file).flat_map(|place| {
        entries(place.value, "sources").map(move |(name, value)| SourceAt {
            workspace: place.workspace,
            service: place.service,
            environment: place.environment,
            name,
            value,
        })
    })
}

/// A policy and where it stands; some hold for many environments.
#[derive(Debug, Clone)]
pub(super) struct PolicyAt<'a> {
    /// Where it stands in the file.
    pub path: String,
    pub value: &'a Value,
    /// The environments that it holds for.
    pub environments: Vec<EnvironmentAt<'a>>,
}

/// Every policy of the file.
pub(super) fn policies(file: &Value) -> Vec<PolicyAt<'_>> {
    let all: Vec<_> = environments(file).collect();
    let mut policies = Vec::new();
    for (workspace, value) in entries(file, "workspaces") {
        let at = path::key("workspaces", workspace);
        let of_workspace = |it: &&EnvironmentAt<'_>| it.workspace == workspace;
        policies.extend(PolicyAt::below(
            at.clone(),
            value,
            all.iter().filter(of_workspace),
        ));
        for (service, value) in entries(value, "services") {
            let at = path::key(&path::key(&at, "services"), service);
            let of_service = |it: &&EnvironmentAt<'_>| of_workspace(it) && it.service == service;
            policies.extend(PolicyAt::below(at, value, all.iter().filter(of_service)));
        }
    }
    let own = all
        .iter()
        .filter_map(|it| PolicyAt::below(it.path(), it.value, [it]));
    policies.extend(own);
    policies
}

fn entries<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let entries = value.get(key).and_then(Value::as_object);
    entries
        .into_iter()
        .flat_map(Map::iter)
        .map(|(key, value)| (key.as_str(), value))
}

// === impl EnvironmentAt ===

impl<'a> EnvironmentAt<'a> {
    pub fn path(&self) -> String {
        [
            self.workspace,
            "services",
            self.service,
            "environments",
            self.environment,
        ]
        .iter()
        .fold("workspaces".to_owned(), |path, key| path::key(&path, key))
    }

    pub fn source_names(&self) -> impl Iterator<Item = &'a str> + Clone {
        let sources = self.value.get("sources").and_then(Value::as_object);
        sources.into_iter().flat_map(Map::keys).map(String::as_str)
    }
}

// === impl PolicyAt ===

impl<'a> PolicyAt<'a> {
    fn below<'e>(
        at: String,
        holder: &'a Value,
        environments: impl IntoIterator<Item = &'e EnvironmentAt<'a>>,
    ) -> Option<Self>
    where
        'a: 'e,
    {
        Some(Self {
            path: path::key(&at, "policy"),
            value: holder.get("policy")?,
            environments: environments.into_iter().copied().collect(),
        })
    }
}

// === impl SourceAt ===

impl<'a> SourceAt<'a> {
    /// Which connector it is of; absent only while the file is still being checked.
    pub fn connector(&self) -> Option<&'a str> {
        self.value.get("connector").and_then(Value::as_str)
    }

    /// Workspace, service and environment.
    pub(super) fn scope(&self) -> [&'a str; 3] {
        [self.workspace, self.service, self.environment]
    }

    /// Where it stands in the file.
    pub fn path(&self) -> String {
        let environment = EnvironmentAt {
            workspace: self.workspace,
            service: self.service,
            environment: self.environment,
            value: self.value,
        };
        path::key(&path::key(&environment.path(), "sources"), self.name)
    }
}
