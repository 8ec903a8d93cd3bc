//! From what was read to facts. Pure.

mod active;
mod actors;
mod age;
mod count;
mod priority;
mod service;
mod urgency;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Reason, Threshold};

use super::{pull::Found, settings::Wanted};
use active::Active;

const ACTIVE: FactName = FactName::fixed("active_incident_count");
const URGENCY: FactName = FactName::fixed("highest_active_urgency");
const PRIORITY: FactName = FactName::fixed("highest_active_priority");
const SNOOZED: FactName = FactName::fixed("snoozed_incident_count");
const SERVICE: FactName = FactName::fixed("service_status");
const MAINTENANCE: FactName = FactName::fixed("maintenance_window");
const OLDEST: FactName = FactName::fixed("oldest_active_incident_age");

/// What is said where there is no incident.
const NONE: &str = "none";

/// The facts where the services did not say what was asked.
pub fn nothing(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let mut facts = of_incidents_unread(wanted, reason);
    for id in &wanted.services {
        facts.push(Fact::unknown(SERVICE, reason).about(id));
        facts.push(service::unread_window(id, wanted, reason));
    }
    facts
}

/// The facts of the services.
pub fn of(found: &Found, wanted: &Wanted, now: DateTime<Utc>) -> Vec<Fact> {
    let mut facts = match &found.incidents {
        Ok(incidents) => {
            let active = Active::of(incidents, found, wanted, now);
            vec![
                count::active(&active, wanted),
                urgency::fact(&active),
                priority::fact(&active, found.priorities.as_ref(), wanted),
                count::snoozed(&active, wanted),
                age::fact(&active, wanted, now),
            ]
        }
        Err(reason) => of_incidents_unread(wanted, *reason),
    };
    for it in &found.services {
        facts.push(service::fact(it));
        facts.push(service::window(&it.id, found.windows.as_ref(), now));
    }
    let at = Some(found.at);
    facts.into_iter().map(|it| it.observed(at)).collect()
}

fn of_incidents_unread(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let unknown = |name: FactName| {
        let wanted = threshold(&name, wanted);
        Fact::unknown(name, reason).wanting(wanted)
    };
    [ACTIVE, URGENCY, PRIORITY, SNOOZED, OLDEST]
        .map(unknown)
        .into()
}

fn threshold(name: &FactName, wanted: &Wanted) -> Option<Threshold> {
    wanted.thresholds.of(name.as_str()).cloned()
}
