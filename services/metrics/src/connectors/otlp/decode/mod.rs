//! From a request's bytes to one model, whatever the encoding.

mod body;
mod distributions;
mod json;
mod protobuf;
#[cfg(test)]
mod tests;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use prost::Message;
use serde::Deserialize;

pub use body::{Body, Encoding, MAX_SENT, Unreadable};
pub use distributions::{
    ExponentialBuckets, ExponentialHistogram, ExponentialPoint, Histogram, HistogramPoint,
    QuantileValue, SummaryPoint,
};

/// What a sender exported.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Export {
    /// Metrics by what they were measured at.
    #[serde(deserialize_with = "json::or_default")]
    pub resource_metrics: Vec<ResourceMetrics>,
}

/// Metrics of one resource.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceMetrics {
    /// What was measured.
    #[serde(deserialize_with = "json::or_default")]
    pub resource: Resource,
    /// Its metrics by what measured them.
    #[serde(deserialize_with = "json::or_default")]
    pub scope_metrics: Vec<ScopeMetrics>,
}

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Resource {
    /// Its attributes, as the sender claims them.
    #[serde(deserialize_with = "json::or_default")]
    pub attributes: Vec<Attribute>,
}

/// Metrics of one instrumentation scope.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ScopeMetrics {
    /// What measured.
    #[serde(deserialize_with = "json::or_default")]
    pub scope: InstrumentationScope,
    /// What it measured.
    #[serde(deserialize_with = "json::or_default")]
    pub metrics: Vec<Metric>,
}

/// What measured.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct InstrumentationScope {
    /// Its name.
    #[serde(deserialize_with = "json::or_default")]
    pub name: String,
    /// Its version.
    #[serde(deserialize_with = "json::or_default")]
    pub version: String,
    /// Its attributes.
    #[serde(deserialize_with = "json::or_default")]
    pub attributes: Vec<Attribute>,
}

/// One metric.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "json::Metric")]
pub struct Metric {
    /// Its name.
    pub name: String,
    /// Its unit in UCUM; empty: not said.
    pub unit: String,
    /// Its points.
    pub data: Data,
}

/// Points of a metric.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Data {
    /// None were sent.
    #[default]
    Nothing,
    /// Present values.
    Gauge(Vec<NumberPoint>),
    /// Sums over time.
    Sum(Sum),
    /// Distributions with explicit bounds.
    Histogram(Histogram),
    /// Distributions with exponential buckets.
    Exponential(ExponentialHistogram),
    /// Quantiles that the sender computed.
    Summary(Vec<SummaryPoint>),
    /// Of a kind that no query reads: so many points.
    Unread(usize),
}

/// Sums over time.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sum {
    /// 1 is delta, 2 cumulative.
    #[serde(deserialize_with = "json::whole")]
    pub aggregation_temporality: i32,
    /// Whether they only grow.
    #[serde(deserialize_with = "json::or_default")]
    pub is_monotonic: bool,
    /// The points.
    #[serde(deserialize_with = "json::or_default")]
    pub data_points: Vec<NumberPoint>,
}

/// One number.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "json::NumberPoint")]
pub struct NumberPoint {
    /// What tells the series apart.
    pub attributes: Vec<Attribute>,
    /// Since when it counts, in nanoseconds of Unix time; 0: not said.
    pub start: u64,
    /// When it was true, likewise.
    pub time: u64,
    /// Bit 0: no value was recorded.
    pub flags: u32,
    /// The number; `None` where the sender left it out, which is not zero.
    pub value: Option<Number>,
}

/// A number as it was sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Int(i64),
    /// A float; may be NaN or infinite.
    Double(f64),
}

/// A name and what it stands for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Attribute {
    /// Its name.
    #[serde(deserialize_with = "json::or_default")]
    pub key: String,
    /// Its value.
    #[serde(deserialize_with = "json::or_default")]
    pub value: Value,
}

/// Value of an attribute.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "json::AnyValue")]
pub enum Value {
    /// Left out.
    #[default]
    Unset,
    /// Text.
    Text(String),
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A float.
    Double(f64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Several values.
    List(Vec<Value>),
    /// Several named values.
    Map(Vec<Attribute>),
}

// === impl Export ===

impl Export {
    /// Reads a body.
    pub fn decode(body: &Body) -> Result<Self, Unreadable> {
        match body.encoding {
            Encoding::Json => {
                serde_json::from_slice(&body.bytes).map_err(|_| Unreadable::Malformed)
            }
            Encoding::Protobuf => ExportMetricsServiceRequest::decode(body.bytes.clone())
                .map(Self::from)
                .map_err(|_| Unreadable::Malformed),
        }
    }
}

// === impl Data ===

impl Data {
    /// How many points there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Gauge(points) => points.len(),
            Self::Sum(sum) => sum.data_points.len(),
            Self::Histogram(histogram) => histogram.data_points.len(),
            Self::Exponential(histogram) => histogram.data_points.len(),
            Self::Summary(points) => points.len(),
            Self::Unread(points) => *points,
        }
    }
}
