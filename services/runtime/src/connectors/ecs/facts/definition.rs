//! Whether what shall serve is the task definition that the release runs.

use passport_evidence::{Fact, Limits, Meaning, Reason, StateTable, Status, Subject, Value};

use super::{TASK_DEFINITION, rollout::Rollout};
use crate::connectors::ecs::{
    expected::{self, Expected},
    model::Service,
    settings::Wanted,
};

const STATES: StateTable = StateTable::new(&[
    ("other", Meaning::Failed(Reason::OtherSubject)),
    ("failed", Meaning::Failed(Reason::BadState)),
]);

/// The fact.
pub fn fact(
    service: &Service,
    wanted: &Wanted,
    subject: Option<&Subject>,
    rollout: &Rollout,
) -> Fact {
    let expected = Expected::of(wanted.expected.as_ref(), subject);
    let found = service.primary().map(|it| it.task_definition());
    let found = match found.map(|it| it.and_then(expected::definition)) {
        Ok(Some(found)) => found,
        Ok(None) => return unread(Reason::UnexpectedShape, &expected),
        Err(reason) => return unread(reason, &expected),
    };
    let fact = match &expected {
        expected::Wanted::Nothing | expected::Wanted::Subject => {
            return unread(Reason::NoData, &expected).showing(found);
        }
        expected::Wanted::Definition(definition) if definition == found => {
            of_expected(found, &expected, rollout)
        }
        expected::Wanted::Definition(definition) => match service.rolls_out(definition) {
            true => Fact::pending(TASK_DEFINITION, Reason::InProgress).showing(found),
            false => Fact::state(TASK_DEFINITION, "other", &STATES).showing(found),
        },
    };
    fact.wanting(expected.threshold())
}

/// It shall serve: it is as far as its rollout.
fn of_expected(found: &str, expected: &expected::Wanted, rollout: &Rollout) -> Fact {
    let own = &rollout.of_primary;
    let unknown = |reason| Fact::unknown(TASK_DEFINITION, reason).showing(found);
    match (own.status(), own.reason()) {
        (Status::Passed, _) => {
            let limits = Limits {
                threshold: expected.threshold(),
                warn_threshold: None,
            };
            Fact::measured(TASK_DEFINITION, Value::from(found), &limits)
        }
        (Status::Failed, _) => Fact::state(TASK_DEFINITION, "failed", &STATES).showing(found),
        (Status::Pending, _) => Fact::pending(TASK_DEFINITION, Reason::InProgress).showing(found),
        (Status::Warning | Status::Unknown | Status::NotApplicable, Some(reason)) => {
            unknown(reason)
        }
        (Status::Warning | Status::Unknown | Status::NotApplicable, None) => {
            unknown(Reason::NoData)
        }
    }
}

/// The fact, where what shall serve is not known.
pub fn unread(reason: Reason, expected: &expected::Wanted) -> Fact {
    match expected {
        expected::Wanted::Nothing => Fact::not_applicable(TASK_DEFINITION, Reason::NotConfigured),
        expected::Wanted::Subject => Fact::unknown(TASK_DEFINITION, Reason::NoSubject),
        expected::Wanted::Definition(_) => {
            Fact::unknown(TASK_DEFINITION, reason).wanting(expected.threshold())
        }
    }
}

// === impl Service ===

impl Service {
    /// Whether a task definition is being rolled out, though another shall serve.
    fn rolls_out(&self, definition: &str) -> bool {
        let is_it = |it: Option<&str>| it.and_then(expected::definition) == Some(definition);
        let mut deployments = self.deployments.iter().flatten().map(|it| &it.0);
        let mut sets = self.task_sets.iter().flatten().map(|it| &it.0);
        deployments.any(|it| {
            let state = it.rollout_state.as_deref();
            is_it(it.task_definition.as_deref()) && state == Some("IN_PROGRESS")
        }) || sets.any(|it| {
            let status = it.status.as_deref();
            is_it(it.task_definition.as_deref()) && status == Some("ACTIVE")
        })
    }
}
