//! How many incidents are active, and how many of them are snoozed. Pure.

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable, Status};

use super::{ACTIVE, SNOOZED, active::Active, actors, threshold};
use crate::connectors::pagerduty::{model::Incident, settings::Wanted};

/// What PagerDuty does when a snoozed incident wakes.
const UNACKNOWLEDGE: &str = "unacknowledge";
const ACKNOWLEDGED: &str = "acknowledged";

/// Incidents of which none blocks.
const OTHERS: StateTable =
    StateTable::new(&[("others", Meaning::Warning(Reason::ThresholdMissed))]);

/// The fact of all: too many are a failure if one of them blocks, else a reservation.
pub fn active(active: &Active<'_>, wanted: &Wanted) -> Fact {
    let count = active.rows.len() as u64;
    let threshold = threshold(&ACTIVE, wanted);
    let limits = Limits {
        threshold: threshold.clone(),
        warn_threshold: None,
    };
    let fact = Fact::measured(ACTIVE, Quantity::count(count).into(), &limits);
    let blocks = active.rows.iter().any(|it| it.blocks(wanted));
    let fact = match (fact.status(), blocks) {
        (Status::Failed, false) => Fact::state(ACTIVE, "others", &OTHERS)
            .showing(count.to_string().as_str())
            .wanting(threshold),
        (_, _) => fact,
    };
    active.doubted(fact).involving(actors::of(active, wanted))
}

/// The fact of those that sleep: each of them comes back.
pub fn snoozed(active: &Active<'_>, wanted: &Wanted) -> Fact {
    let limits = Limits {
        threshold: threshold(&SNOOZED, wanted),
        warn_threshold: None,
    };
    let count = active.rows.iter().filter(|it| it.is_snoozed()).count();
    let count = Quantity::count(count as u64);
    let fact = Fact::measured(SNOOZED, count.into(), &limits);
    let is_untold = active.rows.iter().any(|it| it.pending_actions.is_none());
    let fact = active.doubted(fact);
    match is_untold {
        true => fact.doubt(Reason::UnexpectedShape),
        false => fact,
    }
}

impl Incident {
    /// Whether it fails the release by its urgency or priority.
    fn blocks(&self, wanted: &Wanted) -> bool {
        let urgency = self.urgency.as_ref();
        let priority = self.priority.as_ref().and_then(|it| it.name());
        urgency.is_some_and(|it| wanted.urgencies.contains(it))
            || priority.is_some_and(|it| wanted.priorities.contains(it))
    }

    fn is_snoozed(&self) -> bool {
        let mut pending = self.pending_actions.iter().flatten();
        self.status == ACKNOWLEDGED && pending.any(|it| it.kind == UNACKNOWLEDGE)
    }
}
