//! From what was kept to facts.

use bigdecimal::BigDecimal;
use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::{
    query::{Reading, Sample, Volume},
    settings::Reduce,
};
use passport_evidence::{Fact, MaxAge, Reason, Status, freshness::SKEW, quantity};

use super::{
    growth::{self, Growths},
    metric::{Metric, Store},
    quantile::quantile,
    query::{Query, Question},
    record::Kind,
    series::{Window, instant},
    unit,
};

/// When facts are made, and for how long they hold.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// Now.
    pub now: DateTime<Utc>,
    /// Max age of the source.
    pub max_age: MaxAge,
    /// Until when too few points mean `pending`; `None`: nothing was ever delivered.
    pub warm_until: Option<DateTime<Utc>>,
}

/// Numbers of a query.
#[derive(Debug, Default)]
pub struct Measured {
    /// Number of each series.
    pub samples: Vec<Sample>,
    /// Time of the newest point behind them.
    pub time: Option<u64>,
    /// How much there was to measure, where the query asks.
    pub volume: Option<BigDecimal>,
    /// Why a series is missing. Such an answer can show a breach by another one, and no more.
    pub lacking: Option<Reason>,
}

/// The fact of a query.
pub fn fact(query: &Query, store: &Store, moment: &Moment) -> Fact {
    let measured = match measure(query, store, moment) {
        Ok(measured) => measured,
        Err(reason) => return query.asked.unknown(reason),
    };
    let lacking = measured.lacking;
    let decides = !measured.samples.is_empty() && query.asked.reduce != Reduce::Sum;
    let fact = query
        .asked
        .judge(&reading(query, measured), moment.max_age, moment.now);
    match (lacking, fact.status()) {
        (None, _) => fact,
        (Some(_), Status::Failed | Status::Unknown) if decides => fact,
        (Some(Reason::InsufficientSample), _) => too_few_points(query, moment),
        (Some(reason), _) => query.asked.unknown(reason),
    }
}

fn reading(query: &Query, measured: Measured) -> Reading {
    let volume = match (&query.min_volume, measured.volume) {
        (None, _) => Volume::NotAsked,
        (Some(_), None) => Volume::Nothing,
        (Some(least), Some(volume)) if volume < *least => Volume::TooLittle,
        (Some(_), Some(_)) => Volume::Enough,
    };
    Reading {
        samples: measured.samples,
        time: measured.time.and_then(instant),
        volume,
        absent_is_zero: false,
        partial: None,
    }
}

/// Soon after the first delivery more points are to come.
fn too_few_points(query: &Query, moment: &Moment) -> Fact {
    let reason = Reason::InsufficientSample;
    match moment.warm_until.is_none_or(|until| moment.now > until) {
        true => query.asked.unknown(reason),
        false => query.asked.pending(reason),
    }
}

fn measure(query: &Query, store: &Store, moment: &Moment) -> Result<Measured, Reason> {
    let window = window(query, moment);
    match &query.question {
        Question::Gauge(metric) => gauge(query, store.metric(metric)?, window, moment),
        Question::Ratio {
            numerator,
            denominator,
        } => {
            let whole = Growths::of(store.metric(denominator)?, Kind::is_counter, window)?;
            let whole = whole.there(moment)?;
            let part = growth::part(query, store.metric(numerator), window, moment)?;
            growth::ratio(query, part, &whole)
        }
        Question::Increase(metric) => {
            let growths = Growths::of(store.metric(metric)?, Kind::is_counter, window)?;
            let factor = unit::factor(growths.unit, query.unit)?;
            growths.there(moment)?.measured(query, |_, amounts| {
                Ok(Some(Sample::Number(amounts.total() * &factor)))
            })
        }
        Question::Quantile {
            histogram,
            quantile: wanted,
        } => {
            let growths = Growths::of(store.metric(histogram)?, Kind::is_histogram, window)?;
            let factor = unit::factor(growths.unit, query.unit)?;
            growths.there(moment)?.measured(query, |_, amounts| {
                Ok(quantile(amounts, wanted)?.map(|sample| scaled(sample, &factor)))
            })
        }
        Question::Summary { summary, quantile } => {
            let metric = store.metric(summary)?;
            let growths = Growths::of(metric, Kind::is_summary, window)?;
            let factor = unit::factor(growths.unit, query.unit)?;
            growths.there(moment)?.measured(query, |id, measured| {
                let series = metric.series.get(id).filter(|_| measured.total() > 0);
                let told = series
                    .map(|it| it.quantile(*quantile, window.end))
                    .transpose()?;
                let exact = told.map(quantity::from_f64).transpose();
                let exact = exact.map_err(|_| Reason::NotANumber)?;
                Ok(exact.map(|number| Sample::Number(number * &factor)))
            })
        }
    }
}

