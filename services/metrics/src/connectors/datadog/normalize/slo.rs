//! What the history of an objective means.

use passport_connector_sdk::query::{Asked, Reading, Sample, Volume};
use passport_evidence::{Fact, Reason};

use super::Seen;
use crate::connectors::datadog::{
    answer::{Answer, slo::History},
    ask::Ask,
    query::Figure,
};

/// The fact of a figure of an objective.
pub fn fact(asked: &Asked, ask: &Ask, figure: &Figure, seen: Seen<'_>) -> Fact {
    match seen.answer(ask) {
        Ok(Answer::Slo(history)) => {
            let reading = reading(history, figure, seen);
            asked.judge(&reading, seen.max_age, seen.now)
        }
        Ok(_) => asked.unknown(Reason::UnexpectedShape),
        Err(reason) => asked.unknown(reason),
    }
}

fn reading(history: &History, figure: &Figure, seen: Seen<'_>) -> Reading {
    let number = match figure {
        Figure::Attainment => history.attainment.as_ref(),
        Figure::Budget(window) => history.budget.get(*window).and_then(Option::as_ref),
    };
    Reading {
        samples: vec![Sample::of_json(number)],
        time: history.buckets.newest(seen.now),
        volume: Volume::NotAsked,
        absent_is_zero: false,
        partial: history.partial.then_some(Reason::PartialResponse),
    }
}
