//! What was kept, by metric and series, and how much a series grew.

use std::collections::{BTreeMap, BTreeSet};

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_connector_sdk::Record;
use passport_evidence::{Reason, quantity};
use prost::Message;

use super::{
    exponential,
    record::{Batch, Exponential, KeptMetric, KeptPoint, KeptQuantile, Kind},
};

/// All that was kept for a source.
#[derive(Debug, Default)]
pub struct Store(BTreeMap<String, Metric>);

/// All that was kept of a metric.
#[derive(Debug, Default)]
pub struct Metric {
    forms: BTreeSet<(i32, String)>,
    /// Its series by identity.
    pub series: BTreeMap<Vec<u8>, Series>,
    /// Time of the newest point of a series that was cut; 0: none was.
    cut_at: u64,
}

/// Points of a series: by time, each once. Two of one time contradict each other.
#[derive(Debug, Default, Clone)]
pub struct Series(Vec<Point>);

/// One point.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Since when it counts, in nanoseconds of Unix time; 0: not said.
    pub start: u64,
    /// When it was true, likewise.
    pub time: u64,
    /// `None`: a gap, or not usable.
    pub amounts: Option<Amounts>,
    /// Whether something was sent that could not be used.
    pub unusable: bool,
    /// What `amounts` are made of once all points of the series are known.
    pub exponential: Option<Exponential>,
    /// Quantiles that the sender computed, beside how many were measured in `amounts`.
    pub quantiles: Vec<KeptQuantile>,
}

/// A number, or how many there were in each bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Amounts {
    /// Upper bounds of the buckets but the last; none for a number.
    pub bounds: Vec<f64>,
    /// The number, or the counts.
    pub counts: Vec<BigDecimal>,
}

/// The time that is looked at: after its start, up to its end.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// In nanoseconds of Unix time.
    pub start: u64,
    /// Likewise.
    pub end: u64,
    /// Up to when a series that is new to us may have begun before we listened: its first point is
    /// then what it grew from.
    pub settled: u64,
}

/// How much a series grew in a window.
#[derive(Debug, Clone, PartialEq)]
pub enum Growth {
    /// It has no point there.
    Absent,
    /// It has points, but not those that tell how much.
    Untold,
    /// By so much, as of a time in nanoseconds.
    By(Amounts, u64),
}

// === impl Store ===

impl Store {
    /// Reads what was kept. An error means that it was not written by this connector.
    pub fn read(records: &[Record]) -> Result<Self, prost::DecodeError> {
        let mut store = Self::default();
        for record in records {
            for metric in Batch::decode(record.body.clone())?.metrics {
                store.add(metric);
            }
        }
        for metric in store.0.values_mut() {
            metric.series.values_mut().for_each(Series::settle);
        }
        Ok(store)
    }

    fn add(&mut self, kept: KeptMetric) {
        let metric = self.0.entry(kept.name).or_default();
        metric.forms.insert((kept.kind, kept.unit));
        metric.cut_at = metric.cut_at.max(kept.cut_at);
        for series in kept.series {
            let points = series.points.into_iter().map(Point::from);
            metric.series.entry(series.id).or_default().0.extend(points);
        }
    }

    /// What was kept of a metric.
    pub fn metric(&self, name: &str) -> Result<&Metric, Reason> {
        self.0.get(name).ok_or(Reason::NoData)
    }
}

// === impl Metric ===

impl Metric {
    /// Kind and unit. A metric that changed either is not to be read.
    pub fn form(&self) -> Result<(Kind, &str), Reason> {
        let mut forms = self.forms.iter();
        match (forms.next(), forms.next()) {
            (Some((kind, unit)), None) => {
                let kind = Kind::try_from(*kind).map_err(|_| Reason::UnexpectedShape)?;
                Ok((kind, unit))
            }
            (None, _) | (Some(_), Some(_)) => Err(Reason::UnexpectedShape),
        }
    }

    /// Whether series of it were sent after a time and not kept, so that what is kept is a part.
    pub const fn is_cut_after(&self, time: u64) -> bool {
        self.cut_at > time
    }

    /// Time of the newest point that has a value.
    pub fn newest(&self) -> Option<u64> {
        let values = |series: &Series| series.values().map(|(point, _)| point.time).max();
        self.series.values().filter_map(values).max()
    }
}

// === impl Series ===

