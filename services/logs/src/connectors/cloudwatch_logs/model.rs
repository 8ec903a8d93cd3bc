//! The fields that are read, as the API references of CloudWatch Logs (2014-03-28) and CloudWatch (2010-08-01)
//! name them. Of a line's text nothing is kept but redacted excerpts, where a query asks for them.

use passport_aws_api::Moment;
use passport_connector_sdk::Object;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Number;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StartQuery {
    pub query_id: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct StopQuery {}

/// How far a query is, and what it has found so far.
#[derive(Debug, Clone, Deserialize)]
pub struct QueryResults {
    pub status: Option<String>,
    /// Rows of cells.
    pub results: Option<Vec<Vec<Object<Cell>>>>,
    pub statistics: Option<Object<Statistics>>,
}

/// One cell of a row.
#[derive(Debug, Clone, Deserialize)]
pub struct Cell {
    pub field: Option<String>,
    pub value: Option<String>,
}

/// What a query went through.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statistics {
    pub records_matched: Option<Number>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilterLogEvents {
    pub events: Option<Vec<Object<Event>>>,
    pub next_token: Option<String>,
}

/// One line, of which only when it was written is read.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    pub event_id: Option<String>,
    /// Milliseconds since 1970.
    pub timestamp: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub struct DescribeLogGroups {}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetMetricData {
    pub metric_data_results: Option<Vec<Object<MetricDataResult>>>,
    pub next_token: Option<String>,
    /// What is wrong with the answer as a whole.
    pub messages: Option<Vec<IgnoredAny>>,
}

/// Points of one metric, times beside values.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricDataResult {
    pub id: Option<String>,
    pub timestamps: Option<Vec<Moment>>,
    pub values: Option<Vec<Number>>,
    pub status_code: Option<String>,
    pub messages: Option<Vec<IgnoredAny>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DescribeAlarms {
    pub metric_alarms: Option<Vec<Object<Alarm>>>,
    pub composite_alarms: Option<Vec<Object<Alarm>>>,
}

/// An alarm on a metric, or on other alarms.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Alarm {
    pub alarm_name: Option<String>,
    pub state_value: Option<String>,
    /// What it makes of periods without a point. `None`: as `missing`.
    pub treat_missing_data: Option<String>,
    /// Present where it could not be evaluated as it should be.
    pub evaluation_state: Option<String>,
}