fn scaled(sample: Sample, factor: &BigDecimal) -> Sample {
    match sample {
        Sample::Number(number) => Sample::Number(number * factor),
        Sample::AtLeast(number) => Sample::AtLeast(number * factor),
        Sample::NotANumber | Sample::Missing => sample,
    }
}

/// Senders' clocks may run ahead by the allowed skew: what is taken as now ends no later than now.
fn window(query: &Query, moment: &Moment) -> Window {
    let end = moment.now - query.settle;
    let ahead = match query.settle.is_zero() {
        true => SKEW,
        false => TimeDelta::zero(),
    };
    Window {
        start: nanoseconds(end - query.window),
        end: nanoseconds(end + ahead),
        settled: moment.warm_until.map_or(0, nanoseconds),
    }
}

/// A series that went silent says nothing beside one that did not: an instance that is gone does
/// not report. How many there must be, `expect_series` says.
fn gauge(
    query: &Query,
    metric: &Metric,
    window: Window,
    moment: &Moment,
) -> Result<Measured, Reason> {
    let (kind, unit) = metric.form()?;
    if kind != Kind::Gauge {
        return Err(Reason::UnexpectedShape);
    }
    let factor = unit::factor(unit, query.unit)?;
    let each = metric.series.values();
    let newest = each.filter_map(|series| series.newest(window.end).transpose());
    let newest: Vec<_> = newest.collect::<Result<_, _>>()?;
    let reports = |time: u64| !moment.is_old(time);
    let any_reports = newest.iter().any(|(_, time)| reports(*time));
    let used = newest
        .into_iter()
        .filter(|(_, time)| !any_reports || reports(*time));
    let (samples, times): (Vec<_>, Vec<_>) = used
        .map(|(amounts, time)| (Sample::Number(amounts.total() * &factor), time))
        .unzip();
    let oldest = moment.oldest();
    let mut each = metric.series.values();
    let cut = metric.is_cut_after(oldest) || each.any(|series| series.ends_unusable(oldest));
    // Where nothing was usable, there is nothing of which it could be a part.
    let cut = cut && !(samples.is_empty() && metric.newest().is_none());
    if cut && query.asked.reduce == Reduce::Single {
        return Err(Reason::Incomplete);
    }
    Ok(Measured {
        samples,
        time: times.into_iter().max(),
        lacking: cut.then_some(Reason::Incomplete),
        ..Measured::default()
    })
}

fn nanoseconds(at: DateTime<Utc>) -> u64 {
    let nanoseconds = at.timestamp_nanos_opt().unwrap_or_default();
    u64::try_from(nanoseconds).unwrap_or_default()
}

// === impl Moment ===

impl Moment {
    /// What is not older than the source's max age lies after this, in nanoseconds.
    fn oldest(&self) -> u64 {
        nanoseconds(self.now - self.max_age.as_delta()).saturating_sub(1)
    }

    /// Whether a time in nanoseconds is older than the source's max age.
    pub fn is_old(&self, time: u64) -> bool {
        instant(time).is_none_or(|at| self.now - at > self.max_age.as_delta())
    }
}
