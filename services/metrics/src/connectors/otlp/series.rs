//! The points of a series, and how much it grew.

use chrono::{DateTime, Utc};
use passport_evidence::Reason;

use super::{
    amounts::{Amounts, Growth, Point, step},
    exponential,
    record::Kind,
};

/// Points of a series: by time, each once. Two of one time contradict each other.
#[derive(Debug, Default, Clone)]
pub struct Series(Vec<Point>);

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

// === impl Series ===

impl Series {
    /// A series of points in any order.
    #[cfg(test)]
    pub fn new(points: Vec<Point>) -> Self {
        let mut series = Self(points);
        series.settle();
        series
    }

    /// Adds points, in any order.
    pub(super) fn extend(&mut self, points: impl Iterator<Item = Point>) {
        self.0.extend(points);
    }

    /// The same point again is no other one.
    pub(super) fn settle(&mut self) {
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

    /// Points that have a value.
    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = (&Point, &Amounts)> {
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

// === impl Window ===

impl Window {
    const fn holds(self, point: &Point) -> bool {
        self.start < point.time && point.time <= self.end
    }
}

/// A time of the protocol as one of ours.
pub fn instant(nanoseconds: u64) -> Option<DateTime<Utc>> {
    i64::try_from(nanoseconds)
        .ok()
        .map(DateTime::from_timestamp_nanos)
}
