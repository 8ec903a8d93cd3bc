//! Series in Graphite's form ("Render URL API", JSON).

use std::collections::HashMap;

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_connector_sdk::json_pointer::Leaf;
use passport_evidence::quantity::parse_number;
use serde_json::value::RawValue;

use super::{
    found::{Lack, Number},
    time,
};

/// The newest number of each series.
#[derive(Debug, Clone)]
pub struct Newest {
    /// One of each series that has one.
    pub numbers: Vec<Number>,
    /// When the oldest of them was true.
    pub oldest: DateTime<Utc>,
    /// Whether a series has none.
    pub is_cut: bool,
}

/// A point with a value.
struct Point {
    number: BigDecimal,
    at: DateTime<Utc>,
}

/// The newest point of each series that has a value, with its own time.
///
/// # Errors
/// There is none, or the document has another form.
pub fn newest(document: &RawValue) -> Result<Newest, Lack> {
    let series = items(document)?;
    let points: Vec<_> = series
        .iter()
        .map(|it| of_series(it))
        .collect::<Result<_, _>>()?;
    let is_cut = points.iter().any(Option::is_none);
    let points: Vec<_> = points.into_iter().flatten().collect();
    let oldest = points.iter().map(|it| it.at).min().ok_or(Lack::Nothing)?;
    Ok(Newest {
        numbers: points.iter().map(|it| Number::of(&it.number)).collect(),
        oldest,
        is_cut,
    })
}

fn items(list: &RawValue) -> Result<Vec<&RawValue>, Lack> {
    match Leaf::of(list) {
        Leaf::List => serde_json::from_str(list.get()).map_err(|_| Lack::OtherShape),
        Leaf::Null | Leaf::Bool | Leaf::Number(_) | Leaf::Text(_) | Leaf::Object => {
            Err(Lack::OtherShape)
        }
    }
}

fn of_series(series: &RawValue) -> Result<Option<Point>, Lack> {
    let keys: HashMap<String, &RawValue> =
        serde_json::from_str(series.get()).map_err(|_| Lack::OtherShape)?;
    let datapoints = keys.get("datapoints").ok_or(Lack::OtherShape)?;
    let points = items(datapoints)?.into_iter().map(point);
    let points: Vec<_> = points.collect::<Result<_, _>>()?;
    let points: Vec<_> = points.into_iter().flatten().collect();
    let Some(last) = points.iter().map(|it| it.at).max() else {
        return Ok(None);
    };
    let mut newest = points.into_iter().filter(|it| it.at == last);
    let one = newest.next();
    let differs = |it: Point| one.as_ref().is_some_and(|one| one.number != it.number);
    match newest.any(differs) {
        true => Err(Lack::Several),
        false => Ok(one),
    }
}

/// `[value or null, Unix seconds]`; `None` where there is no value.
fn point(pair: &RawValue) -> Result<Option<Point>, Lack> {
    let [value, at] = items(pair)?.try_into().map_err(|_| Lack::OtherShape)?;
    let at = number(at).and_then(|it| time::epoch(&it, 1).ok_or(Lack::OtherShape))?;
    match Leaf::of(value) {
        Leaf::Null => Ok(None),
        Leaf::Bool | Leaf::Number(_) | Leaf::Text(_) | Leaf::List | Leaf::Object => {
            Ok(Some(Point {
                number: number(value)?,
                at,
            }))
        }
    }
}

fn number(value: &RawValue) -> Result<BigDecimal, Lack> {
    match Leaf::of(value) {
        Leaf::Number(text) => parse_number(text).map_err(|_| Lack::NotANumber),
        Leaf::Null | Leaf::Bool | Leaf::Text(_) | Leaf::List | Leaf::Object => {
            Err(Lack::OtherShape)
        }
    }
}
