//! What the answers mean. Pure.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    ReadError,
    query::{self, Reading, Sample, Volume},
};
use passport_evidence::{Excerpts, Fact, MaxAge, Reason, freshness::SKEW};

use super::{
    answer::{Search, Total},
    period::Range,
    query::Query,
};

/// What an answer says.
#[derive(Debug, Clone)]
pub struct Found {
    /// How many lines or kinds there are.
    pub sample: Sample,
    /// Whether the server says that something is missing.
    pub is_partial: bool,
    /// What may be shown of the newest lines: redacted, and then cut.
    pub excerpts: Excerpts,
}

/// What an own read gave: what it says, why it says nothing, or that there is no answer.
pub type Own = Result<Result<Found, Reason>, ReadError>;

/// When the newest line of the scope was written: within the window, or why that is not known.
pub type Newest = Result<DateTime<Utc>, Reason>;

/// The time of the newest line. What is missing of an answer could only make it newer.
pub fn newest(read: &Result<Search, ReadError>, plain_total: bool) -> Newest {
    let search = read.as_ref().map_err(|error| error.reason())?;
    search.is_partial()?;
    match search.total(plain_total)? {
        Total::Exact(number) | Total::AtLeast(number) if number <= 0 => Err(Reason::NoData),
        Total::Exact(_) | Total::AtLeast(_) => search.newest()?.ok_or(Reason::NoData),
    }
}

/// Whether nothing matched, of all that was to be looked at.
pub fn is_nothing(own: &Own) -> bool {
    let sample = own.as_ref().ok().and_then(|it| it.as_ref().ok());
    matches!(sample.map(|it| &it.sample), Some(Sample::Number(number)) if *number == 0)
}

/// The fact that a query gives.
pub fn fact(
    query: &Query,
    own: &Own,
    newest: Newest,
    range: Range,
    max_age: MaxAge,
    now: DateTime<Utc>,
) -> Fact {
    match told(own, newest, range, max_age, now) {
        Err(reason) => query.asked.unknown(reason),
        Ok((found, time)) => {
            let fact = query.asked.judge(&reading(found, time), max_age, now);
            let fact = match found.is_partial {
                true => query::flagged(fact),
                false => fact,
            };
            fact.quoting(found.excerpts.clone())
        }
    }
}

fn told(
    own: &Own,
    newest: Newest,
    range: Range,
    max_age: MaxAge,
    now: DateTime<Utc>,
) -> Result<(&Found, DateTime<Utc>), Reason> {
    let found = own.as_ref().map_err(|error| error.reason())?;
    let found = found.as_ref().map_err(|reason| *reason)?;
    let newest = newest?;
    // One from before the window, and yet not too old, is none that was asked for.
    let is_fresh = now - newest <= chrono::TimeDelta::seconds(max_age.as_secs().into());
    if newest < range.start && is_fresh {
        return Err(Reason::FilterNotApplied);
    }
    Ok((found, not_ahead(newest, now)))
}

fn reading(found: &Found, time: DateTime<Utc>) -> Reading {
    Reading {
        samples: vec![found.sample.clone()],
        time: Some(time),
        // The newest line has shown that there was something to count.
        volume: Volume::Enough,
        absent_is_zero: false,
        partial: found.is_partial.then_some(Reason::PartialResponse),
    }
}

/// A line that lies a little ahead of the clock is of now; one far ahead stays as it is, to be refused.
fn not_ahead(at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    if at <= now + SKEW { at.min(now) } else { at }
}
