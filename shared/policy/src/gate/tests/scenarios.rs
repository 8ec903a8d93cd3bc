//! `releases.yaml`: releases as people tell them, with the decision that each has to get.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use passport_evidence::{Category, Evidence, Fact, FailureCode, Origin, Status};
use serde::Deserialize;

use super::made::*;
use crate::gate::{
    Binds, Consequence, Decision, FactAt, GatePolicy, Means, Mode, Requirement, Severity,
    WaiverRules, Wanted,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Category of each source.
    sources: BTreeMap<String, String>,
    policies: BTreeMap<String, Policy>,
    releases: Vec<Release>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    release: String,
    policy: String,
    /// By source: its facts, or the code of its failure.
    #[serde(default)]
    told: BTreeMap<String, String>,
    #[serde(default)]
    declared: BTreeSet<String>,
    #[serde(default)]
    subject: Option<Named>,
    #[serde(default)]
    waived: Vec<Waived>,
    #[serde(default)]
    approved_by: Vec<String>,
    decision: String,
    /// What the deciding result has to say.
    #[serde(default)]
    because: String,
    /// What has to be said to do next.
    #[serde(default)]
    next: String,
    /// In how many seconds the decision ends.
    #[serde(default)]
    ends_in: Option<i64>,
}

/// Which parts of the subject are given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    #[serde(default)]
    revision: bool,
    #[serde(default)]
    artifact: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Waived {
    fact: String,
    #[serde(default)]
    item: Option<String>,
    by: Vec<String>,
    #[serde(default = "an_hour")]
    ends_in: i64,
    #[serde(default)]
    of_another_release: bool,
    #[serde(default)]
    revoked: bool,
}

