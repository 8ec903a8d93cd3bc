//! Requests for approval that are open: each is a change that may be made at any time.

use passport_evidence::{Fact, Meaning, Quantity, Reason, StateTable, Status};

use super::PENDING_APPROVALS;
use crate::connectors::launchdarkly::{lists::Approval, wanted::Wanted};

const STATES: StateTable = StateTable::new(&[
    ("awaiting", Meaning::Pending(Reason::AwaitingApproval)),
    ("declined", Meaning::Warning(Reason::BadState)),
]);

/// What a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing comes of it any more.
    Closed,
    /// It may be made.
    Open,
    /// It is open, and somebody said no.
    Declined,
    /// It was to be made, and that went wrong.
    Failed,
}

/// The fact.
pub fn fact(read: Result<&Vec<Approval>, Reason>, wanted: &Wanted) -> Fact {
    let threshold = || wanted.approvals.threshold.clone();
    let unknown = |reason| Fact::unknown(PENDING_APPROVALS, reason).wanting(threshold());
    let all = match read {
        Ok(all) => all,
        Err(reason) => return unknown(reason),
    };
    let standings: Option<Vec<_>> = all.iter().map(standing).collect();
    let Some(standings) = standings else {
        return unknown(Reason::UnrecognizedState);
    };
    let count = |wanted: Standing| standings.iter().filter(|it| **it == wanted).count() as u64;
    let awaiting = count(Standing::Open);
    let open = Quantity::count(awaiting + count(Standing::Declined));
    let went_wrong = count(Standing::Declined) + count(Standing::Failed) > 0;
    let fact = Fact::measured(PENDING_APPROVALS, open.clone().into(), &wanted.approvals);
    let word = match (fact.status(), awaiting > 0, went_wrong) {
        (Status::Failed, true, _) => "awaiting",
        (_, _, true) | (Status::Failed, false, false) => "declined",
        (_, _, false) => return fact,
    };
    let fact = Fact::state(PENDING_APPROVALS, word, &STATES).showing(open);
    match fact.status() {
        // What would miss its threshold beside it could be no warning.
        Status::Warning => fact,
        Status::Passed
        | Status::Failed
        | Status::Pending
        | Status::Unknown
        | Status::NotApplicable => fact.wanting(threshold()),
    }
}

/// `None`: a state that is not known.
fn standing(approval: &Approval) -> Option<Standing> {
    let review = approval.review_status.as_str();
    match (approval.status.as_str(), review) {
        ("completed", _) => Some(Standing::Closed),
        ("failed", _) => Some(Standing::Failed),
        ("pending" | "scheduled", "declined") => Some(Standing::Declined),
        ("pending" | "scheduled", "pending" | "approved") => Some(Standing::Open),
        (_, _) => None,
    }
}
