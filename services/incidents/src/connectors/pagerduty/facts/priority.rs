//! Which priority the most severe incident has. Pure.

use std::collections::BTreeSet;

use passport_connector_sdk::Object;
use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{NONE, PRIORITY, active::Active};
use crate::connectors::pagerduty::{model::PrioritiesReply, pull::NoPriorities, settings::Wanted};

const UNSET: &str = "unset";
/// Longest name that is shown.
const MAX_SHOWN: usize = 64;

/// What a priority is, whatever the account calls it.
const KINDS: StateTable = StateTable::new(&[
    (NONE, Meaning::Passed),
    ("blocking", Meaning::Failed(Reason::BadState)),
]);

/// The account's priorities, or why they are not known.
type Known<'a> = Option<&'a Result<Object<PrioritiesReply>, NoPriorities>>;

/// The fact. Of an incident without a priority nobody knows that it is harmless.
pub fn fact(active: &Active<'_>, known: Known<'_>, wanted: &Wanted) -> Fact {
    let fact = match (active.rows.is_empty(), wanted.priorities.is_empty()) {
        (true, _) => Fact::state(PRIORITY, NONE, &KINDS),
        (false, true) => return Fact::not_applicable(PRIORITY, Reason::Informational),
        (false, false) => of_active(active, known, wanted),
    };
    active.doubted(fact)
}

fn of_active(active: &Active<'_>, known: Known<'_>, wanted: &Wanted) -> Fact {
    let named = active.rows.iter().map(|it| it.priority.as_ref()?.name());
    let names: Vec<Option<&str>> = named.collect();
    let set: BTreeSet<&str> = names.iter().flatten().copied().collect();
    let order = match known {
        Some(Ok(reply)) => order(reply),
        Some(Err(_)) | None => Vec::new(),
    };
    let highest = order.iter().copied().find(|it| set.contains(it));
    if let Some(blocks) = blocking(&set, &order, wanted) {
        return Fact::state(PRIORITY, "blocking", &KINDS).showing(shown(blocks));
    }
    if names.contains(&None) {
        return Fact::unknown(PRIORITY, Reason::UnrecognizedState).showing(UNSET);
    }
    match (known, highest) {
        (Some(Err(NoPriorities::FeatureOff)), _) => {
            Fact::not_applicable(PRIORITY, Reason::Informational)
        }
        (Some(Err(NoPriorities::Unread(reason))), _) => Fact::unknown(PRIORITY, *reason),
        (Some(Ok(reply)), Some(highest)) => harmless(reply, &order, &set, highest, wanted),
        (Some(Ok(_)), None) | (None, _) => Fact::unknown(PRIORITY, Reason::UnrecognizedState),
    }
}

/// One that blocks, the most severe first.
fn blocking<'a>(set: &BTreeSet<&'a str>, order: &[&'a str], wanted: &Wanted) -> Option<&'a str> {
    let blocks = |it: &&str| set.contains(it) && wanted.priorities.contains(*it);
    let first = order.iter().copied().find(|it| blocks(it));
    first.or_else(|| set.iter().copied().find(|it| blocks(it)))
}

/// That the highest blocks nothing is only told by a list that has every name, also those that would.
fn harmless(
    reply: &PrioritiesReply,
    order: &[&str],
    set: &BTreeSet<&str>,
    highest: &str,
    wanted: &Wanted,
) -> Fact {
    let has = |it: &str| order.contains(&it);
    let is_whole = reply.more == Some(false) || reply.more.is_none();
    let are_known = set.iter().all(|it| has(it)) && wanted.priorities.iter().all(|it| has(it));
    match (is_whole, are_known) {
        (false, _) => Fact::unknown(PRIORITY, Reason::Incomplete),
        (true, false) => Fact::unknown(PRIORITY, Reason::UnrecognizedState),
        (true, true) => {
            let others = wanted.priorities.iter().map(String::as_str);
            let others: Vec<_> = others.collect();
            let threshold = format!("not in {}", others.join(", ")).parse().ok();
            let limits = passport_evidence::Limits {
                threshold,
                warn_threshold: None,
            };
            Fact::measured(PRIORITY, shown(highest).into(), &limits)
        }
    }
}

/// Names as the account orders them, the most severe first.
fn order(reply: &PrioritiesReply) -> Vec<&str> {
    reply.priorities.iter().filter_map(|it| it.name()).collect()
}

fn shown(name: &str) -> &str {
    name.char_indices()
        .nth(MAX_SHOWN)
        .and_then(|(at, _)| name.get(..at))
        .unwrap_or(name)
}
