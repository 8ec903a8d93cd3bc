//! Parts of a policy as the file has them, in the terms of the decision.

use passport_evidence::{Category, FactName, MaxAge, SourceName};
use passport_policy::gate::{
    BadRule, Consequence, FactAt, Means, Requirement, Rule, Severity, Wanted,
};
use passport_service_kit::config::model;

use crate::configured::Unusable;

pub(super) fn source(name: &model::SourceName) -> Result<SourceName, Unusable> {
    Ok(SourceName::new(name.as_str())?)
}

fn fact(name: &model::FactName) -> Result<FactName, Unusable> {
    Ok(FactName::new(name.as_str())?)
}

pub(super) fn fact_at(at: &model::FactAt) -> Result<FactAt, Unusable> {
    Ok(FactAt {
        source: source(&at.source)?,
        fact: fact(&at.fact)?,
    })
}

pub(super) fn max_age(age: model::MaxAge, path: &str) -> Result<MaxAge, Unusable> {
    MaxAge::from_duration(age.0).ok_or_else(|| Unusable::Policy(path.to_owned()))
}

pub(super) fn rule(rule: &model::Rule) -> Result<Rule, BadRule> {
    let otherwise = consequence(rule.otherwise);
    Rule::compile(rule.name.as_str(), &rule.that, otherwise, &rule.next)
}

pub(super) fn requirement(required: &model::Requirement) -> Result<Requirement, Unusable> {
    let of = match (&required.source, required.category) {
        (Some(name), _) => Wanted::Source(source(name)?),
        (None, Some(of)) => Wanted::Category(category(of)),
        (None, None) => return Err(Unusable::Policy("require".to_owned())),
    };
    let facts = required.facts.iter().map(fact);
    Ok(Requirement {
        of,
        facts: facts.collect::<Result<_, _>>()?,
        severity: match required.severity {
            model::Severity::Blocks => Severity::Blocks,
            model::Severity::Warns => Severity::Warns,
        },
        means: Means {
            warning: consequence(required.warning),
            pending: at_least_hold(required.pending),
            unknown: at_least_hold(required.unknown),
            not_applicable: consequence(required.not_applicable),
        },
        accept_declared: required.accept_declared,
    })
}

fn consequence(of: model::Consequence) -> Consequence {
    match of {
        model::Consequence::Allow => Consequence::Allow,
        model::Consequence::Canary => Consequence::Canary,
        model::Consequence::Approve => Consequence::Approve,
        model::Consequence::Hold => Consequence::Hold,
        model::Consequence::Block => Consequence::Block,
    }
}

fn at_least_hold(of: model::AtLeastHold) -> Consequence {
    match of {
        model::AtLeastHold::Hold => Consequence::Hold,
        model::AtLeastHold::Block => Consequence::Block,
    }
}

fn category(of: model::Category) -> Category {
    match of {
        model::Category::CiCd => Category::CiCd,
        model::Category::Gitops => Category::GitOps,
        model::Category::Runtime => Category::Runtime,
        model::Category::Rollout => Category::Rollout,
        model::Category::Metrics => Category::Metrics,
        model::Category::Observability => Category::Observability,
        model::Category::Logs => Category::Logs,
        model::Category::Errors => Category::Errors,
        model::Category::Incidents => Category::Incidents,
        model::Category::WorkItem => Category::WorkItem,
        model::Category::Change => Category::Change,
        model::Category::Communication => Category::Communication,
        model::Category::Quality => Category::Quality,
        model::Category::Security => Category::Security,
        model::Category::Differentiator => Category::Differentiator,
        model::Category::Custom => Category::Custom,
    }
}
