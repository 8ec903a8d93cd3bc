//! From what was read to facts. Pure.

mod alerts;
mod deprecation;
mod incidents;
mod maintenance;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Reason, Threshold};

use super::{priority::Priority, pull::Found, wanted::Wanted};
use alerts::Alerts;

const ALERTS: FactName = FactName::fixed("active_alert_count");
const INCIDENTS: FactName = FactName::fixed("active_incident_count");
const SNOOZED: FactName = FactName::fixed("snoozed_alert_count");
const MAINTENANCE: FactName = FactName::fixed("maintenance_window");
const DEPRECATION: FactName = FactName::fixed("connector_deprecation");

/// The facts where the alerts did not say what was asked.
pub fn nothing(wanted: &Wanted, reason: Reason, now: DateTime<Utc>) -> Vec<Fact> {
    let alerts = Priority::ALL.map(|it| {
        let fact = Fact::unknown(ALERTS, reason).about(it.name());
        fact.wanting(alerts::limit(it, wanted))
    });
    let snoozed = Fact::unknown(SNOOZED, reason).wanting(threshold(&SNOOZED, wanted));
    let incidents = match wanted.service {
        Some(_) => Fact::unknown(INCIDENTS, reason).wanting(threshold(&INCIDENTS, wanted)),
        None => Fact::not_applicable(INCIDENTS, Reason::NotConfigured),
    };
    let others = [snoozed, incidents, Fact::unknown(MAINTENANCE, reason)];
    let facts = alerts.into_iter().chain(others);
    facts.chain(deprecation::fact(wanted, now)).collect()
}

/// The facts of the scope.
pub fn of(found: &Found, wanted: &Wanted, now: DateTime<Utc>) -> Vec<Fact> {
    let alerts = Alerts::of(found, wanted);
    let mut facts = alerts.counts(wanted);
    facts.push(alerts.snoozed(wanted));
    facts.push(incidents::fact(found.incidents.as_ref(), wanted));
    facts.push(maintenance::fact(&found.maintenances));
    facts.extend(deprecation::fact(wanted, now));
    let at = Some(found.at);
    facts.into_iter().map(|it| it.observed(at)).collect()
}

fn threshold(name: &FactName, wanted: &Wanted) -> Option<Threshold> {
    wanted.thresholds.of(name.as_str()).cloned()
}
