//! What a monitor means.

use passport_connector_sdk::query::AskedState;
use passport_evidence::{Fact, Reason, StateTable};

use super::Seen;
use crate::connectors::datadog::{
    answer::{Answer, monitor::Monitor},
    ask::Ask,
    scope::{Group, Tags},
    states,
};

/// Words of `draft_status`.
const DRAFT: &str = "draft";
const PUBLISHED: &str = "published";

/// The fact of a monitor.
pub fn fact(asked: &AskedState, ask: &Ask, group: Option<&Group>, seen: Seen<'_>) -> Fact {
    let state = match seen.answer(ask) {
        Ok(Answer::Monitor(monitor, seen_at)) => {
            state(monitor, group, seen.tags).map(|state| (state, table(monitor), *seen_at))
        }
        Ok(_) => Err(Reason::UnexpectedShape),
        Err(reason) => Err(reason),
    };
    match state {
        Ok((state, table, seen_at)) => asked.judge(state, table, seen_at),
        Err(reason) => asked.unknown(reason),
    }
}

/// What its states mean: of one of which nobody would hear, or that would not tell of silence, none is good.
pub fn table(monitor: &Monitor) -> &'static StateTable {
    match monitor.is_muted() || monitor.hides_silence() {
        true => &states::MUTED,
        false => &states::STATES,
    }
}

/// The word of a whole monitor that is labelled as the scope, by groups or not, or why there is none.
pub fn labelled<'a>(monitor: &'a Monitor, tags: &Tags) -> Result<&'a str, Reason> {
    in_force(monitor)?;
    let shown: Vec<_> = monitor.tags.iter().flatten().map(String::as_str).collect();
    tags.are_all_in(&shown)?;
    monitor.overall_state.as_deref().ok_or(Reason::NoData)
}

/// The word that counts, or why there is none.
fn state<'a>(monitor: &'a Monitor, group: Option<&Group>, tags: &Tags) -> Result<&'a str, Reason> {
    in_force(monitor)?;
    match group {
        Some(group) => of_group(monitor, group),
        None => of_whole(monitor, tags),
    }
}

/// Whether it watches anything at all.
fn in_force(monitor: &Monitor) -> Result<(), Reason> {
    match (monitor.is_deleted(), monitor.draft_status.as_deref()) {
        (true, _) | (false, Some(DRAFT)) => Err(Reason::Suppressed),
        (false, None | Some(PUBLISHED)) => Ok(()),
        (false, Some(_)) => Err(Reason::UnrecognizedState),
    }
}

fn of_group<'a>(monitor: &'a Monitor, group: &Group) -> Result<&'a str, Reason> {
    let mut own = monitor
        .groups()
        .filter(|(name, _)| Group::named(name) == *group);
    match (own.next(), own.next()) {
        (None, _) => Err(Reason::NoData),
        (Some((_, state)), None) => state.ok_or(Reason::NoData),
        (Some(_), Some(_)) => Err(Reason::Ambiguous),
    }
}

/// One that alerts by group has no state of its own, and one that is labelled as another service's is not
/// of the scope.
fn of_whole<'a>(monitor: &'a Monitor, tags: &Tags) -> Result<&'a str, Reason> {
    match monitor.multi {
        Some(false) => {}
        Some(true) => return Err(Reason::NotConfigured),
        None => return Err(Reason::UnexpectedShape),
    }
    let shown: Vec<_> = monitor.tags.iter().flatten().map(String::as_str).collect();
    if tags.are_denied_by(&shown) {
        return Err(Reason::FilterNotApplied);
    }
    monitor.overall_state.as_deref().ok_or(Reason::NoData)
}
