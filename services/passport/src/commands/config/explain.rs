//! `passport config check --policy-of`.

use std::path::Path;

use passport_evidence::Scope;
use passport_gateway::policies::{Effective, Policies};
use passport_policy::gate::{FactAt, GatePolicy, Requirement, Severity};
use passport_service_kit::config::Report;
use serde::Serialize;

use super::super::Session;
use super::{show_problems, sound, unusable};
use crate::exit::{Exit, Fault};
use crate::output::{Block, Cell, Grid, Page, Show};

const HEAD: [&str; 7] = [
    "OF",
    "FACTS",
    "SEVERITY",
    "WARNING",
    "PENDING",
    "UNKNOWN",
    "NOT APPLICABLE",
];

pub fn run(file: &Path, scope: &Scope, session: &Session) -> Result<Exit, Fault> {
    let policies = match of(file) {
        Ok(policies) => policies,
        Err(report) => {
            show_problems(file, report, session)?;
            return Ok(Exit::Wrong);
        }
    };
    let Some(effective) = policies.of_scope(scope) else {
        return Err(Fault::wrong(
            format!("{} has no scope {scope}", file.display()),
            "name a workspace, a service and an environment of the file",
        ));
    };
    session.show(&Explained::of(scope, effective))?;
    Ok(Exit::Answered)
}

fn of(file: &Path) -> Result<Policies, Report> {
    let loaded = sound(file)?;
    Policies::of(&loaded).map_err(|error| unusable(&loaded, &error))
}

/// What a release needs in one scope.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Explained {
    scope: Scope,
    policy: GatePolicy,
    policy_digest: String,
}

// === impl Explained ===

impl Explained {
    fn of(scope: &Scope, effective: &Effective) -> Self {
        Self {
            scope: scope.clone(),
            policy: effective.policy.clone(),
            policy_digest: effective.digest.to_string(),
        }
    }

    /// What is wanted beside facts, a sentence each.
    fn further(&self) -> Vec<String> {
        let policy = &self.policy;
        let mut lines = Vec::new();
        if policy.requirements.is_empty() {
            lines.push("nothing is required, so every release is held".to_owned());
        }
        if policy.binds.revision {
            lines.push("the release has to name its full commit id".to_owned());
        }
        if policy.binds.artifact_digest {
            lines.push("the release has to name a digest of its artifact".to_owned());
        }
        if !policy.chain.is_empty() {
            let facts = listed(&policy.chain);
            lines.push(format!("these have to name one artifact: {facts}"));
        }
        if policy.least_live_sources > 0 {
            let least = policy.least_live_sources;
            lines.push(format!("at least {least} sources have to answer"));
        }
        if policy.approvals > 0 {
            lines.push(format!("{} persons have to agree", policy.approvals));
        }
        let ages = policy.max_age.iter();
        lines.extend(
            ages.map(|(source, age)| {
                format!("evidence of {source} counts for {} s", age.as_secs())
            }),
        );
        if let Some(at) = &policy.runs {
            let at = listed(std::slice::from_ref(at));
            lines.push(format!("it already runs where {at} has passed"));
        }
        lines.extend(policy.rules.iter().map(|rule| {
            let (name, that, otherwise) = (rule.name(), rule.that(), rule.otherwise().as_str());
            format!(
                "rule {name}: {that}, otherwise {otherwise}: {}",
                rule.next()
            )
        }));
        match policy.waivers.of.is_empty() {
            true => lines.push("nothing can be waived".to_owned()),
            false => lines.push(format!("can be waived: {}", listed(&policy.waivers.of))),
        }
        lines
    }
}

impl Show for Explained {
    fn page(&self) -> Page {
        let mode = self.policy.mode.as_str();
        let scope = &self.scope;
        let mut blocks = vec![Block::Line(format!("{scope}, mode {mode}"))];
        if !self.policy.requirements.is_empty() {
            let rows = self.policy.requirements.iter().map(row);
            blocks.push(Block::Grid(Grid {
                head: HEAD.to_vec(),
                rows: rows.collect(),
            }));
        }
        blocks.extend(self.further().into_iter().map(Block::Line));
        blocks.push(Block::Line(self.policy_digest.clone()));
        Page(blocks)
    }
}

fn row(required: &Requirement) -> Vec<Cell> {
    let facts: Vec<_> = required.facts.iter().map(ToString::to_string).collect();
    let facts = match facts.is_empty() {
        true => "all that are judged".to_owned(),
        false => facts.join(", "),
    };
    let severity = match required.severity {
        Severity::Blocks => "blocks",
        Severity::Warns => "warns",
    };
    let means = required.means;
    let means = [
        means.warning,
        means.pending,
        means.unknown,
        means.not_applicable,
    ];
    let mut row = vec![Cell::from(&required.of), facts.into(), severity.into()];
    row.extend(means.map(|it| Cell::from(it.as_str())));
    row
}

fn listed(facts: &[FactAt]) -> String {
    let facts = facts
        .iter()
        .map(|at| format!("{} of {}", at.fact, at.source));
    facts.collect::<Vec<_>>().join(", ")
}
