//! One number for each group, after the schema `ScalarFormulaQueryResponse` of Datadog.

use passport_connector_sdk::{Object, ReadError};
use serde::Deserialize;
use serde_json::Number;

use super::{Errors, unit::Units};

/// The one column of numbers.
#[derive(Debug, Clone)]
pub struct Answer {
    /// A number for each group; without groups one.
    pub values: Vec<Option<Number>>,
    /// Unit of the numbers.
    pub unit: Units,
}

#[derive(Deserialize)]
struct Envelope {
    data: Option<Object<Data>>,
    #[serde(default)]
    errors: Errors,
}

#[derive(Deserialize)]
struct Data {
    attributes: Object<Attributes>,
}

#[derive(Deserialize)]
struct Attributes {
    columns: Vec<Object<Column>>,
}

/// A column of names has other values than one of numbers, and so tells itself apart by its type.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Column {
    Number(Numbers),
    Group {},
}

#[derive(Deserialize)]
struct Numbers {
    values: Vec<Option<Number>>,
    meta: Option<Object<Meta>>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    unit: Units,
}

/// Reads the answer to a formula.
pub fn parse(body: &[u8]) -> Result<Answer, ReadError> {
    let envelope: Envelope = super::object(body)?;
    if envelope.errors.is_any() {
        return Err(ReadError::Rejected);
    }
    let Object(data) = envelope.data.ok_or(ReadError::Shape)?;
    let columns = data.attributes.0.columns.into_iter();
    let numbers = columns.filter_map(|Object(column)| match column {
        Column::Number(numbers) => Some(numbers),
        Column::Group {} => None,
    });
    let mut numbers = numbers.collect::<Vec<_>>().into_iter();
    let (Some(only), None) = (numbers.next(), numbers.next()) else {
        return Err(ReadError::Shape);
    };
    Ok(Answer {
        values: only.values,
        unit: only.meta.map(|Object(meta)| meta.unit).unwrap_or_default(),
    })
}
