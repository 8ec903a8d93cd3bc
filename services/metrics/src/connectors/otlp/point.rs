//! Whether a point can be used.

use chrono::{DateTime, Utc};

use super::{
    decode::{
        ExponentialBuckets, ExponentialPoint, HistogramPoint, Number, NumberPoint, QuantileValue,
        SummaryPoint,
    },
    record::{Buckets, Exponential, KeptPoint, KeptQuantile, Kind, Run},
};

/// Most buckets of one point.
const MAX_BUCKETS: usize = 1000;
/// Most quantiles of one point.
const MAX_QUANTILES: usize = 100;
/// Scales of exponential buckets that have bounds which a float can tell apart.
const SCALES: std::ops::RangeInclusive<i32> = -10..=20;

/// Why a point is rejected that lies ahead of the clock.
pub const FUTURE: &str = "future";
/// Why one is that has no time.
pub const NO_TIME: &str = "no_time";
/// Why one is that no window reaches back to.
pub const TOO_OLD: &str = "too_old";

/// What points of one metric must be. The errors are words for why a point is rejected.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// What they are.
    pub kind: Kind,
    /// No point may be older.
    pub oldest: DateTime<Utc>,
    /// No point may lie further ahead.
    pub newest: DateTime<Utc>,
}

// === impl Check ===

impl Check {
    /// A number, as it is kept.
    pub fn number(&self, point: &NumberPoint) -> Result<KeptPoint, &'static str> {
        let mut kept = self.timed(point.start, point.time)?;
        if is_gap(point.flags) {
            return Ok(kept);
        }
        match point.value.ok_or("no_value")? {
            Number::Int(int) if self.only_grows() && int < 0 => return Err("negative"),
            Number::Double(double) if self.only_grows() && double < 0.0 => return Err("negative"),
            Number::Int(int) => kept.int = Some(int),
            Number::Double(double) if double.is_finite() => kept.double = Some(double),
            Number::Double(_) => return Err("not_finite"),
        }
        Ok(kept)
    }

    /// A monotonic sum counts from zero up.
    fn only_grows(&self) -> bool {
        matches!(self.kind, Kind::DeltaSum | Kind::CumulativeSum)
    }

    /// A distribution, as it is kept.
    pub fn buckets(&self, point: &HistogramPoint) -> Result<KeptPoint, &'static str> {
        let mut kept = self.timed(point.start, point.time)?;
        if is_gap(point.flags) {
            return Ok(kept);
        }
        let (bounds, counts) = (&point.explicit_bounds, &point.bucket_counts);
        let rising = bounds.is_sorted_by(|low, high| low < high);
        let finite = bounds.iter().all(|bound| bound.is_finite());
        let sum = counts
            .iter()
            .try_fold(0_u64, |sum, it| sum.checked_add(*it));
        let fits = counts.len() == bounds.len() + 1 && counts.len() <= MAX_BUCKETS;
        if !(rising && finite && fits && sum == Some(point.count)) {
            return Err("buckets");
        }
        kept.buckets = Some(Buckets {
            bounds: bounds.clone(),
            counts: counts.clone(),
        });
        Ok(kept)
    }

    /// A distribution in exponential buckets, as it is kept.
    pub fn exponential(&self, point: &ExponentialPoint) -> Result<KeptPoint, &'static str> {
        let mut kept = self.timed(point.start, point.time)?;
        if is_gap(point.flags) {
            return Ok(kept);
        }
        let zero = point.zero_threshold;
        let runs = [&point.positive, &point.negative];
        let all = runs.iter().flat_map(|run| &run.bucket_counts);
        let sum = all
            .chain([&point.zero_count])
            .try_fold(0_u64, |sum, it| sum.checked_add(*it));
        let sound = SCALES.contains(&point.scale) && zero.is_finite() && zero >= 0.0;
        if !(sound && runs.iter().all(|it| it.fits()) && sum == Some(point.count)) {
            return Err("buckets");
        }
        kept.exponential = Some(Exponential {
            scale: point.scale,
            zero_count: point.zero_count,
            zero_threshold: zero,
            positive: Some(Run::from(&point.positive)),
            negative: Some(Run::from(&point.negative)),
        });
        Ok(kept)
    }

    /// Quantiles, as they are kept: each once, and a higher one no smaller.
    pub fn summary(&self, point: &SummaryPoint) -> Result<KeptPoint, &'static str> {
        let mut kept = self.timed(point.start, point.time)?;
        if is_gap(point.flags) {
            return Ok(kept);
        }
        let mut all = point.quantile_values.clone();
        all.sort_by(|one, other| one.quantile.total_cmp(&other.quantile));
        let rising =
            all.is_sorted_by(|low, high| low.quantile < high.quantile && low.value <= high.value);
        let sound = |it: &QuantileValue| (0.0..=1.0).contains(&it.quantile) && it.value.is_finite();
        let count = i64::try_from(point.count).ok();
        if !(rising && all.len() <= MAX_QUANTILES && all.iter().all(sound) && count.is_some()) {
            return Err("quantiles");
        }
        kept.int = count;
        let keep = |it: QuantileValue| KeptQuantile {
            quantile: it.quantile,
            value: it.value,
        };
        kept.quantiles = all.into_iter().map(keep).collect();
        Ok(kept)
    }

    /// A point without its value.
    fn timed(&self, start: u64, time: u64) -> Result<KeptPoint, &'static str> {
        if time == 0 {
            return Err(NO_TIME);
        }
        let at = i64::try_from(time).map_err(|_| FUTURE)?;
        let at = DateTime::from_timestamp_nanos(at);
        if at > self.newest {
            return Err(FUTURE);
        }
        if at < self.oldest {
            return Err(TOO_OLD);
        }
        let start = self.start(start)?;
        if start > time {
            return Err("start_after_time");
        }
        Ok(KeptPoint {
            start,
            time,
            ..KeptPoint::default()
        })
    }

    /// The start means nothing for a present value. Without it nothing tells which time a delta is
    /// for, nor whether it was sent before.
    fn start(&self, start: u64) -> Result<u64, &'static str> {
        match self.kind {
            Kind::Unread | Kind::Gauge => Ok(0),
            Kind::DeltaSum | Kind::DeltaHistogram | Kind::DeltaExponential if start == 0 => {
                Err("no_start")
            }
            Kind::DeltaSum
            | Kind::CumulativeSum
            | Kind::DeltaHistogram
            | Kind::CumulativeHistogram
            | Kind::DeltaExponential
            | Kind::CumulativeExponential
            | Kind::Summary => Ok(start),
        }
    }
}

// === impl ExponentialBuckets ===

impl ExponentialBuckets {
    /// Whether there are few enough, and each has an index.
    fn fits(&self) -> bool {
        let length = i32::try_from(self.bucket_counts.len()).ok();
        let end = length.and_then(|length| self.offset.checked_add(length));
        self.bucket_counts.len() <= MAX_BUCKETS && end.is_some()
    }
}

impl From<&ExponentialBuckets> for Run {
    fn from(sent: &ExponentialBuckets) -> Self {
        Self {
            offset: sent.offset,
            counts: sent.bucket_counts.clone(),
        }
    }
}

/// The bit, not the number: other bits may come.
const fn is_gap(flags: u32) -> bool {
    flags & 1 == 1
}
