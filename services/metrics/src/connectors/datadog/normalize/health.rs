//! What the monitors of a service say together: the worst of them decides.

use passport_connector_sdk::query::AskedState;
use passport_evidence::{Fact, Reason};

use super::{Seen, monitor};
use crate::connectors::datadog::{
    answer::{Answer, health::Health},
    ask::Ask,
    scope::Tags,
};

/// The fact of all monitors that are labelled as the scope.
pub fn fact(asked: &AskedState, ask: &Ask, seen: Seen<'_>) -> Fact {
    match seen.answer(ask) {
        Ok(Answer::Health(health)) => of(asked, health, seen.tags),
        Ok(_) => asked.unknown(Reason::UnexpectedShape),
        Err(reason) => asked.unknown(reason),
    }
}

/// Nobody watches a service without monitors: that is no health.
fn of(asked: &AskedState, health: &Health, tags: &Tags) -> Fact {
    if health.ids.is_empty() && health.total == 0 {
        return asked.unknown(Reason::NotConfigured);
    }
    let mut parts: Vec<_> = parts(asked, health, tags).collect();
    if !health.is_whole() {
        parts.push(asked.unknown(Reason::Incomplete));
    }
    // What is not known has no time of its own, and must not take that of a failure away.
    let timed = |it: Fact| match it.observed_at() {
        Some(_) => it,
        None => it.observed(Some(health.seen_at)),
    };
    let parts: Vec<_> = parts.into_iter().map(timed).collect();
    let fact = Fact::fold(asked.name.clone(), &parts);
    match &asked.item {
        Some(item) => fact.about(item),
        None => fact,
    }
}

fn parts<'a>(
    asked: &'a AskedState,
    health: &'a Health,
    tags: &'a Tags,
) -> impl Iterator<Item = Fact> + 'a {
    health.monitors.iter().map(move |read| match read {
        Ok((one, seen_at)) => match monitor::labelled(one, tags) {
            Ok(state) => asked.judge(state, monitor::table(one), *seen_at),
            Err(reason) => asked.unknown(reason),
        },
        Err(error) => asked.unknown(error.reason()),
    })
}
