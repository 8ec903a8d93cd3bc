//! What the answers mean. Pure.

use bigdecimal::{BigDecimal, ToPrimitive};
use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::{
    CollectError, ReadError,
    query::{self, Reading, Sample, Volume},
};
use passport_evidence::{Fact, MaxAge, Quantity, Reason, freshness::SKEW};

use super::{
    answer::{Answer, Data, Number, Series},
    baseline::Baseline,
    client::{Answers, Ask},
    query::Query,
    template::Labels,
};

/// The failure of the whole source.
pub fn failure(queries: &[Query], answers: &Answers) -> Result<(), CollectError> {
    let own = |query: &Query| answers.get(&query.main)?.as_ref().err().copied();
    let all = answers.values().filter_map(|it| it.as_ref().err().copied());
    query::failure(queries.iter().map(own), all)
}

/// What was answered, and what it is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// All answers.
    pub answers: &'a Answers,
    /// The labels that narrow the source.
    pub labels: &'a Labels,
    /// How long an answer holds.
    pub max_age: MaxAge,
    /// When it was asked.
    pub now: DateTime<Utc>,
    /// What is released, where it is said.
    pub release: Option<&'a str>,
}

/// The fact that a query gives.
pub fn fact(query: &Query, seen: Seen<'_>) -> Fact {
    let reading = match reading(query, 0, seen) {
        Ok(reading) => reading,
        Err(reason) => return query.asked.unknown(reason),
    };
    let Some(baseline) = &query.baseline else {
        return query.asked.judge(&reading, seen.max_age, seen.now);
    };
    let (max_age, now) = (seen.max_age, seen.now);
    let tolerance = &baseline.tolerance;
    let before = before(query, baseline, seen);
    query
        .asked
        .judge_beside(before, tolerance, &reading, max_age, now)
}

/// The number as of some seconds ago, as whole and as fresh as it is wanted to be now, of the release before
/// where it is asked which one ran.
fn before(query: &Query, baseline: &Baseline, seen: Seen<'_>) -> Result<BigDecimal, Reason> {
    let ago = baseline.ago;
    if let Some(releases) = &baseline.releases {
        releases.differ(ago, seen)?;
    }
    let now = seen.now - TimeDelta::seconds(ago.into());
    let then = Seen { now, ..seen };
    let reading = reading(query, ago, then)?;
    query.asked.number(&reading, seen.max_age, now)
}

fn reading(query: &Query, ago: u32, seen: Seen<'_>) -> Result<Reading, Reason> {
    let Seen {
        answers,
        labels,
        now,
        ..
    } = seen;
    let main = answer(answers, &query.main.before(ago))?;
    let samples = match &main.data {
        Data::Scalar(number) if query.allow_scalar => vec![sample(number, query)],
        Data::Scalar(_) => return Err(Reason::UnexpectedShape),
        Data::Series(series) => {
            of_scope(series, labels)?;
            series
                .iter()
                .map(|series| sample(&series.number, query))
                .collect()
        }
    };
    let cut = samples.len() > usize::from(query.main.limit);
    let partial = match (main.partial, cut) {
        (true, _) => Some(Reason::PartialResponse),
        (false, true) => Some(Reason::Incomplete),
        (false, false) => None,
    };
    Ok(Reading {
        volume: volume(query, ago, answers, labels)?,
        time: earliest(
            &probes(answers, ago, &query.probes)?,
            newest_point(&main.data),
            now,
        ),
        samples,
        absent_is_zero: query.absent_is_zero,
        partial,
    })
}

/// What was answered to a read.
///
/// # Errors
/// It could not be read.
pub fn answer<'a>(answers: &'a Answers, ask: &Ask) -> Result<&'a Answer, Reason> {
    match answers.get(ask) {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => Err(error.reason()),
        None => Err(ReadError::Unreachable.reason()),
    }
}

