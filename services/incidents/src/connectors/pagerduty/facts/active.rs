//! Incidents that are active, and how sure that is. Pure.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason};

use crate::connectors::pagerduty::{
    client::Incidents, model::Incident, pull::Found, settings::Wanted,
};

const ACTIVE: [&str; 2] = ["acknowledged", "triggered"];
const RESOLVED: &str = "resolved";

/// States of services of which nothing is told.
const SILENT: [&str; 2] = ["disabled", "maintenance"];
/// States of services that have something open.
const RESTLESS: [&str; 2] = ["warning", "critical"];
/// State of services that have not.
const CALM: &str = "active";

/// Incidents of the services that are triggered or acknowledged, each once.
pub struct Active<'a> {
    /// The incidents.
    pub rows: Vec<&'a Incident>,
    /// Why what they show may not be all.
    doubts: Vec<Reason>,
    /// Why there may be others that nobody was told of.
    silence: Option<Reason>,
}

impl<'a> Active<'a> {
    /// Of what was read.
    pub fn of(
        incidents: &'a Incidents,
        found: &Found,
        wanted: &Wanted,
        now: DateTime<Utc>,
    ) -> Self {
        let all = &incidents.rows;
        let own = all
            .iter()
            .filter(|it| wanted.services.contains(&it.service.id));
        let own: Vec<&Incident> = own.map(|it| &it.0).collect();
        let (mut seen, mut rows) = (BTreeSet::new(), Vec::new());
        for it in &own {
            if ACTIVE.contains(&it.status.as_str()) && seen.insert(it.id.as_str()) {
                rows.push(*it);
            }
        }
        let count = |fits: &dyn Fn(&Incident) -> bool| own.iter().filter(|it| fits(it)).count();
        let resolved = count(&|it| it.status == RESOLVED);
        let unknown = own.len() - count(&|it| ACTIVE.contains(&it.status.as_str())) - resolved;
        let is_doubled = rows.len() + resolved + unknown < own.len();
        let doubts = [
            (unknown > 0, Reason::UnrecognizedState),
            (
                resolved > 0 || own.len() < all.len(),
                Reason::FilterNotApplied,
            ),
            (is_doubled || !incidents.is_whole, Reason::Incomplete),
        ];
        let doubts = doubts.into_iter().filter(|(is_so, _)| *is_so);
        // What is silent may hide others beside those that are shown, also of another service.
        let unrest = || unrest(found).filter(|_| rows.is_empty());
        let paused = || paused(found).filter(|_| rows.is_empty());
        let silence = silence(found, now).or_else(unrest).or_else(paused);
        Self {
            rows,
            doubts: doubts.map(|(_, reason)| reason).collect(),
            silence,
        }
    }

    /// A fact of them, as sure as they are.
    pub fn doubted(&self, fact: Fact) -> Fact {
        let doubts = self.doubts.iter().chain(&self.silence);
        doubts.fold(fact, |fact, reason| fact.doubt(*reason))
    }

    /// Whether there surely is none.
    pub fn is_surely_none(&self) -> bool {
        self.rows.is_empty() && self.doubts.is_empty()
    }
}

/// Why nothing would be open even if something was wrong.
fn silence(found: &Found, now: DateTime<Utc>) -> Option<Reason> {
    let windows = found.windows.as_ref().and_then(|it| it.as_ref().ok());
    let mut windows = windows.into_iter().flat_map(|it| &it.maintenance_windows);
    let is_ongoing = windows.any(|it| it.is_at(now));
    if is_ongoing || says(found, &SILENT) {
        return Some(Reason::Suppressed);
    }
    let is_known = |it: &str| it == CALM || RESTLESS.contains(&it);
    let are_known = found.services.iter().all(|it| is_known(&it.status));
    (!are_known).then_some(Reason::UnrecognizedState)
}

/// Services that say that something is open.
fn unrest(found: &Found) -> Option<Reason> {
    says(found, &RESTLESS).then_some(Reason::Contradictory)
}

/// Services whose incidents wait: something may be wrong of which there is none yet.
fn paused(found: &Found) -> Option<Reason> {
    let mut services = found.services.iter();
    let is_on = services.any(|it| {
        let pause = it.auto_pause_notifications_parameters.as_ref();
        pause.is_some_and(|it| it.enabled == Some(true))
    });
    is_on.then_some(Reason::Suppressed)
}

fn says(found: &Found, words: &[&str]) -> bool {
    let mut services = found.services.iter();
    services.any(|it| words.contains(&it.status.as_str()))
}