impl Series {
    /// A series of points in any order.
    #[cfg(test)]
    pub fn new(points: Vec<Point>) -> Self {
        let mut series = Self(points);
        series.settle();
        series
    }

    /// The same point again is no other one.
    fn settle(&mut self) {
        exponential::level(&mut self.0);
        let mut each: Vec<Point> = Vec::with_capacity(self.0.len());
        self.0.sort_by_key(|point| (point.time, point.start));
        for point in self.0.drain(..) {
            let mut same_time = each.iter().rev().take_while(|it| it.time == point.time);
            if !same_time.any(|it| *it == point) {
                each.push(point);
            }
        }
        self.0 = each;
    }

    /// Points of one time that are not the same come from senders that nothing tells apart, or from
    /// one that contradicts itself: which of them is true can't be told.
    fn agrees(&self, from: u64, to: u64) -> Result<(), Reason> {
        let pairs = self.usable().zip(self.usable().skip(1));
        let mut twice = pairs.filter(|(one, next)| one.time == next.time);
        match twice.any(|(point, _)| (from..=to).contains(&point.time)) {
            true => Err(Reason::Ambiguous),
            false => Ok(()),
        }
    }

    fn usable(&self) -> impl DoubleEndedIterator<Item = &Point> {
        self.0.iter().filter(|point| !point.unusable)
    }

    /// Whether something of a window could not be used.
    pub fn lacks(&self, window: Window) -> bool {
        let mut within = self.0.iter().filter(|point| window.holds(point));
        within.any(|point| point.unusable)
    }

    /// Whether the last that was sent after a time could not be used.
    pub fn ends_unusable(&self, after: u64) -> bool {
        let last = self.usable().map(|point| point.time).max();
        let lost = self.0.iter().filter(|point| point.unusable);
        lost.map(|point| point.time)
            .any(|time| time > after && last.is_none_or(|last| last <= time))
    }

    fn values(&self) -> impl DoubleEndedIterator<Item = (&Point, &Amounts)> {
        self.0
            .iter()
            .filter_map(|point| Some((point, point.amounts.as_ref()?)))
    }

    /// The newest point up to a time; none where that is a gap, which ends the series.
    pub fn newest(&self, end: u64) -> Result<Option<(&Amounts, u64)>, Reason> {
        let Some(newest) = self.usable().rfind(|point| point.time <= end) else {
            return Ok(None);
        };
        self.agrees(newest.time, newest.time)?;
        let value = newest.amounts.as_ref();
        Ok(value.map(|amounts| (amounts, newest.time)))
    }

    /// A quantile of the newest point up to a time, as the sender computed it. An error where the sender
    /// does not compute that one.
    pub fn quantile(&self, wanted: f64, end: u64) -> Result<f64, Reason> {
        let newest = self.usable().rfind(|point| point.time <= end);
        let mut told = newest.into_iter().flat_map(|point| &point.quantiles);
        let found = told.find(|it| it.quantile.total_cmp(&wanted).is_eq());
        found.map(|it| it.value).ok_or(Reason::UnexpectedShape)
    }

    /// How much it grew in a window.
    pub fn growth(&self, kind: Kind, window: Window) -> Result<Growth, Reason> {
        match kind {
            Kind::DeltaSum | Kind::DeltaHistogram | Kind::DeltaExponential => self.sum(window),
            Kind::CumulativeSum
            | Kind::CumulativeHistogram
            | Kind::CumulativeExponential
            | Kind::Summary => self.increase(window),
            Kind::Unread | Kind::Gauge => Err(Reason::UnexpectedShape),
        }
    }

    fn sum(&self, window: Window) -> Result<Growth, Reason> {
        self.agrees(window.start.saturating_add(1), window.end)?;
        let mut growth = Growth::Absent;
        for (point, amounts) in self.values().filter(|(it, _)| window.holds(it)) {
            growth = growth.plus(amounts, point.time)?;
        }
        Ok(growth)
    }