/// A label that narrows the source has the same value wherever a series shows it.
///
/// # Errors
/// It has not.
pub fn of_scope(series: &[Series], labels: &Labels) -> Result<(), Reason> {
    let foreign = |series: &Series| {
        series
            .labels
            .iter()
            .any(|(name, value)| labels.get(name).is_some_and(|own| own != value))
    };
    if series.iter().any(foreign) {
        Err(Reason::FilterNotApplied)
    } else {
        Ok(())
    }
}

/// A quantile in the highest bucket is only known to be at least its lower end.
fn sample(number: &Number, query: &Query) -> Sample {
    let Some(number) = number else {
        return Sample::NotANumber;
    };
    let found = Quantity::new(number.clone(), query.asked.unit);
    if query
        .bucket_ceiling
        .as_ref()
        .is_some_and(|ceiling| found >= *ceiling)
    {
        Sample::AtLeast(number.clone())
    } else {
        Sample::Number(number.clone())
    }
}

fn volume(query: &Query, ago: u32, answers: &Answers, labels: &Labels) -> Result<Volume, Reason> {
    let Some((ask, min)) = &query.volume else {
        return Ok(Volume::NotAsked);
    };
    match single(answer(answers, &ask.before(ago))?, labels)? {
        None => Ok(Volume::Nothing),
        Some(amount) if amount >= *min => Ok(Volume::Enough),
        Some(_) => Ok(Volume::TooLittle),
    }
}

/// The one finite number of a companion.
fn single(answer: &Answer, labels: &Labels) -> Result<Option<BigDecimal>, Reason> {
    match &answer.data {
        Data::Scalar(number) => Ok(number.clone()),
        Data::Series(series) => {
            of_scope(series, labels)?;
            match series.as_slice() {
                [] => Ok(None),
                [only] => Ok(only.number.clone()),
                [..] => Err(Reason::Ambiguous),
            }
        }
    }
}

/// The times that the probes give; `None`: a metric has no sample.
fn probes(answers: &Answers, ago: u32, asks: &[Ask]) -> Result<Vec<Option<DateTime<Utc>>>, Reason> {
    asks.iter()
        .map(|ask| probe(answers, &ask.before(ago)))
        .collect()
}

/// The time of the newest sample is the probe's value; its stamp is the query's own time.
fn probe(answers: &Answers, ask: &Ask) -> Result<Option<DateTime<Utc>>, Reason> {
    let answer = answer(answers, ask)?;
    let Data::Series(series) = &answer.data else {
        return Err(Reason::UnexpectedShape);
    };
    match series.as_slice() {
        [] => Ok(None),
        [only] => Ok(only
            .number
            .as_ref()
            .and_then(|number| time(number.to_f64()?))),
        [..] => Err(Reason::Ambiguous),
    }
}

/// The point of a range that decides may lie before its end: the series stopped.
fn newest_point(data: &Data) -> Option<DateTime<Utc>> {
    match data {
        Data::Scalar(_) => None,
        Data::Series(series) => series.iter().filter_map(|series| time(series.stamp)).min(),
    }
}

/// The oldest of them: one metric that went silent is not made up for by another. A probe that lies
/// ahead of the clock stays as it is, to be refused; where one has no time, there is none.
fn earliest(
    probes: &[Option<DateTime<Utc>>],
    point: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let probes: Option<Vec<_>> = probes.iter().copied().collect();
    let probes = probes?;
    let ahead = probes.iter().find(|probe| **probe > now + SKEW);
    let oldest = || {
        probes
            .iter()
            .min()
            .map(|oldest| point.map_or(*oldest, |point| point.min(*oldest)))
    };
    ahead.copied().or_else(oldest)
}

/// Unix seconds with decimals, to the millisecond that the server has.
fn time(seconds: f64) -> Option<DateTime<Utc>> {
    let millis = (seconds * 1_000.0).round();
    if millis.abs() < 1e15 {
        DateTime::from_timestamp_millis(millis as i64)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
