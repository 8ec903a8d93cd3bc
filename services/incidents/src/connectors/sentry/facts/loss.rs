//! How many events were dropped before anybody could see them. Pure.

use bigdecimal::BigDecimal;
use passport_connector_sdk::Object;
use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable, Status, Unit};

use super::{EVENT_INGEST_LOSS, threshold, unknown};
use crate::connectors::sentry::{model::Outcomes, pull::Read, wanted::Wanted};

/// Over this many hundredths, what is missing means nothing any more.
const HEAVY: u32 = 10;
/// Outcomes of events that nobody wanted dropped ("Usage Stats").
const LOST: [&str; 4] = ["abuse", "cardinality_limited", "invalid", "rate_limited"];
/// Those of events that were kept, or dropped because somebody wanted it.
const OTHERS: [&str; 3] = ["accepted", "client_discard", "filtered"];

/// Some events were dropped.
const SOME: StateTable = StateTable::new(&[("some", Meaning::Warning(Reason::ThresholdMissed))]);
/// So many that it is no reservation any more.
const MANY: StateTable = StateTable::new(&[("many", Meaning::Failed(Reason::ThresholdMissed))]);

/// The share of events that were dropped.
#[derive(Debug, Clone)]
pub struct Loss {
    lost: u128,
    all: u128,
}

/// The loss that the outcomes tell of.
pub fn of(read: &Read<Object<Outcomes>>) -> Result<Loss, Reason> {
    let outcomes = &read.as_ref().map_err(|reason| *reason)?.read;
    let mut loss = Loss { lost: 0, all: 0 };
    for group in &outcomes.groups {
        let sum = u128::from(group.totals.sum);
        let outcome = group.by.outcome.as_str();
        if LOST.contains(&outcome) {
            loss.lost += sum;
        } else if sum > 0 && !OTHERS.contains(&outcome) {
            return Err(Reason::UnrecognizedState);
        }
        loss.all += sum;
    }
    match loss.all {
        0 => Err(Reason::NoData),
        _ => Ok(loss),
    }
}

/// The fact: some loss is a reservation, much of it a failure.
pub fn fact(loss: Result<Loss, Reason>, wanted: &Wanted) -> Fact {
    let loss = match loss {
        Ok(loss) => loss,
        Err(reason) => return unknown(EVENT_INGEST_LOSS, wanted, reason),
    };
    let threshold = threshold(&EVENT_INGEST_LOSS, wanted);
    let limits = Limits {
        threshold: threshold.clone(),
        warn_threshold: None,
    };
    let percent = loss.percent();
    let fact = Fact::measured(EVENT_INGEST_LOSS, percent.clone().into(), &limits);
    match (fact.status(), loss.is_heavy()) {
        (Status::Failed, false) => Fact::state(EVENT_INGEST_LOSS, "some", &SOME)
            .showing(percent.display(|_| true).as_str())
            .wanting(threshold),
        (Status::Passed, true) => Fact::state(EVENT_INGEST_LOSS, "many", &MANY)
            .showing(percent)
            .wanting(threshold),
        (_, _) => fact,
    }
}

// === impl Loss ===

impl Loss {
    /// Whether so many events are missing that their absence means nothing.
    pub fn is_heavy(&self) -> bool {
        self.lost * 100 > self.all * u128::from(HEAVY)
    }

    fn percent(&self) -> Quantity {
        let share = BigDecimal::from(self.lost * 100) / BigDecimal::from(self.all);
        Quantity::new(share, Unit::Percent)
    }
}
