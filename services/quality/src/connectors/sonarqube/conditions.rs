//! Conditions of a quality gate. Pure.

use std::collections::BTreeMap;

use passport_evidence::{Fact, FactName, Limits, Reason, Status};

use super::{
    model::{Condition, Gate},
    number, states,
};

const CONDITION: FactName = FactName::fixed("gate_condition");
/// Most conditions that are shown, one by one.
const MAX_SHOWN: usize = 60;

/// One fact for each metric. Where one stands in several conditions, the worst counts.
pub fn facts(gate: &Gate) -> Vec<Fact> {
    let mut by_metric: BTreeMap<&str, Vec<Fact>> = BTreeMap::new();
    let mut unreadable = None;
    for condition in gate.conditions.iter().flatten() {
        let metric = condition.metric_key.as_str();
        match number::is_metric(metric) {
            true => by_metric.entry(metric).or_default().push(fact(condition)),
            false => unreadable = Some(Fact::unknown(CONDITION, Reason::UnexpectedShape)),
        }
    }
    let is_cut = by_metric.len() > MAX_SHOWN;
    let folded = by_metric.into_iter().map(|(metric, parts)| {
        let fact = Fact::fold(CONDITION, &parts);
        fact.about(metric)
    });
    let cut = is_cut.then(|| Fact::unknown(CONDITION, Reason::Incomplete));
    folded
        .take(MAX_SHOWN)
        .chain(unreadable)
        .chain(cut)
        .collect()
}

/// Nothing is known of any condition.
pub fn unread(reason: Reason) -> Fact {
    Fact::unknown(CONDITION, reason)
}

/// Whether the conditions bear out a good verdict: each is said to be good, and none is not.
pub fn bear_out(gate: &Gate) -> bool {
    gate.conditions.iter().flatten().all(|it| {
        let fact = fact(it);
        let is_empty = it.status == "OK" && fact.reason() == Some(Reason::NoData);
        fact.status() == Status::Passed || is_empty
    })
}

/// The provider's verdict, and its value where that agrees.
fn fact(condition: &Condition) -> Fact {
    let metric = condition.metric_key.as_str();
    let word = condition.status.as_str();
    let said = states::condition(CONDITION, word);
    let comparator = condition.comparator.as_deref().unwrap_or_default();
    let limit = condition.error_threshold.as_deref();
    let wanted = limit.and_then(|it| number::wanted(metric, comparator, it));
    let unknown = |reason| Fact::unknown(CONDITION, reason).wanting(wanted.clone());
    let Some(actual) = condition.actual_value.as_deref() else {
        return match (said.status() == Status::Failed, said.reason()) {
            (true, _) => said.without_value().wanting(wanted),
            (false, Some(Reason::UnrecognizedState)) => said.wanting(wanted),
            (false, _) => unknown(Reason::NoData),
        };
    };
    let shown = number::shown(metric, actual);
    if said.status() != Status::Passed {
        let fact = match shown {
            Some(shown) => said.showing(shown),
            None => said.without_value(),
        };
        return fact.wanting(wanted);
    }
    match (number::value(metric, actual), wanted.clone()) {
        (None, _) => unknown(Reason::NotANumber),
        // Without a limit there is nothing that the value was good enough for.
        (Some(_), None) => unknown(match limit {
            None => Reason::NoData,
            Some(_) => Reason::UnexpectedShape,
        }),
        (Some(value), Some(wanted)) => {
            let judged = Fact::measured(CONDITION, value, &Limits::from(wanted));
            match judged.status() == Status::Passed {
                true => judged,
                false => judged.contradict(Reason::Contradictory),
            }
        }
    }
}