    fn increase(&self, window: Window) -> Result<Growth, Reason> {
        let values: Vec<_> = self
            .values()
            .filter(|(it, _)| it.time <= window.end)
            .collect();
        let inside = values.partition_point(|(point, _)| point.time <= window.start);
        let from = inside.saturating_sub(1);
        let used = values.get(from..).unwrap_or_default();
        let (Some(first), true) = (used.first(), inside < values.len()) else {
            return Ok(Growth::Absent);
        };
        self.agrees(first.0.time, window.end)?;
        if used.len() < 2 {
            return Ok(Growth::Untold);
        }
        let mut growth = match inside {
            0 => first_growth(first, window),
            _ => Growth::Absent,
        };
        if growth == Growth::Untold {
            return Ok(growth);
        }
        for (before, after) in used.iter().zip(used.iter().skip(1)) {
            growth = growth.plus(&step(before, after)?, after.0.time)?;
        }
        Ok(growth)
    }
}

/// What the first point of a series that has none before the window adds. One that started inside
/// the window grew from nothing. One that was there when we began to listen is what to count from;
/// one that turned up later, though it started long ago, may have grown by all of its value or by
/// nothing.
fn first_growth((point, amounts): &(&Point, &Amounts), window: Window) -> Growth {
    if point.start > window.start {
        Growth::By((*amounts).clone(), point.time)
    } else if point.time <= window.settled {
        Growth::Absent
    } else {
        Growth::Untold
    }
}

/// Growth from a point to the next.
fn step(
    (before, old): &(&Point, &Amounts),
    (after, new): &(&Point, &Amounts),
) -> Result<Amounts, Reason> {
    if old.bounds != new.bounds {
        return Err(Reason::UnexpectedShape);
    }
    let fell = old
        .counts
        .iter()
        .zip(&new.counts)
        .any(|(old, new)| new < old);
    let restarted = match (before.start, after.start) {
        (0, 0) => fell,
        (0, _) | (_, 0) => return Err(Reason::UnexpectedShape),
        // Two senders that nothing tells apart.
        (before, after) if after < before => return Err(Reason::Ambiguous),
        (before, after) if after > before => true,
        _ if fell => return Err(Reason::OutOfDomain),
        _ => false,
    };
    if restarted {
        return Ok((*new).clone());
    }
    let counts = old
        .counts
        .iter()
        .zip(&new.counts)
        .map(|(old, new)| new - old);
    Ok(Amounts {
        bounds: new.bounds.clone(),
        counts: counts.collect(),
    })
}

// === impl Window ===

impl Window {
    const fn holds(self, point: &Point) -> bool {
        self.start < point.time && point.time <= self.end
    }
}

// === impl Growth ===

impl Growth {
    /// With more growth, up to a later time.
    fn plus(self, more: &Amounts, time: u64) -> Result<Self, Reason> {
        match self {
            Self::Absent | Self::Untold => Ok(Self::By(more.clone(), time)),
            Self::By(amounts, until) => Ok(Self::By(amounts.plus(more)?, until.max(time))),
        }
    }
}

// === impl Amounts ===

impl Amounts {
    /// A number.
    pub fn number(number: BigDecimal) -> Self {
        Self {
            bounds: Vec::new(),
            counts: vec![number],
        }
    }

    /// The number, or how many there were in all.
    pub fn total(&self) -> BigDecimal {
        self.counts.iter().sum()
    }

    fn plus(&self, more: &Self) -> Result<Self, Reason> {
        if self.bounds != more.bounds {
            return Err(Reason::UnexpectedShape);
        }
        let counts = self.counts.iter().zip(&more.counts).map(|(a, b)| a + b);
        Ok(Self {
            bounds: self.bounds.clone(),
            counts: counts.collect(),
        })
    }
}

// === impl Point ===

impl From<KeptPoint> for Point {
    fn from(kept: KeptPoint) -> Self {
        let buckets = kept.buckets.map(|buckets| Amounts {
            bounds: buckets.bounds,
            counts: buckets.counts.into_iter().map(BigDecimal::from).collect(),
        });
        let int = kept.int.map(BigDecimal::from);
        let double = kept.double.and_then(|it| quantity::from_f64(it).ok());
        Self {
            start: kept.start,
            time: kept.time,
            amounts: buckets.or(int.or(double).map(Amounts::number)),
            unusable: kept.unusable,
            exponential: kept.exponential,
            quantiles: kept.quantiles,
        }
    }
}

/// A time of the protocol as one of ours.
pub fn instant(nanoseconds: u64) -> Option<DateTime<Utc>> {
    i64::try_from(nanoseconds)
        .ok()
        .map(DateTime::from_timestamp_nanos)
}
