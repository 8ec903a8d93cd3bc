//! Deciding again what was decided, under the policies of another configuration. Asks nobody and records
//! nothing.

use std::collections::BTreeMap;

use passport_evidence::{Evidence, Failure, FailureCode, SourceName};
use passport_policy::{
    gate::{Asked, Decided, Mode, decide},
    passport::Passport,
};
use passport_service_kit::config::Loaded;

use crate::{
    catalog::Catalog,
    configured::{ConfiguredSource, ConfiguredSources, Sources, Unusable},
    policies::{Effective, Policies},
};

/// The policies and sources of a configuration that no gateway uses yet.
#[derive(Debug)]
pub struct WhatIf {
    policies: Policies,
    sources: ConfiguredSources,
    catalog: Catalog,
}

// === impl WhatIf ===

impl WhatIf {
    /// What a configuration has, as a gateway loads it.
    ///
    /// # Errors
    /// As [`Policies::of`] and [`ConfiguredSources::of`].
    pub fn of(loaded: &Loaded, catalog: Catalog) -> Result<Self, Unusable> {
        Ok(Self {
            policies: Policies::of(loaded)?,
            sources: ConfiguredSources::of(loaded)?,
            catalog,
        })
    }

    /// What would have been decided at the same moment from the evidence, the failures, the waivers and
    /// the approvals that a passport holds. `None`: its scope is not configured.
    ///
    /// Nothing is taken for better than it was: evidence of a source that is not configured does not
    /// count, a source that was not asked then is one that could not answer, what was too old then stays
    /// so, and nobody's word is known that did not count then.
    pub fn decide(&self, passport: &Passport) -> Option<Decided> {
        let scope = &passport.scope;
        let (effective, sources) = (
            self.policies.of_scope(scope)?,
            self.sources.in_scope(scope)?,
        );
        let evidence = evidence(passport, effective, sources);
        let failures = failures(passport, &evidence, sources);
        Some(decide(&Asked {
            policy: &effective.policy,
            scope,
            subject: passport.subject.as_ref(),
            planned: &self.catalog.categories(sources),
            evidence: &evidence,
            failures: &failures,
            waivers: &passport.waivers,
            approvals: &passport.approvals,
            now: passport.decided_at,
        }))
    }
}

fn evidence(passport: &Passport, effective: &Effective, sources: &Sources) -> Vec<Evidence> {
    let now = passport.decided_at;
    let known = passport.evidence.iter().filter_map(|it| {
        let source = sources.get(&it.source)?;
        (source.connector == it.connector).then_some((it, source.max_age))
    });
    known
        .map(|(it, max_age)| effective.policy.aged(it.clone().aged(max_age, now), now))
        .collect()
}

fn failures(passport: &Passport, evidence: &[Evidence], sources: &Sources) -> Vec<Failure> {
    let mut told: BTreeMap<&SourceName, Failure> = BTreeMap::new();
    for (name, source) in sources {
        if !evidence.iter().any(|it| it.source == *name) {
            told.insert(name, not_asked(name, source));
        }
    }
    for failure in &passport.failures {
        if let Some((name, _)) = sources.get_key_value(&failure.source) {
            told.insert(name, failure.clone());
        }
    }
    told.into_values().collect()
}

fn not_asked(name: &SourceName, source: &ConfiguredSource) -> Failure {
    Failure {
        connector: source.connector.clone(),
        source: name.clone(),
        code: FailureCode::NotConfigured,
        message: "it was not asked when this was decided".to_owned(),
        retry_at: None,
    }
}

/// Whether a pipeline would have had to stop, were the policy's own mode asked for.
pub fn stops(decided: &Decided) -> bool {
    decided.mode == Mode::Enforce && !decided.decision.lets_go()
}
