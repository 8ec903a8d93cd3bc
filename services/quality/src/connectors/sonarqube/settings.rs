//! What stands under a source, and what is wrong with it.

use std::collections::BTreeMap;

use passport_connector_sdk::{Auth, Builder, secrets::SecretRef, signature::SigningSecrets};
use passport_evidence::Threshold;
use schemars::JsonSchema;
use serde::Deserialize;

use super::number::{self, Kind};

/// Longest key of a project.
const MAX_KEY: usize = 400;
/// Longest name of a branch.
const MAX_BRANCH: usize = 255;
/// Longest key of a pull request.
const MAX_PULL_REQUEST: usize = 50;
/// Most measures.
const MAX_MEASURES: usize = 30;
/// Hosts of SonarQube Cloud, in Europe and in the United States.
const CLOUD: [&str; 2] = ["sonarcloud.io", "sonarqube.us"];

/// A SonarQube source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The server, with its web context: `https://quality.example.com/sonar`. Of SonarQube Cloud
    /// `https://sonarcloud.io`.
    pub endpoint: String,
    /// A token of a user who may browse this one project.
    pub credential: SecretRef,
    /// How the token is shown.
    #[serde(default)]
    pub auth: Scheme,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Further measures: the key of a metric, and what is wanted of it. Null: it is only shown.
    pub measures: Option<BTreeMap<String, Option<String>>>,
    /// Secrets that webhooks are signed with, 1 to 5: any one of them will do.
    pub signing_secrets: Option<Vec<SecretRef>>,
}

/// How a token is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// As a bearer token: Cloud, and servers from 10.0 on.
    #[default]
    Bearer,
    /// As a user name without a password: older servers.
    Basic,
}

/// The narrow target: one branch or pull request of one project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Key of the project.
    pub project_key: String,
    /// Name of the branch.
    pub branch: Option<String>,
    /// Key of the pull request.
    pub pull_request: Option<String>,
    /// The organization. Needed on SonarQube Cloud.
    pub organization: Option<String>,
}

/// The target, once it was checked.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Key of the project.
    pub project_key: String,
    /// Which of its gates.
    pub target: Target,
    /// The organization.
    pub organization: Option<String>,
}

/// Whose gate: one never stands in for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// That of a branch.
    Branch(String),
    /// That of a pull request.
    PullRequest(String),
}

/// Metrics and what is wanted of them.
pub type Measures = BTreeMap<String, Option<Threshold>>;

// === impl Settings ===

impl Settings {
    /// What is shown to the server.
    pub fn auth(&self, builder: &mut Builder<'_>) -> Auth {
        let token = builder.secret(&self.credential);
        match self.auth {
            Scheme::Bearer => Auth::Bearer(token),
            Scheme::Basic => Auth::BasicToken(token),
        }
    }

    /// The secrets of its webhooks. `None` after a problem.
    pub fn signing(&self, builder: &mut Builder<'_>) -> Option<Option<SigningSecrets>> {
        match &self.signing_secrets {
            Some(secrets) => SigningSecrets::build(secrets, builder).map(Some),
            None => Some(None),
        }
    }

    /// What is wanted of which metrics, or problems.
    pub fn measures(&self, builder: &mut Builder<'_>) -> Option<Measures> {
        let Some(named) = &self.measures else {
            return Some(Measures::new());
        };
        if !(1..=MAX_MEASURES).contains(&named.len()) {
            let fix = "name 1 to 30 metrics, or leave the key out";
            builder.problem("measures", "holds no metric, or too many", fix);
            return None;
        }
        let read = named.iter().map(|(metric, wanted)| {
            let wanted = measure(metric, wanted.as_deref());
            let wanted = wanted.map_err(|(reason, fix)| {
                builder.problem(format!("measures.{metric}"), reason, fix);
            });
            wanted.ok().map(|it| (metric.clone(), it))
        });
        read.collect::<Vec<_>>().into_iter().collect()
    }

