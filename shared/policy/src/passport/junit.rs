//! A passport as JUnit XML, for a pipeline that shows test results.

use passport_evidence::Origin;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::Passport;
use crate::gate::{Actor, Consequence, RequirementResult, State};

/// JUnit XML: the gate is a test suite, every requirement a test case in the order of the passport.
///
/// | what became of it | test case |
/// |---|---|
/// | `satisfied` | passes; where it is somebody's word, that is its `system-out` |
/// | `warned`, and it may go on | passes; what was found is its `system-out` |
/// | `waived` | skipped; what was found, and who waived it and why, is its message |
/// | `violated`, `warned` and it may not go on | `failure`: evidence says no |
/// | `missing` | `error`: nobody knows |
///
/// The type of a failure or error is what follows from it: `approve`, `hold` or `block`. Characters that
/// XML cannot hold are left out.
pub fn junit(passport: &Passport) -> String {
    let mut suite = TestSuite::new(format!("release gate of {}", passport.scope));
    suite.set_timestamp(passport.decided_at.fixed_offset());
    suite.add_property(("decision", passport.decision.as_str()));
    suite.add_property(("mode", passport.mode.as_str()));
    suite.add_property(("passportId", &*passport.id.to_string()));
    suite.add_property(("policyDigest", &*passport.policy_digest.to_string()));
    for approval in &passport.approvals {
        suite.add_property(("approvedBy", &*by(&approval.actor)));
    }
    suite.add_test_cases(passport.requirements.iter().map(|it| case(it, passport)));
    let mut report = Report::new("passport");
    report.add_test_suite(suite);
    // Writing to memory does not fail; an empty report is taken for none by every reader.
    report.to_string().unwrap_or_default()
}

fn case(result: &RequirementResult, passport: &Passport) -> TestCase {
    let mut case = TestCase::new(name(result), status(result, passport));
    case.set_classname(passport.scope.to_string());
    let is_told = match result.state {
        State::Warned => true,
        State::Satisfied => is_declared(result, passport),
        // Their message says it.
        State::Waived | State::Violated | State::Missing => false,
    };
    if is_told {
        case.set_system_out(told(result, passport));
    }
    case
}

/// Whether what was found is somebody's word.
fn is_declared(result: &RequirementResult, passport: &Passport) -> bool {
    let of_it = |source: &_| Some(source) == result.source.as_ref();
    let mut evidence = passport.evidence.iter().filter(|it| of_it(&it.source));
    result.fact.is_some() && evidence.any(|it| it.provenance.origin == Origin::Declared)
}

fn status(result: &RequirementResult, passport: &Passport) -> TestCaseStatus {
    let stopped = |kind| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_type(result.consequence.as_str());
        status.set_message(&*result.explanation);
        status.set_description(told(result, passport));
        status
    };
    match result.state {
        State::Satisfied => TestCaseStatus::success(),
        State::Warned if result.consequence <= Consequence::Canary => TestCaseStatus::success(),
        State::Waived => {
            let mut status = TestCaseStatus::skipped();
            status.set_type("waived");
            status.set_message(told(result, passport));
            status
        }
        State::Missing => stopped(NonSuccessKind::Error),
        State::Warned | State::Violated => stopped(NonSuccessKind::Failure),
    }
}

/// Requirements of several facts give several results.
fn name(result: &RequirementResult) -> String {
    let fact = result.fact.as_ref().map(|fact| format!(": {fact}"));
    let item = result.item.as_ref().map(|item| format!(" ({item})"));
    let source = result.source.as_ref().map(|source| format!(" of {source}"));
    let parts = [fact, item, source].map(Option::unwrap_or_default);
    format!("{}{}", result.requirement, parts.concat())
}

fn told(result: &RequirementResult, passport: &Passport) -> String {
    let waiver = result.waiver_id.as_ref();
    let waiver = waiver.map(|id| format!("waiver: {id}{}", waived(id, passport)));
    let next = result.next_action.as_ref();
    let next = next.map(|next| format!("next: {next}"));
    let parts = [Some(result.explanation.clone()), waiver, next];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// Who waived it, and why.
fn waived(id: &str, passport: &Passport) -> String {
    let waiver = passport.waivers.iter().find(|it| it.id == id);
    let told = waiver.map(|it| {
        let second = it.second_actor.as_ref();
        let second = second.map(|it| format!(" and {}", by(it)));
        let second = second.unwrap_or_default();
        format!(", by {}{second}: {}", by(&it.actor), it.reason)
    });
    told.unwrap_or_default()
}

fn by(actor: &Actor) -> String {
    format!("{} ({})", actor.subject, actor.issuer)
}

#[cfg(test)]
mod tests;
