//! What the server answers, after the page "Loki HTTP API".

use std::collections::{BTreeMap, BTreeSet};

use bigdecimal::BigDecimal;
use passport_connector_sdk::{ReadError, Reply};
use passport_evidence::quantity::parse_number;
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::value::RawValue;

use super::line::Line;

/// An answer that was understood.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What it holds.
    pub data: Data,
    /// Whether the server says that something may be missing.
    pub warned: bool,
}

/// What kind of result it is.
#[derive(Debug, Clone)]
pub enum Data {
    /// Numbers of one moment.
    Vector(Vec<Series>),
    /// Numbers of several moments.
    Matrix(Vec<Series>),
    /// Lines.
    Streams(Vec<Stream>),
}

/// One series.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its labels.
    pub labels: Labels,
    /// Its points.
    pub points: Vec<Point>,
}

/// One stream's lines.
#[derive(Debug, Clone, Deserialize)]
pub struct Stream {
    /// Its labels.
    #[serde(rename = "stream")]
    pub labels: Labels,
    /// Its lines.
    #[serde(rename = "values")]
    pub lines: Vec<Line>,
}

/// Labels by name.
pub type Labels = BTreeMap<String, String>;

/// One number of a series.
#[derive(Debug, Clone)]
pub struct Point {
    /// Unix seconds.
    pub at: f64,
    /// `None` for NaN and infinities.
    pub number: Option<BigDecimal>,
}

#[derive(Deserialize)]
struct Envelope<'a> {
    status: String,
    #[serde(borrow)]
    data: Option<RawData<'a>>,
    warnings: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawData<'a> {
    result_type: String,
    /// `null` is an empty list; a missing key is another format.
    #[serde(borrow)]
    result: &'a RawValue,
}

#[derive(Deserialize)]
struct VectorElement {
    metric: Labels,
    value: Point,
}

#[derive(Deserialize)]
struct MatrixElement {
    metric: Labels,
    values: Vec<Point>,
}

#[derive(Deserialize)]
struct LabelValues {
    status: String,
    data: Option<Vec<String>>,
}

/// Reads the answer to a query.
pub fn read(reply: &Reply) -> Result<Answer, ReadError> {
    // A body that is no JSON at all is told apart from one of another shape.
    reply.json::<IgnoredAny>()?;
    parse(reply.body())
}

/// Reads a body that is JSON.
pub fn parse(body: &[u8]) -> Result<Answer, ReadError> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|_| ReadError::Shape)?;
    match envelope.status.as_str() {
        "success" => {}
        "error" => return Err(ReadError::Rejected),
        _ => return Err(ReadError::Shape),
    }
    Ok(Answer {
        data: read_data(&envelope.data.ok_or(ReadError::Shape)?)?,
        warned: envelope.warnings.is_some_and(|all| !all.is_empty()),
    })
}

/// Reads the values of a label; Loki leaves the list out where there are none.
pub fn label_values(reply: &Reply) -> Result<Vec<String>, ReadError> {
    let values: LabelValues = reply.json()?;
    if values.status == "success" {
        Ok(values.data.unwrap_or_default())
    } else {
        Err(ReadError::Rejected)
    }
}

fn read_data(data: &RawData<'_>) -> Result<Data, ReadError> {
    match data.result_type.as_str() {
        "vector" => {
            let elements: Vec<VectorElement> = list(data.result)?;
            let series = elements.into_iter().map(|it| Series {
                labels: it.metric,
                points: vec![it.value],
            });
            distinct(series.collect()).map(Data::Vector)
        }
        "matrix" => {
            let elements: Vec<MatrixElement> = list(data.result)?;
            let series = elements.into_iter().map(|it| Series {
                labels: it.metric,
                points: it.values,
            });
            distinct(series.collect()).map(Data::Matrix)
        }
        "streams" => list(data.result).map(Data::Streams),
        _ => Err(ReadError::Shape),
    }
}

fn list<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Result<Vec<T>, ReadError> {
    let all: Result<Option<Vec<T>>, _> = serde_json::from_str(value.get());
    all.map(Option::unwrap_or_default)
        .map_err(|_| ReadError::Shape)
}

/// A series has its labels for itself.
fn distinct(series: Vec<Series>) -> Result<Vec<Series>, ReadError> {
    let names: BTreeSet<_> = series.iter().map(|series| &series.labels).collect();
    if names.len() == series.len() {
        Ok(series)
    } else {
        Err(ReadError::Shape)
    }
}

impl<'de> Deserialize<'de> for Point {
    /// Seconds and number; a number that is no string is another format.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (at, number) = <(f64, String)>::deserialize(deserializer)?;
        Ok(Self {
            at,
            number: parse_number(&number).ok(),
        })
    }
}
