//! Which alerts are open, and which of them are silent for a while. Pure.

use passport_evidence::{
    Actors, Fact, Limits, Meaning, Quantity, Reason, Role, StateTable, Status, Threshold,
};

use super::{ALERTS, SNOOZED, maintenance, threshold};
use crate::connectors::opsgenie::{model::Alert, priority::Priority, pull::Found, wanted::Wanted};

const OPEN: &str = "open";
const CLOSED: &str = "closed";

/// Too many, of which none blocks.
const SOME: StateTable = StateTable::new(&[("some", Meaning::Warning(Reason::ThresholdMissed))]);

/// Open alerts of the scope, and how sure they are. Acknowledged and silent ones are open.
pub struct Alerts<'a> {
    open: Vec<&'a Alert>,
    doubts: Vec<Reason>,
    /// Why that there is none would prove nothing.
    silence: Option<Reason>,
}

/// How many of a priority are wanted.
pub fn limit(priority: Priority, wanted: &Wanted) -> Option<Threshold> {
    let most = match priority.is_low() && !wanted.blocking.contains(&priority) {
        true => wanted.low_cap,
        false => 0,
    };
    format!("<= {most}").parse().ok()
}

impl<'a> Alerts<'a> {
    /// Of what was read.
    pub fn of(found: &'a Found, wanted: &Wanted) -> Self {
        let all = &found.alerts.rows;
        let open = all.iter().filter(|it| it.status == OPEN);
        let open: Vec<&Alert> = open.map(|it| &it.0).collect();
        let is_known = |it: &str| matches!(it, OPEN | CLOSED);
        let count = open.len() as u64;
        let doubts = [
            (
                all.iter().any(|it| !is_known(&it.status)),
                Reason::UnrecognizedState,
            ),
            (
                all.iter().any(|it| !wanted.has(it)),
                Reason::FilterNotApplied,
            ),
            (!found.alerts.is_whole, Reason::Incomplete),
            (
                found.count.is_some_and(|it| it != count),
                Reason::Incomplete,
            ),
        ];
        let doubts = doubts.into_iter().filter(|(is_so, _)| *is_so);
        Self {
            open,
            doubts: doubts.map(|(_, reason)| reason).collect(),
            silence: match maintenance::is_ongoing(&found.maintenances) {
                true => Some(Reason::Suppressed),
                false => found.scope.err(),
            },
        }
    }

    /// A fact for each priority, and one for alerts of none of them: each of those may be the worst.
    pub fn counts(&self, wanted: &Wanted) -> Vec<Fact> {
        let of = |it: &Alert| it.priority.as_deref().and_then(Priority::of);
        let other = self.open.iter().filter(|it| of(it).is_none()).count();
        let counted = Priority::ALL.map(|priority| {
            let all = self.open.iter().copied();
            let those: Vec<_> = all.filter(|it| of(it) == Some(priority)).collect();
            let count = those.len();
            let blocks = wanted.blocking.contains(&priority);
            let fact = judge(ALERTS, count, limit(priority, wanted), blocks);
            let fact = self.doubted(fact, count).about(priority.name());
            let fact = fact.involving(responders(those.into_iter(), wanted));
            match other {
                0 => fact,
                _ => fact.doubt(Reason::UnrecognizedState),
            }
        });
        let other = (other > 0).then(|| {
            let those = self.open.iter().filter(|it| of(it).is_none());
            Fact::unknown(ALERTS, Reason::UnrecognizedState)
                .showing(Quantity::count(other as u64))
                .about("other")
                .involving(responders(those.copied(), wanted))
        });
        counted.into_iter().chain(other).collect()
    }

    /// The fact of those that are silent for a while: one that would block comes back.
    pub fn snoozed(&self, wanted: &Wanted) -> Fact {
        let snoozed = self.open.iter().filter(|it| it.snoozed == Some(true));
        let snoozed: Vec<_> = snoozed.collect();
        let blocks = snoozed.iter().any(|it| {
            let priority = it.priority.as_deref().and_then(Priority::of);
            // One whose priority is not known may be the worst.
            priority.is_none_or(|it| wanted.blocking.contains(&it))
        });
        let fact = judge(SNOOZED, snoozed.len(), threshold(&SNOOZED, wanted), blocks);
        let fact = self.doubted(fact, snoozed.len());
        match self.open.iter().any(|it| it.snoozed.is_none()) {
            true => fact.doubt(Reason::UnexpectedShape),
            false => fact,
        }
    }

    fn doubted(&self, fact: Fact, count: usize) -> Fact {
        let doubts = self.doubts.iter();
        let fact = doubts.fold(fact, |fact, reason| fact.doubt(*reason));
        match self.silence {
            Some(reason) if count == 0 => fact.doubt(reason),
            Some(_) | None => fact,
        }
    }
}

/// The persons who are to do something about these, as far as they are of the scope.
fn responders<'a>(alerts: impl Iterator<Item = &'a Alert>, wanted: &Wanted) -> Actors {
    let ours = alerts.filter(|it| wanted.has(it));
    let persons = ours.flat_map(Alert::persons);
    wanted.actors.told(persons.map(|it| (Role::Responder, it)))
}

fn judge(
    name: passport_evidence::FactName,
    count: usize,
    wanted: Option<Threshold>,
    blocks: bool,
) -> Fact {
    let limits = Limits {
        threshold: wanted.clone(),
        warn_threshold: None,
    };
    let fact = Fact::measured(name.clone(), Quantity::count(count as u64).into(), &limits);
    match (fact.status(), blocks) {
        (Status::Failed, false) => Fact::state(name, "some", &SOME)
            .showing(count.to_string().as_str())
            .wanting(wanted),
        (_, _) => fact,
    }
}
