//! What a monitor means.

use passport_connector_sdk::query::AskedState;
use passport_evidence::{Fact, Reason};

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
            state(monitor, group, seen.tags).map(|state| (state, is_quiet(monitor), *seen_at))
        }
        Ok(_) => Err(Reason::UnexpectedShape),
        Err(reason) => Err(reason),
    };
    match state {
        Ok((state, true, seen_at)) => asked.judge(state, &states::MUTED, seen_at),
        Ok((state, false, seen_at)) => asked.judge(state, &states::STATES, seen_at),
        Err(reason) => asked.unknown(reason),
    }
}

/// Whether nobody would hear of it, or it would not tell of silence.
fn is_quiet(monitor: &Monitor) -> bool {
    monitor.is_muted() || monitor.hides_silence()
}

/// The word that counts, or why there is none.
fn state<'a>(monitor: &'a Monitor, group: Option<&Group>, tags: &Tags) -> Result<&'a str, Reason> {
    if monitor.is_deleted() {
        return Err(Reason::Suppressed);
    }
    match monitor.draft_status.as_deref() {
        None | Some(PUBLISHED) => {}
        Some(DRAFT) => return Err(Reason::Suppressed),
        Some(_) => return Err(Reason::UnrecognizedState),
    }
    match group {
        Some(group) => of_group(monitor, group),
        None => of_whole(monitor, tags),
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
