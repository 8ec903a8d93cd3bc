//! The points of a metric, of whatever kind, and what can be kept of each.

use super::{
    decode::{Attribute, Data, ExponentialPoint, HistogramPoint, NumberPoint, SummaryPoint},
    point::Check,
    record::{KeptPoint, Kind},
};

/// A point as it was sent, and what can be kept of it, or why it is rejected.
pub struct Sent<'a> {
    /// What tells its series apart.
    pub attributes: &'a [Attribute],
    /// When it was true, in nanoseconds of Unix time.
    pub time: u64,
    /// What can be kept.
    pub point: Result<KeptPoint, &'static str>,
}

/// Every point that some query may read.
pub fn points<'a>(data: &'a Data, check: &Check) -> Vec<Sent<'a>> {
    let number = |it: &'a NumberPoint| sent(&it.attributes, it.time, check.number(it));
    let explicit = |it: &'a HistogramPoint| sent(&it.attributes, it.time, check.buckets(it));
    let exponential =
        |it: &'a ExponentialPoint| sent(&it.attributes, it.time, check.exponential(it));
    let summary = |it: &'a SummaryPoint| sent(&it.attributes, it.time, check.summary(it));
    match data {
        Data::Nothing | Data::Unread(_) => Vec::new(),
        Data::Sum(_) if check.kind == Kind::Unread => Vec::new(),
        Data::Gauge(points) => points.iter().map(number).collect(),
        Data::Sum(sum) => sum.data_points.iter().map(number).collect(),
        Data::Histogram(histogram) => histogram.data_points.iter().map(explicit).collect(),
        Data::Exponential(histogram) => histogram.data_points.iter().map(exponential).collect(),
        Data::Summary(points) => points.iter().map(summary).collect(),
    }
}

fn sent<'a>(
    attributes: &'a [Attribute],
    time: u64,
    point: Result<KeptPoint, &'static str>,
) -> Sent<'a> {
    Sent {
        attributes,
        time,
        point,
    }
}

/// What the points are; `None`: there are none.
///
/// # Errors
/// Their temporality is none that is known.
pub fn kind(data: &Data) -> Result<Option<Kind>, &'static str> {
    Ok(Some(match data {
        Data::Nothing => return Ok(None),
        Data::Gauge(_) => Kind::Gauge,
        Data::Sum(sum) => match (sum.aggregation_temporality, sum.is_monotonic) {
            (1, true) => Kind::DeltaSum,
            (2, true) => Kind::CumulativeSum,
            // What goes up and down since its start is a present value.
            (2, false) => Kind::Gauge,
            (1, false) => Kind::Unread,
            _ => return Err("temporality"),
        },
        Data::Histogram(histogram) => match histogram.aggregation_temporality {
            1 => Kind::DeltaHistogram,
            2 => Kind::CumulativeHistogram,
            _ => return Err("temporality"),
        },
        Data::Exponential(histogram) => match histogram.aggregation_temporality {
            1 => Kind::DeltaExponential,
            2 => Kind::CumulativeExponential,
            _ => return Err("temporality"),
        },
        Data::Summary(_) => Kind::Summary,
        Data::Unread(_) => Kind::Unread,
    }))
}
