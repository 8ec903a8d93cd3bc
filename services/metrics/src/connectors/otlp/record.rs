//! What is kept of a delivery: the points that a query asks for, and nothing else.

use prost::{Enumeration, Message};

/// What one delivery left.
#[derive(Clone, PartialEq, Message)]
pub struct Batch {
    /// Metrics that a query names.
    #[prost(message, repeated, tag = "1")]
    pub metrics: Vec<KeptMetric>,
}

/// Points of one metric.
#[derive(Clone, PartialEq, Message)]
pub struct KeptMetric {
    /// Its name, one of those in the settings.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Its unit in UCUM; empty: not said.
    #[prost(string, tag = "2")]
    pub unit: String,
    /// What its points are.
    #[prost(enumeration = "Kind", tag = "3")]
    pub kind: i32,
    /// The points by series.
    #[prost(message, repeated, tag = "4")]
    pub series: Vec<KeptSeries>,
    /// Time of the newest point that belongs to a series over the cap, in nanoseconds of Unix time;
    /// 0: no series was cut. What is kept is then a part of what was sent.
    #[prost(fixed64, tag = "5")]
    pub cut_at: u64,
}

/// What points are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Enumeration)]
#[repr(i32)]
pub enum Kind {
    /// Something that no query reads.
    Unread = 0,
    /// Present values.
    Gauge = 1,
    /// Growth since the point before.
    DeltaSum = 2,
    /// Growth since the start.
    CumulativeSum = 3,
    /// Distribution of what was measured since the point before.
    DeltaHistogram = 4,
    /// Distribution of what was measured since the start.
    CumulativeHistogram = 5,
    /// The same as `DeltaHistogram`, in buckets that grow exponentially.
    DeltaExponential = 6,
    /// The same as `CumulativeHistogram`, in such buckets.
    CumulativeExponential = 7,
    /// Quantiles that the sender computed, and how many were measured since the start.
    Summary = 8,
}

impl Kind {
    /// Numbers that grow.
    pub const fn is_counter(self) -> bool {
        matches!(self, Self::DeltaSum | Self::CumulativeSum)
    }

    /// Quantiles that the sender computed.
    pub const fn is_summary(self) -> bool {
        matches!(self, Self::Summary)
    }

    /// Distributions that grow.
    pub const fn is_histogram(self) -> bool {
        matches!(
            self,
            Self::DeltaHistogram
                | Self::CumulativeHistogram
                | Self::DeltaExponential
                | Self::CumulativeExponential
        )
    }
}

/// Points of one series.
#[derive(Clone, PartialEq, Message)]
pub struct KeptSeries {
    /// Keyed hash of resource, scope and attributes.
    #[prost(bytes = "vec", tag = "1")]
    pub id: Vec<u8>,
    /// Attributes that the settings name. They help a person who looks into the store; no fact
    /// shows them.
    #[prost(message, repeated, tag = "2")]
    pub attributes: Vec<KeptAttribute>,
    /// The points, as they came.
    #[prost(message, repeated, tag = "3")]
    pub points: Vec<KeptPoint>,
}

/// An attribute that the settings name.
#[derive(Clone, PartialEq, Message)]
pub struct KeptAttribute {
    /// Its name.
    #[prost(string, tag = "1")]
    pub key: String,
    /// Its value, redacted.
    #[prost(string, tag = "2")]
    pub value: String,
}

/// One point. Without any value it is a gap, or could not be used.
#[derive(Clone, PartialEq, Message)]
pub struct KeptPoint {
    /// Since when it counts, in nanoseconds of Unix time; 0: not said, or of no meaning.
    #[prost(fixed64, tag = "1")]
    pub start: u64,
    /// When it was true, likewise.
    #[prost(fixed64, tag = "2")]
    pub time: u64,
    /// A whole number.
    #[prost(sint64, optional, tag = "3")]
    pub int: Option<i64>,
    /// A finite float.
    #[prost(double, optional, tag = "4")]
    pub double: Option<f64>,
    /// A distribution.
    #[prost(message, optional, tag = "5")]
    pub buckets: Option<Buckets>,
    /// Whether something was sent that could not be used: what is kept is then a part of it.
    #[prost(bool, tag = "6")]
    pub unusable: bool,
    /// A distribution in buckets that grow exponentially.
    #[prost(message, optional, tag = "7")]
    pub exponential: Option<Exponential>,
    /// Quantiles, beside how many were measured in `int`.
    #[prost(message, repeated, tag = "8")]
    pub quantiles: Vec<KeptQuantile>,
}

impl KeptPoint {
    /// Marks that something of that time could not be used.
    pub fn unusable(time: u64) -> Self {
        Self {
            time,
            unusable: true,
            ..Self::default()
        }
    }
}

/// A quantile that the sender computed.
#[derive(Clone, PartialEq, Message)]
pub struct KeptQuantile {
    /// Which one, 0 to 1.
    #[prost(double, tag = "1")]
    pub quantile: f64,
    /// What it is, finite.
    #[prost(double, tag = "2")]
    pub value: f64,
}

/// A distribution with explicit bounds.
#[derive(Clone, PartialEq, Message)]
pub struct Buckets {
    /// Upper bounds of the buckets but the last, rising.
    #[prost(double, repeated, tag = "1")]
    pub bounds: Vec<f64>,
    /// How many in each, one more than bounds.
    #[prost(uint64, repeated, tag = "2")]
    pub counts: Vec<u64>,
}

/// A distribution whose buckets grow by a factor.
#[derive(Clone, PartialEq, Message)]
pub struct Exponential {
    /// How fine they are.
    #[prost(sint32, tag = "1")]
    pub scale: i32,
    /// How many are no further from zero than `zero_threshold`.
    #[prost(uint64, tag = "2")]
    pub zero_count: u64,
    /// Finite, and not below zero.
    #[prost(double, tag = "3")]
    pub zero_threshold: f64,
    /// Those above zero.
    #[prost(message, optional, tag = "4")]
    pub positive: Option<Run>,
    /// Those below zero, by their distance from it.
    #[prost(message, optional, tag = "5")]
    pub negative: Option<Run>,
}

/// Buckets that follow one another.
#[derive(Clone, PartialEq, Message)]
pub struct Run {
    /// Index of the first.
    #[prost(sint32, tag = "1")]
    pub offset: i32,
    /// How many in each.
    #[prost(uint64, repeated, tag = "2")]
    pub counts: Vec<u64>,
}
