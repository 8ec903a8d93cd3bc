//! Incidents that are active, and how sure that is. Pure.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason};

use crate::connectors::pagerduty::{
    client::Incidents,
    model::{Incident, Service},
    pull::Found,
    settings::Wanted,
};

const ACTIVE: [&str; 2] = ["acknowledged", "triggered"];
const RESOLVED: &str = "resolved";

/// Incidents of the services that are triggered or acknowledged, each once.
pub struct Active<'a> {
    /// The incidents.
    pub rows: Vec<&'a Incident>,
    /// Why what they show may not be all.
    doubts: Vec<Reason>,
    /// Why that there is none would prove nothing.
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
        let silence = silence(found, now).filter(|_| rows.is_empty());
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
    let says = |words: &[&str]| {
        let mut services = found.services.iter();
        services
            .any(|it: &passport_connector_sdk::Object<Service>| words.contains(&it.status.as_str()))
    };
    let windows = found.windows.as_ref().and_then(|it| it.as_ref().ok());
    let mut windows = windows.into_iter().flat_map(|it| &it.maintenance_windows);
    let is_ongoing = windows.any(|it| it.is_at(now));
    if says(&["disabled", "maintenance"]) || is_ongoing {
        return Some(Reason::Suppressed);
    }
    if says(&["warning", "critical"]) {
        return Some(Reason::Contradictory);
    }
    let is_active = found.services.iter().all(|it| it.status == "active");
    (!is_active).then_some(Reason::UnrecognizedState)
}
