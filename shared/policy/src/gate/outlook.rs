//! Whether waiting can change what was decided.

use passport_evidence::{Failure, FailureCode, Reason};

use super::{
    policy::Consequence,
    result::{RequirementResult, State},
};

/// What stands against a release, and whether time alone can mend it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// What is waited for, in words, the deciding thing first: what is pending, unknown, stale or
    /// unreachable, and persons who have not agreed yet.
    pub waits_for: Vec<String>,
    /// Something stands against the release that stays, however long anybody waits: evidence that
    /// says no, a policy that requires nothing, a release that does not name what the policy binds, a
    /// source that is not configured.
    pub is_settled: bool,
}

// === impl Outlook ===

impl Outlook {
    /// Of what became of each thing that was asked for, and the sources that could not answer. What
    /// may go waits for nothing.
    pub fn of(requirements: &[RequirementResult], failures: &[Failure]) -> Self {
        let against = requirements
            .iter()
            .filter(|it| it.consequence > Consequence::Allow);
        let (waiting, standing): (Vec<_>, Vec<_>) =
            against.partition(|it| can_change(it, failures));
        let words = |it: &RequirementResult| format!("{}: {}", it.requirement, it.explanation);
        let lets_go = |it: &&RequirementResult| it.consequence <= Consequence::Canary;
        Self {
            is_settled: !standing.iter().all(lets_go),
            waits_for: waiting.into_iter().map(words).collect(),
        }
    }
}

fn can_change(result: &RequirementResult, failures: &[Failure]) -> bool {
    match (result.state, result.reason) {
        (State::Violated, _) => false,
        (_, Some(reason)) => reason_can_change(reason),
        (State::Missing, None) => {
            let of_it = failures
                .iter()
                .filter(|it| Some(&it.source) == result.source.as_ref());
            of_it.map(|it| it.code).all(failure_can_change)
        }
        (State::Satisfied | State::Warned | State::Waived, None) => true,
    }
}

/// What does not change before somebody changes the configuration, or asks about another release.
fn reason_can_change(reason: Reason) -> bool {
    match reason {
        Reason::NotConfigured | Reason::NoSubject | Reason::SelfDeclared => false,
        Reason::ThresholdMissed
        | Reason::BadState
        | Reason::Degraded
        | Reason::InProgress
        | Reason::AwaitingApproval
        | Reason::OutsideWindow
        | Reason::NoData
        | Reason::Stale
        | Reason::Future
        | Reason::NoTime
        | Reason::NotANumber
        | Reason::OutOfDomain
        | Reason::Ambiguous
        | Reason::Incomplete
        | Reason::PartialResponse
        | Reason::InsufficientSample
        | Reason::BaselineMissing
        | Reason::UnrecognizedState
        | Reason::Contradictory
        | Reason::UnexpectedShape
        | Reason::QueryRejected
        | Reason::FilterNotApplied
        | Reason::Denied
        | Reason::Unavailable
        | Reason::OtherSubject
        | Reason::Suppressed
        | Reason::TooBroad
        | Reason::BreadthUnknown
        | Reason::Expired
        | Reason::LowerBound
        | Reason::Informational => true,
    }
}

fn failure_can_change(code: FailureCode) -> bool {
    match code {
        FailureCode::NotConfigured | FailureCode::NotSupported => false,
        FailureCode::Unreachable
        | FailureCode::TimedOut
        | FailureCode::Throttled
        | FailureCode::Unauthenticated
        | FailureCode::Denied
        | FailureCode::NotFound
        | FailureCode::Malformed
        | FailureCode::TooLarge
        | FailureCode::OutOfScope
        | FailureCode::TooBroad
        | FailureCode::Internal => true,
    }
}
