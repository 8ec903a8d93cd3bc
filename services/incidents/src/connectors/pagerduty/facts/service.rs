//! How each service is, and whether it is in maintenance. Pure.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{MAINTENANCE, NONE, SERVICE};
use crate::connectors::pagerduty::{
    model::{Service, Window, WindowsReply},
    settings::Wanted,
};

/// States of a service ("Get a service").
const STATES: StateTable = StateTable::new(&[
    ("active", Meaning::Passed),
    ("warning", Meaning::Warning(Reason::Degraded)),
    ("critical", Meaning::Warning(Reason::Degraded)),
    ("maintenance", Meaning::Warning(Reason::Suppressed)),
    ("disabled", Meaning::Unknown(Reason::Suppressed)),
]);

const WINDOWS: StateTable = StateTable::new(&[
    (NONE, Meaning::Passed),
    ("ongoing", Meaning::Warning(Reason::Suppressed)),
]);
/// Longest word that is shown.
const MAX_WORD: usize = 40;

/// The service's own state.
pub fn fact(service: &Service) -> Fact {
    let status = service.status.as_str();
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || it == b'_';
    let is_word = status.len() <= MAX_WORD && status.bytes().all(is_plain);
    let fact = Fact::state(SERVICE, status, &STATES);
    let fact = match is_word {
        true => fact,
        false => fact.without_value(),
    };
    fact.about(&service.id)
}

/// Whether a window silences the service now; `None`: that is not judged.
pub fn window(
    service: &str,
    read: Option<&Result<Object<WindowsReply>, Reason>>,
    now: DateTime<Utc>,
) -> Fact {
    let fact = match read {
        None => Fact::not_applicable(MAINTENANCE, Reason::NotConfigured),
        Some(Err(reason)) => Fact::unknown(MAINTENANCE, *reason),
        Some(Ok(reply)) => of_reply(service, reply, now),
    };
    fact.about(service)
}

fn of_reply(service: &str, reply: &WindowsReply, now: DateTime<Utc>) -> Fact {
    let windows = &reply.maintenance_windows;
    let of_service = |it: &Window| it.services.iter().any(|it| it.id == service);
    if windows.iter().any(|it| it.is_at(now) && of_service(it)) {
        return Fact::state(MAINTENANCE, "ongoing", &WINDOWS);
    }
    let fact = Fact::state(MAINTENANCE, NONE, &WINDOWS);
    let fact = match reply.more {
        Some(false) => fact,
        Some(true) | None => fact.doubt(Reason::Incomplete),
    };
    match windows.iter().all(|it| it.is_at(now)) {
        true => fact,
        false => fact.doubt(Reason::FilterNotApplied),
    }
}

/// Nothing is known of windows of the service.
pub fn unread_window(service: &str, wanted: &Wanted, reason: Reason) -> Fact {
    match wanted.maintenance {
        true => Fact::unknown(MAINTENANCE, reason).about(service),
        false => Fact::not_applicable(MAINTENANCE, Reason::NotConfigured).about(service),
    }
}

impl Window {
    /// Whether it is at this moment.
    pub fn is_at(&self, now: DateTime<Utc>) -> bool {
        self.start_time <= now && now < self.end_time
    }
}