    /// The target, or problems.
    pub fn scope(&self, builder: &mut Builder<'_>) -> Option<Scope> {
        let is_key = is_project_key(&self.scope.project_key);
        if !is_key {
            let reason = "is no key of a project: letters, digits and - _ . : and not only digits";
            let fix = "write the key from the project's information page";
            builder.problem("scope.project_key", reason, fix);
        }
        let target = self.scope.target(builder);
        let organization = self.organization(builder);
        Some(Scope {
            project_key: is_key.then(|| self.scope.project_key.clone())?,
            target: target?,
            organization: organization?,
        })
    }

    fn organization(&self, builder: &mut Builder<'_>) -> Option<Option<String>> {
        let reason = match self.scope.organization.as_deref() {
            Some(named) if is_token(named, MAX_BRANCH) => return Some(Some(named.to_owned())),
            Some(_) => "is no key of an organization",
            None if is_cloud(&self.endpoint) => "is missing, and SonarQube Cloud wants it",
            None => return Some(None),
        };
        let fix = "write the organization's key, as it stands in its address";
        builder.problem("scope.organization", reason, fix);
        None
    }
}

// === impl ScopeSettings ===

impl ScopeSettings {
    fn target(&self, builder: &mut Builder<'_>) -> Option<Target> {
        let (path, reason, fix) = match (&self.branch, &self.pull_request) {
            (Some(branch), None) if is_branch(branch) => {
                return Some(Target::Branch(branch.clone()));
            }
            (None, Some(key)) if is_token(key, MAX_PULL_REQUEST) => {
                return Some(Target::PullRequest(key.clone()));
            }
            (Some(_), None) => ("branch", "is not the name of one branch", "write its name"),
            (None, Some(_)) => ("pull_request", "is no key of one", "write its number"),
            (None, None) => {
                let fix = "name the branch, or set `pull_request` instead";
                ("branch", "is missing: a project has a gate for each", fix)
            }
            (Some(_), Some(_)) => {
                let fix = "leave one of the two out";
                ("pull_request", "stands beside `branch`", fix)
            }
        };
        builder.problem(format!("scope.{path}"), reason, fix);
        None
    }
}

// === impl Scope ===

impl Scope {
    /// The query that names the branch or the pull request.
    pub fn selector(&self) -> (&'static str, &str) {
        match &self.target {
            Target::Branch(name) => ("branch", name),
            Target::PullRequest(key) => ("pullRequest", key),
        }
    }
}

/// What is wanted of a metric; otherwise why not, and what to do.
fn measure(
    metric: &str,
    wanted: Option<&str>,
) -> Result<Option<Threshold>, (&'static str, &'static str)> {
    if !number::is_metric(metric) {
        let fix = "write the key from the page of metric definitions, such as coverage";
        return Err(("is no key of a metric", fix));
    }
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let fix = match Kind::of(metric) {
        Kind::Rating => "compare a rating with letters: `= A`, or `in A, B`",
        Kind::Number => "compare it with a bare number: `>= 80`, or `= 0`",
    };
    let read = number::threshold(metric, wanted);
    let refused = ("is no threshold of this metric", fix);
    read.map(Some).ok_or(refused)
}

fn is_project_key(key: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.' | ':');
    (1..=MAX_KEY).contains(&key.len())
        && key.chars().all(inner)
        && !key.chars().all(|it| it.is_ascii_digit())
}

fn is_branch(name: &str) -> bool {
    let odd = |it: char| it.is_control() || matches!(it, '*' | '?' | '[');
    (1..=MAX_BRANCH).contains(&name.len()) && name.trim() == name && !name.contains(odd)
}

fn is_token(text: &str, most: usize) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    (1..=most).contains(&text.len()) && text.chars().all(inner)
}

fn is_cloud(endpoint: &str) -> bool {
    let rest = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let is_under = |cloud: &str| host.strip_suffix(cloud).is_some_and(|it| it.ends_with('.'));
    CLOUD.iter().any(|cloud| host == *cloud || is_under(cloud))
}
