//! What is sent of a distribution: buckets with explicit bounds or exponential ones, or quantiles.

use serde::Deserialize;

use super::{Attribute, json};

/// Distributions with explicit bounds.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Histogram {
    /// 1 is delta, 2 cumulative.
    #[serde(deserialize_with = "json::whole")]
    pub aggregation_temporality: i32,
    /// The points.
    #[serde(deserialize_with = "json::or_default")]
    pub data_points: Vec<HistogramPoint>,
}

/// One distribution.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HistogramPoint {
    /// What tells the series apart.
    #[serde(deserialize_with = "json::or_default")]
    pub attributes: Vec<Attribute>,
    /// Since when it counts, in nanoseconds of Unix time; 0: not said.
    #[serde(rename = "startTimeUnixNano", deserialize_with = "json::whole")]
    pub start: u64,
    /// When it was true, likewise.
    #[serde(rename = "timeUnixNano", deserialize_with = "json::whole")]
    pub time: u64,
    /// Bit 0: no value was recorded.
    #[serde(deserialize_with = "json::whole")]
    pub flags: u32,
    /// How many were measured.
    #[serde(deserialize_with = "json::whole")]
    pub count: u64,
    /// How many in each bucket, one more than bounds.
    #[serde(deserialize_with = "json::wholes")]
    pub bucket_counts: Vec<u64>,
    /// Upper bounds of the buckets but the last.
    #[serde(deserialize_with = "json::floats")]
    pub explicit_bounds: Vec<f64>,
}

/// Distributions with exponential buckets.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExponentialHistogram {
    /// 1 is delta, 2 cumulative.
    #[serde(deserialize_with = "json::whole")]
    pub aggregation_temporality: i32,
    /// The points.
    #[serde(deserialize_with = "json::or_default")]
    pub data_points: Vec<ExponentialPoint>,
}

/// One distribution with exponential buckets.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExponentialPoint {
    /// What tells the series apart.
    #[serde(deserialize_with = "json::or_default")]
    pub attributes: Vec<Attribute>,
    /// Since when it counts, in nanoseconds of Unix time; 0: not said.
    #[serde(rename = "startTimeUnixNano", deserialize_with = "json::whole")]
    pub start: u64,
    /// When it was true, likewise.
    #[serde(rename = "timeUnixNano", deserialize_with = "json::whole")]
    pub time: u64,
    /// Bit 0: no value was recorded.
    #[serde(deserialize_with = "json::whole")]
    pub flags: u32,
    /// How many were measured.
    #[serde(deserialize_with = "json::whole")]
    pub count: u64,
    /// How fine the buckets are.
    #[serde(deserialize_with = "json::whole")]
    pub scale: i32,
    /// How many are no further from zero than the threshold.
    #[serde(deserialize_with = "json::whole")]
    pub zero_count: u64,
    /// Half the width of the zero bucket.
    #[serde(deserialize_with = "json::float")]
    pub zero_threshold: f64,
    /// Buckets above zero.
    #[serde(deserialize_with = "json::or_default")]
    pub positive: ExponentialBuckets,
    /// Buckets below zero.
    #[serde(deserialize_with = "json::or_default")]
    pub negative: ExponentialBuckets,
}

/// Exponential buckets that follow one another.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExponentialBuckets {
    /// Index of the first.
    #[serde(deserialize_with = "json::whole")]
    pub offset: i32,
    /// How many in each.
    #[serde(deserialize_with = "json::wholes")]
    pub bucket_counts: Vec<u64>,
}

/// Quantiles that the sender computed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SummaryPoint {
    /// What tells the series apart.
    #[serde(deserialize_with = "json::or_default")]
    pub attributes: Vec<Attribute>,
    /// Since when it counts, in nanoseconds of Unix time; 0: not said.
    #[serde(rename = "startTimeUnixNano", deserialize_with = "json::whole")]
    pub start: u64,
    /// When it was true, likewise.
    #[serde(rename = "timeUnixNano", deserialize_with = "json::whole")]
    pub time: u64,
    /// Bit 0: no value was recorded.
    #[serde(deserialize_with = "json::whole")]
    pub flags: u32,
    /// How many were measured since the start.
    #[serde(deserialize_with = "json::whole")]
    pub count: u64,
    /// The quantiles.
    #[serde(deserialize_with = "json::or_default")]
    pub quantile_values: Vec<QuantileValue>,
}

/// One quantile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct QuantileValue {
    /// Which one, 0 to 1.
    #[serde(deserialize_with = "json::float")]
    pub quantile: f64,
    /// What it is; NaN where nothing was measured.
    #[serde(deserialize_with = "json::float")]
    pub value: f64,
}
