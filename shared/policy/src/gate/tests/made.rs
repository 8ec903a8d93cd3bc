//! Policies and evidence for the tests, made only as connectors make them.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{
    Category, Evidence, Fact, FactName, Failure, FailureCode, Limits, MaxAge, Meaning, Origin,
    Provenance, Quantity, Reason, Scope, SourceName, StateTable, Status, Subject, Threshold, Value,
    evidence::Frame,
};

use crate::gate::{Actor, Approval, Asked, Decided, FactAt, GatePolicy, Waiver, decide};

pub const MAX_AGE: u64 = 300;

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

pub fn before(seconds: i64) -> DateTime<Utc> {
    now() - TimeDelta::seconds(seconds)
}

pub fn scope() -> Scope {
    Scope {
        workspace: "acme".parse().unwrap(),
        service: "checkout-api".parse().unwrap(),
        environment: "production".parse().unwrap(),
    }
}

pub fn subject() -> Subject {
    Subject {
        version: Some("1.8.0".to_owned()),
        revision: Some("a".repeat(40)),
        artifact_digests: vec![format!("sha256:{}", "1".repeat(64))],
    }
}

pub fn source(name: &str) -> SourceName {
    name.parse().unwrap()
}

pub fn fact_name(name: &str) -> FactName {
    FactName::new(name).unwrap()
}

pub fn at(source_name: &str, fact: &str) -> FactAt {
    FactAt {
        source: source(source_name),
        fact: fact_name(fact),
    }
}

/// A fact of this status, observed so long ago.
pub fn fact(name: &str, status: Status, seconds_ago: i64) -> Fact {
    let name = fact_name(name);
    let fact = match status {
        Status::Passed | Status::Failed => {
            let value = if status == Status::Passed {
                "0.5%"
            } else {
                "2%"
            };
            let value = Value::Exact(Quantity::parse(value).unwrap());
            let limits = Limits::from("< 1%".parse::<Threshold>().unwrap());
            Fact::measured(name, value, &limits)
        }
        Status::Warning => {
            let table = StateTable::new(&[("degraded", Meaning::Warning(Reason::Degraded))]);
            Fact::state(name, "degraded", &table)
        }
        Status::Pending => Fact::pending(name, Reason::InProgress),
        Status::Unknown => Fact::unknown(name, Reason::NoData),
        Status::NotApplicable => Fact::not_applicable(name, Reason::Informational),
    };
    fact.observed(Some(before(seconds_ago)))
}

/// A fact that has passed and names an artifact.
pub fn digest(name: &str, digest: &str) -> Fact {
    let limits = Limits::from("!= none".parse::<Threshold>().unwrap());
    Fact::measured(fact_name(name), digest.into(), &limits).observed(Some(now()))
}

pub fn evidence_of(name: &str, origin: Origin, facts: Vec<Fact>) -> Evidence {
    let frame = Frame {
        connector: "scripted".to_owned(),
        scope: scope(),
        source: source(name),
        subject: Some(subject()),
        provenance: Provenance {
            origin,
            collected_at: now(),
            failed_refresh: None,
        },
    };
    Evidence::new(frame, facts, MaxAge::from_secs(MAX_AGE).unwrap(), now())
}

pub fn failure(name: &str, code: FailureCode) -> Failure {
    Failure {
        connector: "scripted".to_owned(),
        source: source(name),
        code,
        message: "the provider does not answer".to_owned(),
        retry_at: None,
    }
}

pub fn person(name: &str) -> Actor {
    Actor {
        issuer: "https://login.example.com".to_owned(),
        subject: name.to_owned(),
    }
}

pub fn waiver(of: &FactAt, item: Option<&str>) -> Waiver {
    Waiver {
        id: format!("w-{}-{}", of.source, of.fact),
        scope: scope(),
        subject: subject(),
        source: of.source.clone(),
        fact: of.fact.clone(),
        item: item.map(str::to_owned),
        reason: "known, and mended tomorrow".to_owned(),
        actor: person("ada"),
        second_actor: None,
        created_at: before(60),
        expires_at: now() + TimeDelta::hours(1),
        revoked_at: None,
    }
}

pub fn approval(name: &str) -> Approval {
    Approval {
        id: format!("a-{name}"),
        scope: scope(),
        subject: subject(),
        reason: "looked at it with the team".to_owned(),
        actor: person(name),
        created_at: before(60),
        expires_at: now() + TimeDelta::hours(1),
        revoked_at: None,
    }
}

/// All that a decision is made of.
#[derive(Debug, Clone)]
pub struct Given {
    pub policy: GatePolicy,
    pub subject: Option<Subject>,
    pub planned: BTreeMap<SourceName, Category>,
    pub evidence: Vec<Evidence>,
    pub failures: Vec<Failure>,
    pub waivers: Vec<Waiver>,
    pub approvals: Vec<Approval>,
}

// === impl Given ===

impl Given {
    pub fn decide(&self) -> Decided {
        decide(&Asked {
            policy: &self.policy,
            scope: &scope(),
            subject: self.subject.as_ref(),
            planned: &self.planned,
            evidence: &self.evidence,
            failures: &self.failures,
            waivers: &self.waivers,
            approvals: &self.approvals,
            now: now(),
        })
    }
}
