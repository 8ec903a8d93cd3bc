//! From what was read to facts. Pure.

mod approvals;
mod approved;
mod board;
mod coded;
mod conflict;
mod duties;
mod hold;
mod planned;
mod state;
mod tasks;

use chrono::{DateTime, Utc};
use passport_connector_sdk::ConnectorKind as _;
use passport_evidence::{Fact, FactName, Reason, Threshold};

use super::{Servicenow, pull::Found, wanted::Wanted, window::Window};
use approvals::Approvals;

const STATE: FactName = FactName::fixed("change_state");
const APPROVAL: FactName = FactName::fixed("change_approval");
const APPROVERS: FactName = FactName::fixed("approver_state");
const DUTIES: FactName = FactName::fixed("separation_of_duties");
const WINDOW: FactName = FactName::fixed("change_window");
const HOLD: FactName = FactName::fixed("change_on_hold");
const CAB: FactName = FactName::fixed("cab_state");
const CONFLICT: FactName = FactName::fixed("change_conflict");
const TASKS: FactName = FactName::fixed("open_change_task_count");

/// The facts where the change itself was not read.
pub fn nothing(wanted: &Wanted, reason: Reason, now: DateTime<Utc>) -> Vec<Fact> {
    let names = [
        STATE, APPROVAL, APPROVERS, WINDOW, HOLD, CAB, CONFLICT, TASKS,
    ];
    let unknown = names.map(|name| {
        let threshold = threshold(&name, wanted);
        Fact::unknown(name, reason).wanting(threshold)
    });
    let duties = match wanted.separation_of_duties {
        true => Fact::unknown(DUTIES, reason),
        false => Fact::not_applicable(DUTIES, Reason::NotConfigured),
    };
    let facts = unknown.into_iter().chain([duties]);
    facts.map(|it| it.observed(Some(now))).collect()
}

/// The facts of the change.
pub fn of(found: &Found, wanted: &Wanted, now: DateTime<Utc>) -> Vec<Fact> {
    let change = &found.change;
    let window = Window::of(found, wanted, now);
    let approvals = Approvals::of(found);
    let approval = approved::fact(change, &approvals, wanted);
    let approvers = approvals.fact(wanted);
    let cab = board::fact(change, &[&approval, &approvers], wanted, now);
    let facts = [
        state::fact(change, &window, wanted),
        approval,
        approvers,
        duties::fact(found, &approvals, wanted),
        planned::fact(&window),
        hold::fact(change, wanted),
        cab,
        conflict::fact(change, wanted),
        tasks::fact(found, wanted),
    ];
    let at = Some(found.at);
    facts.into_iter().map(|it| it.observed(at)).collect()
}

/// What is wanted of a fact: states are wanted as the connector says, only counts as the source does.
fn threshold(name: &FactName, wanted: &Wanted) -> Option<Threshold> {
    let own = || {
        let fact = Servicenow::DESCRIPTOR.fact(name.as_str())?;
        fact.default_threshold?.parse().ok()
    };
    let set = wanted.thresholds.of(name.as_str());
    set.cloned().or_else(own)
}
