//! The protocol's JSON form: lowerCamelCase keys, enums as integers, 64-bit integers as strings or
//! numbers, `null` as left out, unknown keys ignored.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor},
};

use super::{Attribute, Data, ExponentialHistogram, Histogram, Number, Sum, Value};

/// `null` is the same as nothing.
pub fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A whole number in the range of its type, as a number or a string.
pub fn whole<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i128>,
{
    in_range(or_default(deserializer)?)
}

/// Several such numbers.
pub fn wholes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    let all: Vec<Whole> = or_default(deserializer)?;
    all.into_iter().map(in_range).collect()
}

/// Several floats.
pub fn floats<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
    let all: Vec<Float> = or_default(deserializer)?;
    Ok(all.into_iter().map(|float| float.0).collect())
}

/// A float, as a number or a string.
pub fn float<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    or_default(deserializer).map(|float: Float| float.0)
}

fn in_range<T: TryFrom<i128>, E: Error>(whole: Whole) -> Result<T, E> {
    T::try_from(whole.0).map_err(|_| E::custom("a number out of range"))
}

#[derive(Default, Clone, Copy)]
struct Whole(i128);

#[derive(Default, Clone, Copy)]
struct Float(f64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor)
    }
}

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or one in a string")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
        Ok(Whole(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Whole, E> {
        Ok(Whole(number.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Whole, E> {
        text.parse().map(Whole).map_err(E::custom)
    }
}

impl<'de> Deserialize<'de> for Float {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FloatVisitor)
    }
}

struct FloatVisitor;

impl Visitor<'_> for FloatVisitor {
    type Value = Float;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or one in a string")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Float, E> {
        Ok(Float(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Float, E> {
        Ok(Float(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Float, E> {
        Ok(Float(number as f64))
    }

    /// `NaN`, `Infinity` and `-Infinity` have no other form in JSON.
    fn visit_str<E: Error>(self, text: &str) -> Result<Float, E> {
        text.parse().map(Float).map_err(E::custom)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metric {
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    unit: String,
    gauge: Option<Gauge>,
    sum: Option<Sum>,
    histogram: Option<Histogram>,
    exponential_histogram: Option<ExponentialHistogram>,
    summary: Option<Summary>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Gauge {
    #[serde(deserialize_with = "or_default")]
    data_points: Vec<super::NumberPoint>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Summary {
    #[serde(deserialize_with = "or_default")]
    data_points: Vec<super::SummaryPoint>,
}

impl From<Metric> for super::Metric {
    fn from(json: Metric) -> Self {
        let members = [
            json.gauge.map(|gauge| Data::Gauge(gauge.data_points)),
            json.sum.map(Data::Sum),
            json.histogram.map(Data::Histogram),
            json.exponential_histogram.map(Data::Exponential),
            json.summary
                .map(|summary| Data::Summary(summary.data_points)),
        ];
        let mut members = members.into_iter().flatten();
        let data = match (members.next(), members.next()) {
            (None, _) => Data::Nothing,
            (Some(only), None) => only,
            (Some(one), Some(other)) => Data::Unread(one.len() + other.len()),
        };
        Self {
            name: json.name,
            unit: json.unit,
            data,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberPoint {
    #[serde(default, deserialize_with = "or_default")]
    attributes: Vec<Attribute>,
    #[serde(default, deserialize_with = "whole")]
    start_time_unix_nano: u64,
    #[serde(default, deserialize_with = "whole")]
    time_unix_nano: u64,
    #[serde(default, deserialize_with = "whole")]
    flags: u32,
    as_double: Option<Float>,
    #[serde(default, deserialize_with = "maybe_int")]
    as_int: Option<i64>,
}

fn maybe_int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let whole: Option<Whole> = Option::deserialize(deserializer)?;
    whole.map(in_range).transpose()
}

impl From<NumberPoint> for super::NumberPoint {
    /// Two values where one is meant are none.
    fn from(json: NumberPoint) -> Self {
        let value = match (json.as_double, json.as_int) {
            (Some(double), None) => Some(Number::Double(double.0)),
            (None, Some(int)) => Some(Number::Int(int)),
            (None, None) | (Some(_), Some(_)) => None,
        };
        Self {
            attributes: json.attributes,
            start: json.start_time_unix_nano,
            time: json.time_unix_nano,
            flags: json.flags,
            value,
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub struct AnyValue {
    string_value: Option<String>,
    bool_value: Option<bool>,
    #[serde(deserialize_with = "maybe_int")]
    int_value: Option<i64>,
    double_value: Option<Float>,
    array_value: Option<Values<Value>>,
    kvlist_value: Option<Values<Attribute>>,
    /// Base64. It only tells series apart, so that its text will do.
    bytes_value: Option<String>,
}

#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Values<T> {
    #[serde(default = "Vec::new", deserialize_with = "or_default")]
    values: Vec<T>,
}

impl From<AnyValue> for Value {
    fn from(json: AnyValue) -> Self {
        let members = [
            json.string_value.map(Self::Text),
            json.bool_value.map(Self::Bool),
            json.int_value.map(Self::Int),
            json.double_value.map(|double| Self::Double(double.0)),
            json.array_value.map(|list| Self::List(list.values)),
            json.kvlist_value.map(|map| Self::Map(map.values)),
            json.bytes_value.map(|text| Self::Bytes(text.into_bytes())),
        ];
        members.into_iter().flatten().next().unwrap_or_default()
    }
}
