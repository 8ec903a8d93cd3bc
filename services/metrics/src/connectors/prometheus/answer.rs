//! What the server answers, after the page "HTTP API" of Prometheus.

use std::collections::BTreeMap;

use bigdecimal::BigDecimal;
use passport_connector_sdk::{Object, ReadError, Reply};
use passport_evidence::quantity::parse_number;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// An answer that was understood.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its series.
    pub data: Data,
    /// Whether the server says that something may be missing.
    pub partial: bool,
}

/// What kind of result it is.
#[derive(Debug, Clone)]
pub enum Data {
    /// Series, each with its newest point.
    Series(Vec<Series>),
    /// One number without labels.
    Scalar(Number),
}

/// One series' newest point.
#[derive(Debug, Clone)]
pub struct Series {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Time of the point as the server stamps it: of an instant answer the query's own time.
    pub stamp: f64,
    /// Its number.
    pub number: Number,
}

/// A number as the server writes it; `None` for NaN and infinities.
pub type Number = Option<BigDecimal>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    status: String,
    data: Option<Object<RawData>>,
    error_type: Option<String>,
    warnings: Option<Vec<Value>>,
    is_partial: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawData {
    result_type: String,
    result: Value,
}

/// Timestamp and number; a number that is no string is another format.
type Point = (f64, String);

#[derive(Deserialize)]
struct VectorElement {
    metric: BTreeMap<String, String>,
    value: Point,
    histogram: Option<Value>,
}

#[derive(Deserialize)]
struct MatrixElement {
    metric: BTreeMap<String, String>,
    values: Vec<Point>,
    histograms: Option<Value>,
}

#[derive(Deserialize)]
struct LabelValues {
    status: String,
    data: Vec<String>,
}

/// Reads the answer to a query.
pub fn read(reply: &Reply) -> Result<Answer, ReadError> {
    // A body that is no JSON at all is told apart from one of another shape.
    reply.json::<IgnoredAny>()?;
    parse(reply.body())
}

/// Reads a body that is JSON.
pub fn parse(body: &[u8]) -> Result<Answer, ReadError> {
    let envelope = serde_json::from_slice::<Object<Envelope>>(body);
    let Object(envelope) = envelope.map_err(|_| ReadError::Shape)?;
    match envelope.status.as_str() {
        "success" => {}
        "error" => return Err(refused(envelope.error_type.as_deref())),
        _ => return Err(ReadError::Shape),
    }
    let warned = envelope
        .warnings
        .is_some_and(|warnings| !warnings.is_empty());
    Ok(Answer {
        data: read_data(envelope.data.ok_or(ReadError::Shape)?.0)?,
        partial: warned || envelope.is_partial == Some(true),
    })
}

/// Reads the values of a label.
pub fn label_values(reply: &Reply) -> Result<Vec<String>, ReadError> {
    let values: LabelValues = reply.json()?;
    if values.status == "success" {
        Ok(values.data)
    } else {
        Err(ReadError::Rejected)
    }
}

/// An error in an answer whose HTTP status is good.
fn refused(error_type: Option<&str>) -> ReadError {
    match error_type {
        Some("timeout") => ReadError::TimedOut,
        Some("unavailable" | "internal") => ReadError::Unreachable,
        Some(_) | None => ReadError::Rejected,
    }
}

fn read_data(data: RawData) -> Result<Data, ReadError> {
    match data.result_type.as_str() {
        "vector" => {
            let elements: Vec<Object<VectorElement>> = of(data.result)?;
            elements
                .into_iter()
                .map(|Object(element)| element)
                .map(of_vector)
                .collect::<Result<_, _>>()
                .map(Data::Series)
        }
        "matrix" => {
            let elements: Vec<Object<MatrixElement>> = of(data.result)?;
            elements
                .into_iter()
                .map(|Object(element)| element)
                .map(of_matrix)
                .collect::<Result<_, _>>()
                .map(Data::Series)
        }
        "scalar" => {
            let (_, number): Point = of(data.result)?;
            Ok(Data::Scalar(parse_number(&number).ok()))
        }
        _ => Err(ReadError::Shape),
    }
}

/// The data of an answer of any kind.
pub fn data<T: serde::de::DeserializeOwned>(reply: &Reply) -> Result<T, ReadError> {
    #[derive(Deserialize)]
    struct Told {
        status: String,
        data: Value,
    }
    let told: Told = reply.json()?;
    match told.status == "success" {
        true => of(told.data),
        false => Err(ReadError::Rejected),
    }
}

fn of<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, ReadError> {
    serde_json::from_value(value).map_err(|_| ReadError::Shape)
}

fn of_vector(element: VectorElement) -> Result<Series, ReadError> {
    series(element.metric, element.value, element.histogram)
}

/// The newest point decides.
fn of_matrix(element: MatrixElement) -> Result<Series, ReadError> {
    let newest = element
        .values
        .into_iter()
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    series(
        element.metric,
        newest.ok_or(ReadError::Shape)?,
        element.histograms,
    )
}

/// A native histogram is no number.
fn series(
    labels: BTreeMap<String, String>,
    (stamp, number): Point,
    histogram: Option<Value>,
) -> Result<Series, ReadError> {
    match histogram {
        None => Ok(Series {
            labels,
            stamp,
            number: parse_number(&number).ok(),
        }),
        Some(_) => Err(ReadError::Shape),
    }
}