fn an_hour() -> i64 {
    3_600
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    #[serde(default)]
    mode: Option<String>,
    #[serde(default)]
    require: Vec<Required>,
    #[serde(default)]
    binds: BTreeSet<String>,
    #[serde(default)]
    chain: Vec<String>,
    #[serde(default)]
    least_live_sources: usize,
    #[serde(default)]
    approvals: usize,
    #[serde(default)]
    runs: Option<String>,
    #[serde(default)]
    waivable: Vec<String>,
    #[serde(default)]
    longest_waiver: Option<i64>,
    #[serde(default)]
    second_actor: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Required {
    of: String,
    #[serde(default)]
    facts: Vec<String>,
    #[serde(default)]
    only_warns: bool,
    #[serde(default)]
    warning: Option<String>,
    #[serde(default)]
    pending: Option<String>,
    #[serde(default)]
    unknown: Option<String>,
    #[serde(default)]
    not_applicable: Option<String>,
    #[serde(default)]
    accept_declared: bool,
}

fn consequence(word: Option<&String>) -> Consequence {
    match word.map(String::as_str) {
        None | Some("hold") => Consequence::Hold,
        Some("allow") => Consequence::Allow,
        Some("canary") => Consequence::Canary,
        Some("approve") => Consequence::Approve,
        Some("block") => Consequence::Block,
        Some(other) => panic!("{other} is no consequence"),
    }
}

/// `prom/error_rate`.
fn place(text: &str) -> FactAt {
    let (source, fact) = text.split_once('/').unwrap();
    at(source, fact)
}

fn category(word: &str) -> Option<Category> {
    Category::ALL.iter().copied().find(|it| it.as_str() == word)
}

// === impl Policy ===

impl Policy {
    fn policy(&self) -> GatePolicy {
        let mode = self.mode.as_deref().unwrap_or("enforce");
        GatePolicy {
            requirements: self.require.iter().map(Required::requirement).collect(),
            mode: Mode::ALL
                .into_iter()
                .find(|it| it.as_str() == mode)
                .unwrap(),
            binds: Binds {
                revision: self.binds.contains("revision"),
                artifact_digest: self.binds.contains("artifact_digest"),
            },
            chain: self.chain.iter().map(|it| place(it)).collect(),
            least_live_sources: self.least_live_sources,
            approvals: self.approvals,
            runs: self.runs.as_deref().map(place),
            waivers: WaiverRules {
                of: self.waivable.iter().map(|it| place(it)).collect(),
                longest: self.longest_waiver.map(TimeDelta::seconds),
                second_actor: self.second_actor,
            },
            rules: Vec::new(),
            max_age: BTreeMap::new(),
        }
    }
}

// === impl Required ===

impl Required {
    fn requirement(&self) -> Requirement {
        Requirement {
            of: match category(&self.of) {
                Some(category) => Wanted::Category(category),
                None => Wanted::Source(source(&self.of)),
            },
            facts: self.facts.iter().map(|it| fact_name(it)).collect(),
            severity: match self.only_warns {
                true => Severity::Warns,
                false => Severity::Blocks,
            },
            means: Means {
                warning: consequence(self.warning.as_ref()),
                pending: consequence(self.pending.as_ref()),
                unknown: consequence(self.unknown.as_ref()),
                not_applicable: consequence(self.not_applicable.as_ref()),
            },
            accept_declared: self.accept_declared,
        }
    }
}

/// `error_rate passed`, `build/linux failed`, `error_rate passed 400s ago`, `image = sha256:…`.
fn told_fact(text: &str) -> Fact {
    if let Some((name, value)) = text.split_once('=') {
        return digest(name.trim(), value.trim());
    }
    let mut words = text.split_whitespace();
    let name = words.next().unwrap();
    let (name, item) = name
        .split_once('/')
        .map_or((name, None), |(name, item)| (name, Some(item)));
    let status = Status::from_word(words.next().unwrap()).unwrap();
    let ago = words
        .next()
        .map_or(10, |ago| ago.trim_end_matches('s').parse().unwrap());
    let fact = fact(name, status, ago);
    item.map_or(fact.clone(), |item| fact.about(item))
}

// === impl Release ===

impl Release {
    fn given(&self, table: &Table) -> Given {
        let policy = table.policies.get(&self.policy);
        let policy =
            policy.unwrap_or_else(|| panic!("{}: no policy {}", self.release, self.policy));
        let planned = table.sources.iter();
        let planned = planned.map(|(name, of)| (source(name), category(of).unwrap()));
        let code = |word: &str| FailureCode::ALL.into_iter().find(|it| it.as_str() == word);
        let told = || self.told.iter();
        let failures = told().filter_map(|(name, said)| Some(failure(name, code(said)?)));
        let answered = told().filter(|(_, said)| code(said).is_none());
        Given {
            policy: policy.policy(),
            subject: Some(self.subject()),
            planned: planned.collect(),
            evidence: answered
                .map(|(name, said)| self.evidence(name, said))
                .collect(),
            failures: failures.collect(),
            waivers: self.waived.iter().map(Waived::waiver).collect(),
            approvals: self.approved_by.iter().map(|name| approval(name)).collect(),
        }
    }

    fn subject(&self) -> passport_evidence::Subject {
        let mut subject = subject();
        if let Some(named) = &self.subject {
            subject.revision = subject.revision.filter(|_| named.revision);
            subject.artifact_digests.retain(|_| named.artifact);
        }
        subject
    }

    fn evidence(&self, name: &str, said: &str) -> Evidence {
        let facts = said.split(';').map(str::trim).filter(|it| !it.is_empty());
        let origin = match self.declared.contains(name) {
            true => Origin::Declared,
            false => Origin::Pulled,
        };
        evidence_of(name, origin, facts.map(told_fact).collect())
    }
}

// === impl Waived ===

impl Waived {
    fn waiver(&self) -> crate::gate::Waiver {
        let mut waiver = waiver(&place(&self.fact), self.item.as_deref());
        waiver.actor = person(&self.by[0]);
        waiver.second_actor = self.by.get(1).map(|name| person(name));
        waiver.expires_at = now() + TimeDelta::seconds(self.ends_in);
        waiver.revoked_at = self.revoked.then(|| before(1));
        if self.of_another_release {
            waiver.subject.revision = Some("b".repeat(40));
        }
        waiver
    }
}

#[test]
fn every_release_gets_the_decision_that_people_expect() {
    let table: Table = serde_saphyr::from_str(include_str!("releases.yaml")).unwrap();
    let mut wrong = Vec::new();
    for release in &table.releases {
        let decided = release.given(&table).decide();
        let first = decided.requirements.first().unwrap();
        let next = decided.until_allowed().collect::<Vec<_>>().join("\n");
        let ends_in = decided.valid_until.map(|it| (it - now()).num_seconds());
        let is_expected = decided.decision.as_str() == release.decision
            && first.explanation.contains(&release.because)
            && next.contains(&release.next)
            && release
                .ends_in
                .is_none_or(|expected| ends_in == Some(expected));
        if !is_expected {
            let (name, got) = (&release.release, decided.decision);
            wrong.push(format!(
                "{name}: {got}, {} (next: {next}; {ends_in:?})",
                first.explanation
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        table.releases.len() >= 60,
        "{} releases",
        table.releases.len()
    );
    let decisions: BTreeSet<_> = table
        .releases
        .iter()
        .map(|it| it.decision.as_str())
        .collect();
    assert_eq!(
        decisions,
        Decision::ALL.map(Decision::as_str).into(),
        "each decision is among them"
    );
}
