//! Where the number stands in a document, and what stands beside it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// JSON pointers (RFC 6901) into an answer or an uploaded document.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReadSettings {
    /// The count. One of `count` and `series` is needed.
    pub count: Option<String>,
    /// The whole document is series of points, of which the newest one with a value counts.
    pub series: Option<SeriesForm>,
    /// Time of the newest line.
    pub newest: Option<String>,
    /// How that time is written. Default: `rfc3339`.
    pub time_format: TimeFormat,
    /// What counts as the time of an answer. Default: `pointer`.
    pub observed_at: ObservedAt,
    /// What says that nothing is missing.
    pub complete: Option<CompleteSettings>,
    /// Number of all lines in the window, whatever they say: shows that lines arrive at all.
    pub lines: Option<String>,
    /// Link to the next page of an answer. At most 5 pages are read, and their counts added up.
    pub next: Option<String>,
    /// Where the document names its own service.
    pub service: Option<String>,
    /// Where the document names its own environment.
    pub environment: Option<String>,
}

/// What says that nothing is missing.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteSettings {
    /// Where it stands.
    pub pointer: String,
    /// What stands there when nothing is missing: a word, a number or a boolean.
    pub equals: Value,
}

/// A form of series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesForm {
    /// `[{"target", "datapoints": [[value or null, Unix seconds], …]}]`.
    Graphite,
}

/// How a time is written. It is never guessed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// With an offset.
    #[default]
    Rfc3339,
    /// Unix seconds.
    EpochS,
    /// Unix milliseconds.
    EpochMs,
    /// Unix nanoseconds.
    EpochNs,
}

/// What counts as the time of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObservedAt {
    /// The time that `newest` leads to.
    #[default]
    Pointer,
    /// The moment before asking: a statement of the operator that the store answers of the present.
    Response,
}
