//! Answers of the query API.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

/// One element of an instant vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// The time that stands beside the value, in seconds since 1970: the query's, not the sample's.
    pub time: f64,
    /// The value, as the server wrote it.
    pub text: String,
    /// The value.
    pub value: f64,
}

#[derive(Deserialize)]
pub(super) struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    result: Vec<Element>,
}

#[derive(Deserialize)]
struct Element {
    metric: BTreeMap<String, String>,
    value: (f64, String),
}

// === impl Answer ===

impl Answer {
    pub(super) fn samples(self) -> Result<Vec<Sample>> {
        self.data.result.into_iter().map(Element::sample).collect()
    }
}

// === impl Element ===

impl Element {
    fn sample(self) -> Result<Sample> {
        let (time, text) = self.value;
        let value = text.parse()?;
        Ok(Sample {
            labels: self.metric,
            time,
            text,
            value,
        })
    }
}
