//! What the documents mean. Pure.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    CollectError,
    query::{self, Reading, Sample, Volume},
};
use passport_evidence::{Fact, FailureCode, MaxAge, Meaning, Reason, StateTable, Status, Value};

use super::{
    client::Answer,
    found::{Found, Named, Number, Whole},
    query::Query,
    read::Form,
};

/// Nobody said whether anything is missing.
const UNDECLARED: StateTable =
    StateTable::new(&[("undeclared", Meaning::Warning(Reason::Incomplete))]);

/// The facts of a store that was asked.
///
/// # Errors
/// Nothing could be read, the credential is rejected, or an answer is about another scope.
pub fn asked(
    queries: &[Query],
    answers: &[Answer],
    max_age: MaxAge,
    now: DateTime<Utc>,
) -> Result<Vec<Fact>, CollectError> {
    let own = answers.iter().map(|it| it.found.as_ref().err().copied());
    let pages = answers.iter().filter_map(|it| it.page);
    let all = answers
        .iter()
        .filter_map(|it| it.found.as_ref().err().copied());
    query::failure(own, all.chain(pages))?;
    let foreign = |it: &Answer| it.found.as_ref().is_ok_and(|it| it.scope == Named::Foreign);
    if answers.iter().any(foreign) {
        return Err(CollectError::new(FailureCode::OutOfScope));
    }
    let fact = |(query, answer): (&Query, &Answer)| match &answer.found {
        Err(error) => query.asked.unknown(error.reason()),
        Ok(found) => fact(query, found, max_age, now),
    };
    Ok(queries.iter().zip(answers).map(fact).collect())
}

/// The fact that a document gives.
pub fn fact(query: &Query, found: &Found, max_age: MaxAge, now: DateTime<Utc>) -> Fact {
    match numbers(query, found) {
        Err(reason) => query.asked.unknown(reason),
        Ok(numbers) => {
            let exceeds = exceeds(query, found, &numbers);
            let reading = reading(found, numbers);
            let fact = flagged(query.asked.judge(&reading, max_age, now), reading.partial);
            let fact = match exceeds {
                true => fact.doubt(Reason::Contradictory),
                false => fact,
            };
            match found.whole {
                Whole::Undeclared => at_best_a_warning(fact),
                Whole::Said | Whole::NotSaid => fact,
            }
        }
    }
}

/// Nothing counted is something only where there were lines to count.
fn numbers(query: &Query, found: &Found) -> Result<Vec<BigDecimal>, Reason> {
    match found.scope {
        Named::Own => {}
        Named::Untold => return Err(Reason::UnexpectedShape),
        Named::Foreign => return Err(Reason::FilterNotApplied),
    }
    let numbers = found.numbers.as_ref().map_err(|lack| lack.reason())?;
    let numbers: Option<Vec<_>> = numbers.iter().map(Number::value).collect();
    let numbers = numbers.ok_or(Reason::NotANumber)?;
    let is_nothing = numbers.iter().all(|it| *it == 0);
    let is_several = numbers.len() > 1 && query.asked.reduce == Default::default();
    let has_lines = lines(found).is_some_and(|it| it >= 1);
    match is_nothing && !is_several && !has_lines {
        true => Err(Reason::NoData),
        false => Ok(numbers),
    }
}

fn lines(found: &Found) -> Option<BigDecimal> {
    found.lines.as_ref().and_then(Number::value)
}

/// More lines were counted than there were: one of the two figures is wrong.
fn exceeds(query: &Query, found: &Found, numbers: &[BigDecimal]) -> bool {
    let is_count = matches!(query.reader.form, Form::Count(_));
    let counts_lines = query.asked.name.as_str() != "request_volume";
    let lines = lines(found).filter(|_| is_count && counts_lines);
    lines.is_some_and(|lines| numbers.iter().any(|it| *it > lines))
}

fn reading(found: &Found, numbers: Vec<BigDecimal>) -> Reading {
    let partial = match (found.cut, found.whole) {
        (_, Whole::NotSaid) => Some(Reason::PartialResponse),
        (true, Whole::Said | Whole::Undeclared) => Some(Reason::Incomplete),
        (false, Whole::Said | Whole::Undeclared) => None,
    };
    let sample = |number| match partial {
        Some(_) => Sample::AtLeast(number),
        None => Sample::Number(number),
    };
    Reading {
        samples: numbers.into_iter().map(sample).collect(),
        time: found.time.told(),
        volume: Volume::NotAsked,
        absent_is_zero: false,
        partial,
    }
}

/// What does not decide for what is missing is so for that sake; a count of nothing in it says
/// nothing.
fn flagged(fact: Fact, partial: Option<Reason>) -> Fact {
    let Some(partial) = partial else { return fact };
    let fact = match fact.reason() {
        Some(Reason::LowerBound) => fact.contradict(partial),
        Some(_) | None => fact,
    };
    let quantity = fact.value().and_then(Value::quantity);
    match quantity.is_some_and(|it| *it.number() == 0) {
        true => fact.without_value().observed(None),
        false => fact,
    }
}

fn at_best_a_warning(fact: Fact) -> Fact {
    match fact.status() {
        Status::Passed => {}
        Status::Failed
        | Status::Warning
        | Status::Pending
        | Status::Unknown
        | Status::NotApplicable => return fact,
    }
    let warning = Fact::state(fact.name().clone(), "undeclared", &UNDECLARED);
    let warning = match fact.value() {
        Some(value) => warning.showing(value.clone()),
        None => warning,
    };
    let warning = warning
        .wanting(fact.threshold().cloned())
        .observed(fact.observed_at())
        .answering(fact.query().cloned());
    match fact.item() {
        Some(item) => warning.about(item),
        None => warning,
    }
}
