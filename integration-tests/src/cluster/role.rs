//! Roles, and what they permit, after the page "Using RBAC Authorization".

use std::fs;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::asked::Permission;
use crate::workspace;

const ANY: &str = "*";

/// What an account may do: in one namespace, or in all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// `None`: in every namespace, as a ClusterRole that is bound so.
    pub namespace: Option<String>,
    /// What is permitted there.
    pub rules: Vec<Rule>,
}

/// Verbs on kinds of objects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// API groups.
    pub api_groups: Vec<String>,
    /// Kinds as they stand in paths.
    pub resources: Vec<String>,
    /// Names; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource_names: Vec<String>,
    /// Verbs.
    pub verbs: Vec<String>,
}

// === impl Role ===

impl Role {
    /// The Role of a file of `deploy/roles`, by its name without ending.
    ///
    /// # Errors
    /// There is none, or not exactly one Role in it.
    pub fn of_deploy(name: &str) -> Result<Self> {
        let file = workspace::root().join(format!("deploy/roles/{name}.yaml"));
        let text = fs::read_to_string(&file).with_context(|| format!("{}", file.display()))?;
        let documents = text.split("\n---\n").map(serde_saphyr::from_str);
        let documents: Vec<Value> = documents.collect::<Result<_, _>>()?;
        let mut roles = documents.iter().filter(|it| it["kind"] == "Role");
        let role = roles.next().context("no Role")?;
        let namespace = role["metadata"]["namespace"].as_str().map(str::to_owned);
        Ok(Self {
            namespace: Some(namespace.context("a Role without a namespace")?),
            rules: serde_json::from_value(role["rules"].clone())?,
        })
    }

    /// Everything, everywhere.
    #[must_use]
    pub fn of_everything() -> Self {
        let any = || vec![ANY.to_owned()];
        Self {
            namespace: None,
            rules: vec![Rule {
                api_groups: any(),
                resources: any(),
                resource_names: Vec::new(),
                verbs: any(),
            }],
        }
    }

    /// The same, less its rules about a kind.
    #[must_use]
    pub fn without(mut self, resource: &str) -> Self {
        let is_about = |it: &Rule| it.resources.iter().any(|it| it == resource);
        self.rules.retain(|it| !is_about(it));
        self
    }

    /// The same, and this too.
    #[must_use]
    pub fn and(mut self, verb: &str, group: &str, resource: &str) -> Self {
        let one = |it: &str| vec![it.to_owned()];
        self.rules.push(Rule {
            api_groups: one(group),
            resources: one(resource),
            resource_names: Vec::new(),
            verbs: one(verb),
        });
        self
    }

    /// Whether it permits this.
    #[must_use]
    pub fn permits(&self, asked: &Permission) -> bool {
        let here = self.namespace.is_none() || self.namespace == asked.namespace;
        here && self.rules.iter().any(|it| it.permits(asked))
    }

    /// What it permits one by one: where a rule has names, for each name.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        self.rules.iter().flat_map(|rule| {
            let names = rule.resource_names.iter().cloned().map(Some);
            let names: Vec<_> = match rule.resource_names.is_empty() {
                true => vec![None],
                false => names.collect(),
            };
            let mut found = Vec::new();
            for verb in &rule.verbs {
                for group in &rule.api_groups {
                    for resource in &rule.resources {
                        found.extend(names.iter().map(|name| Permission {
                            verb: verb.clone(),
                            group: group.clone(),
                            resource: resource.clone(),
                            namespace: self.namespace.clone(),
                            name: name.clone(),
                        }));
                    }
                }
            }
            found
        })
    }
}

// === impl Rule ===

impl Rule {
    fn permits(&self, asked: &Permission) -> bool {
        let has = |all: &[String], one: &str| all.iter().any(|it| it == ANY || it == one);
        let names = &self.resource_names;
        let is_named = asked.name.as_ref().is_some_and(|it| names.contains(it));
        has(&self.verbs, &asked.verb)
            && has(&self.api_groups, &asked.group)
            && has(&self.resources, &asked.resource)
            && (names.is_empty() || is_named)
    }
}
