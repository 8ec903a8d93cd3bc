//! What a rule can speak of. Every key is always there, so that a rule that can be evaluated once can
//! be evaluated over any evidence; what is absent is empty text, or null where a number is meant.

use cel::{Context, SerializationError, to_value};
use passport_evidence::{Evidence, Fact, Failure, Scope, Subject, Value};
use serde::Serialize;

use crate::gate::decide::Asked;

/// The names that a rule knows.
pub(super) const NAMES: [&str; 4] = ["facts", "failures", "scope", "subject"];

/// What a rule can speak of.
pub(super) struct Given {
    facts: Vec<FactGiven>,
    failures: Vec<FailureGiven>,
    scope: ScopeGiven,
    subject: SubjectGiven,
}

#[derive(Serialize)]
struct FactGiven {
    source: String,
    connector: String,
    name: String,
    item: String,
    status: String,
    /// As it is shown.
    text: String,
    /// In the base unit of its dimension, such as 0.02 for 2% and 0.142 for 142ms; null for text.
    value: Option<f64>,
    threshold: String,
    reason: String,
    /// Null: no time can be trusted.
    age_seconds: Option<i64>,
    /// `pulled`, `delivered` or `declared`.
    origin: String,
}

#[derive(Serialize)]
struct FailureGiven {
    source: String,
    connector: String,
    code: String,
}

#[derive(Serialize)]
struct ScopeGiven {
    workspace: String,
    service: String,
    environment: String,
}

#[derive(Serialize)]
struct SubjectGiven {
    version: String,
    revision: String,
    artifact_digests: Vec<String>,
}

// === impl Given ===

impl Given {
    pub fn of(asked: &Asked<'_>) -> Self {
        let evidence = asked.evidence.iter();
        let facts = evidence.flat_map(|it| it.facts().iter().map(move |fact| (it, fact)));
        let facts = facts.map(|(of, fact)| FactGiven::of(of, fact, asked));
        Self {
            facts: facts.collect(),
            failures: asked.failures.iter().map(Into::into).collect(),
            scope: asked.scope.into(),
            subject: SubjectGiven::of(asked.subject),
        }
    }

    /// Facts and failures of the kinds that there are, nothing of them left out.
    pub fn example() -> Self {
        let fact = |value: Option<f64>, age_seconds| FactGiven {
            source: "source".to_owned(),
            connector: "connector".to_owned(),
            name: "fact".to_owned(),
            item: String::new(),
            status: "passed".to_owned(),
            text: "1".to_owned(),
            value,
            threshold: "< 2".to_owned(),
            reason: String::new(),
            age_seconds,
            origin: "pulled".to_owned(),
        };
        Self {
            facts: vec![fact(Some(1.0), Some(1))],
            failures: vec![FailureGiven {
                source: "source".to_owned(),
                connector: "connector".to_owned(),
                code: "TIMED_OUT".to_owned(),
            }],
            scope: ScopeGiven {
                workspace: "workspace".to_owned(),
                service: "service".to_owned(),
                environment: "environment".to_owned(),
            },
            subject: SubjectGiven {
                version: "1".to_owned(),
                revision: "a".to_owned(),
                artifact_digests: vec!["sha256:a".to_owned()],
            },
        }
    }

    /// Items of the longest list that a rule can go through.
    pub fn items(&self) -> usize {
        let digests = self.subject.artifact_digests.len();
        self.facts.len().max(self.failures.len()).max(digests)
    }

    pub fn tell(&self, context: &mut Context<'_, '_>) -> Result<(), SerializationError> {
        context.add_variable_from_value("facts", to_value(&self.facts)?);
        context.add_variable_from_value("failures", to_value(&self.failures)?);
        context.add_variable_from_value("scope", to_value(&self.scope)?);
        context.add_variable_from_value("subject", to_value(&self.subject)?);
        Ok(())
    }
}

impl FactGiven {
    fn of(evidence: &Evidence, fact: &Fact, asked: &Asked<'_>) -> Self {
        let age = fact.observed_at().map(|at| asked.now - at);
        let text = |it: Option<String>| it.unwrap_or_default();
        Self {
            source: evidence.source.to_string(),
            connector: evidence.connector.clone(),
            name: fact.name().to_string(),
            item: fact.item().unwrap_or_default().to_owned(),
            status: fact.status().to_string(),
            text: text(fact.value_text()),
            value: fact
                .value()
                .and_then(Value::quantity)
                .map(|it| it.base_f64()),
            threshold: text(fact.threshold().map(ToString::to_string)),
            reason: text(fact.reason().map(|it| it.to_string())),
            age_seconds: age.map(|age| age.num_seconds()),
            origin: evidence.provenance.origin.as_str().to_owned(),
        }
    }
}

impl From<&Failure> for FailureGiven {
    fn from(failure: &Failure) -> Self {
        Self {
            source: failure.source.to_string(),
            connector: failure.connector.clone(),
            code: failure.code.to_string(),
        }
    }
}

impl From<&Scope> for ScopeGiven {
    fn from(scope: &Scope) -> Self {
        Self {
            workspace: scope.workspace.to_string(),
            service: scope.service.to_string(),
            environment: scope.environment.to_string(),
        }
    }
}

impl SubjectGiven {
    fn of(subject: Option<&Subject>) -> Self {
        let subject = subject.cloned().unwrap_or_default();
        Self {
            version: subject.version.unwrap_or_default(),
            revision: subject.revision.unwrap_or_default(),
            artifact_digests: subject.artifact_digests,
        }
    }
}
