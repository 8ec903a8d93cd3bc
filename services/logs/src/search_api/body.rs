//! The bodies that are ever sent, after the pages "Search" and "Query DSL": values all of them, so that
//! nothing in one can become a part of the question.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{
    condition::{Condition, entry},
    field,
    period::Range,
    settings::TimeUnit,
};

/// How long the server may look before it says what it has, and that it is not all.
const PATIENCE: &str = "5s";
/// How long a point in time is kept from one page to the next.
pub const KEPT: &str = "1m";

/// What narrows every question of a source.
#[derive(Debug, Clone)]
pub struct Target {
    /// Conditions of the scope, by name.
    pub scope: Vec<Condition>,
    /// Field with the time of a line.
    pub time_field: String,
    /// What its values are.
    pub time_unit: TimeUnit,
}

/// Lines of a source that a query is about.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'a> {
    /// The source's target.
    pub target: &'a Target,
    /// The query's own conditions, by name.
    pub matching: &'a [Condition],
    /// When they were written.
    pub range: Range,
}

/// One page of lines of a point in time.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Most lines of it.
    pub size: usize,
    /// The point in time.
    pub pit: &'a str,
    /// Where the page before ended.
    pub after: Option<&'a [Value]>,
    /// Field that tells lines of one moment apart.
    pub tie_breaker: Option<&'static str>,
    /// Field with the message.
    pub message_field: &'a str,
}

impl Target {
    /// When a line was written, where it shows that in a form that is the same everywhere.
    pub fn time_of(&self, line: &Value) -> Option<DateTime<Utc>> {
        let shown = field::shown(line, &self.time_field)?;
        match self.time_unit {
            TimeUnit::Date => DateTime::parse_from_rfc3339(shown.as_str()?)
                .ok()
                .map(|at| at.to_utc()),
            TimeUnit::EpochMillis => DateTime::from_timestamp_millis(shown.as_i64()?),
        }
    }

    /// The filter of a range.
    fn within(&self, range: Range) -> Value {
        let bounds = match self.time_unit {
            TimeUnit::Date => json!({"gte": date(range.start), "lt": date(range.end)}),
            TimeUnit::EpochMillis => json!({
                "gte": range.start.timestamp_millis(),
                "lt": range.end.timestamp_millis(),
                "format": "epoch_millis",
            }),
        };
        entry("range", entry(&self.time_field, bounds))
    }
}

impl Lines<'_> {
    /// Every condition, the scope's first.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.target.scope.iter().chain(self.matching)
    }

    /// How many there are, and so many of the newest with their message.
    pub fn count(&self, excerpts: usize, message_field: &str) -> Value {
        json!({
            "size": excerpts,
            "track_total_hits": true,
            "timeout": PATIENCE,
            "query": self.query(),
            "sort": [entry(&self.target.time_field, "desc".into())],
            "_source": if excerpts == 0 { false.into() } else { self.fields(message_field) },
        })
    }

    /// Whether there are any, and when the newest was written.
    pub fn newest(&self) -> Value {
        json!({
            "size": 0,
            "track_total_hits": true,
            "timeout": PATIENCE,
            "query": self.query(),
            "aggs": {"newest": {"max": {"field": self.target.time_field}}},
        })
    }

    /// One page of them, the oldest first.
    pub fn page(&self, page: Page<'_>) -> Value {
        let tie_breaker = page.tie_breaker.map(|field| entry(field, "asc".into()));
        let time = entry(&self.target.time_field, "asc".into());
        let sort: Vec<_> = [time].into_iter().chain(tie_breaker).collect();
        let mut body = json!({
            "size": page.size,
            "track_total_hits": true,
            "timeout": PATIENCE,
            "pit": {"id": page.pit, "keep_alive": KEPT},
            "query": self.query(),
            "sort": sort,
            "_source": self.fields(page.message_field),
        });
        if let (Some(after), Some(body)) = (page.after, body.as_object_mut()) {
            body.insert("search_after".to_owned(), after.into());
        }
        body
    }

    fn query(&self) -> Value {
        let filters = self.conditions().map(Condition::filter);
        let time = self.target.within(self.range);
        let all: Vec<_> = filters.chain([time]).collect();
        json!({"bool": {"filter": all}})
    }

    /// All that is wanted of a line: its message, and what tells whether it is one that was asked for.
    fn fields(&self, message_field: &str) -> Value {
        let own = self.conditions().map(|it| it.field.as_str());
        let mut all: Vec<_> = own
            .chain([message_field, self.target.time_field.as_str()])
            .collect();
        all.sort_unstable();
        all.dedup();
        all.into()
    }
}

fn date(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
