//! The reads that are ever sent, after the pages "Metrics", "Monitors", "Service Level Objectives" and "Logs"
//! of Datadog's API reference.

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderValue;
use passport_connector_sdk::{Request, query::Asked};
use serde_json::{Value, json};

/// Monitors of a page.
const PAGE_SIZE: &str = "50";

/// One read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// The buckets of a metric query.
    Series {
        /// The query.
        query: String,
        /// When it looks.
        window: Window,
    },
    /// One number over the whole window.
    Scalar {
        /// The formula.
        formula: String,
        /// Its queries, sorted by name.
        parts: Vec<Part>,
        /// When it looks.
        window: Window,
    },
    /// A monitor with its groups.
    Monitor(u64),
    /// The monitors that a search finds. Of several pages the first.
    Health(String),
    /// What became of an objective.
    Slo {
        /// Its id.
        id: String,
        /// How many seconds back.
        window: u32,
    },
    /// How many log lines there are.
    Count {
        /// The search.
        search: String,
        /// Where to search.
        indexes: Vec<String>,
        /// When it looks.
        window: Window,
    },
    /// The newest log line.
    Newest {
        /// The search.
        search: String,
        /// Where to search.
        indexes: Vec<String>,
        /// When it looks.
        window: Window,
    },
}

/// One query of a formula.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// What the formula calls it.
    pub name: String,
    /// How its buckets become one number.
    pub aggregator: Aggregator,
    /// The query.
    pub query: String,
}

/// How the buckets of a query become one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Aggregator(&'static str);

/// When a question looks, in seconds: how far back from its end, and how long before now it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// From its beginning to its end.
    pub length: u32,
    /// From its end to now.
    pub settle: u32,
}

// === impl Aggregator ===

impl Aggregator {
    const ALL: [&str; 9] = [
        "avg",
        "min",
        "max",
        "sum",
        "last",
        "percentile",
        "mean",
        "l2norm",
        "area",
    ];

    /// The one of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| *it == name).map(Self)
    }

    /// Whether it is the newest bucket, whole or not.
    pub fn is_last(self) -> bool {
        self.0 == "last"
    }
}

// === impl Window ===

impl Window {
    /// Unix seconds of its end.
    pub fn end(self, now: DateTime<Utc>) -> i64 {
        (now - TimeDelta::seconds(self.settle.into())).timestamp()
    }

    /// Unix seconds of its beginning and its end.
    fn seconds(self, now: DateTime<Utc>) -> (i64, i64) {
        let end = self.end(now);
        (end - i64::from(self.length), end)
    }

    fn millis(self, now: DateTime<Utc>) -> (i64, i64) {
        let (from, to) = self.seconds(now);
        (from * 1_000, to * 1_000)
    }
}

// === impl Ask ===

impl Ask {
    /// With the digest of its question: of a metric query or a search the text, of a formula its JSON.
    /// What is named by its id is no text.
    pub fn say(&self, asked: Asked) -> Asked {
        match self {
            Self::Series { query, .. } => asked.sent_as(query),
            Self::Scalar { formula, parts, .. } => {
                let (formulas, queries) = question(formula, parts);
                asked.sent_as_json(&json!({"formulas": formulas, "queries": queries}))
            }
            Self::Count { search, .. } | Self::Newest { search, .. } => asked.sent_as(search),
            Self::Monitor(_) | Self::Health(_) | Self::Slo { .. } => asked,
        }
    }

    /// What is sent for it.
    pub fn request(&self, now: DateTime<Utc>) -> Request {
        match self {
            Self::Series { query, window } => {
                let (from, to) = window.seconds(now);
                Request::get(["api", "v1", "query"])
                    .query("from", from.to_string())
                    .query("to", to.to_string())
                    .query("query", query)
            }
            Self::Scalar {
                formula,
                parts,
                window,
            } => post(
                ["api", "v2", "query", "scalar"],
                &scalar(formula, parts, *window, now),
            ),
            Self::Monitor(id) => {
                let id = id.to_string();
                Request::get(["api", "v1", "monitor", &id]).query("group_states", "all")
            }
            Self::Health(search) => monitors(search, 0),
            Self::Slo { id, window } => {
                let (window, settle) = (*window, 0);
                let (from, to) = Window {
                    length: window,
                    settle,
                }
                .seconds(now);
                Request::get(["api", "v1", "slo", id, "history"])
                    .query("from_ts", from.to_string())
                    .query("to_ts", to.to_string())
            }
            Self::Count {
                search,
                indexes,
                window,
            } => {
                let compute = json!([{"aggregation": "count", "type": "total"}]);
                let filter = filter(search, indexes, *window, now);
                let path = ["api", "v2", "logs", "analytics", "aggregate"];
                post(path, &json!({"filter": filter, "compute": compute}))
            }
            Self::Newest {
                search,
                indexes,
                window,
            } => {
                let filter = filter(search, indexes, *window, now);
                let body = json!({"filter": filter, "sort": "-timestamp", "page": {"limit": 1}});
                post(["api", "v2", "logs", "events", "search"], &body)
            }
        }
    }
}

/// One page of a search for monitors ("Monitors search").
pub fn monitors(search: &str, page: u32) -> Request {
    Request::get(["api", "v1", "monitor", "search"])
        .query("query", search)
        .query("page", page.to_string())
        .query("per_page", PAGE_SIZE)
}

fn scalar(formula: &str, parts: &[Part], window: Window, now: DateTime<Utc>) -> Value {
    let (from, to) = window.millis(now);
    let (formulas, queries) = question(formula, parts);
    let attributes = json!({"from": from, "to": to, "formulas": formulas, "queries": queries});
    json!({"data": {"type": "scalar_request", "attributes": attributes}})
}

/// The formulas and their queries.
fn question(formula: &str, parts: &[Part]) -> (Value, Vec<Value>) {
    let query = |part: &Part| {
        json!({
            "data_source": "metrics",
            "name": part.name,
            "aggregator": part.aggregator.0,
            "query": part.query,
        })
    };
    (
        json!([{"formula": formula}]),
        parts.iter().map(query).collect(),
    )
}

fn filter(search: &str, indexes: &[String], window: Window, now: DateTime<Utc>) -> Value {
    let (from, to) = window.millis(now);
    let (from, to) = (from.to_string(), to.to_string());
    json!({"from": from, "to": to, "query": search, "indexes": indexes})
}

fn post<const N: usize>(path: [&str; N], body: &Value) -> Request {
    let json = HeaderValue::from_static("application/json");
    Request::post(path).body(json, body.to_string())
}
