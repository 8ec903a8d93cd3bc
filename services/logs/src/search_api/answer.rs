//! What the server answers, after the pages "Search" and "Create point in time".

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use passport_evidence::Reason;
use serde::Deserialize;
use serde_json::{Number, Value};

/// Plain totals of this are what servers stop counting at unless they are asked not to.
const USUAL_CAP: u64 = 10_000;

/// The answer to a search. It holds lines: it is not to be shown.
#[derive(Deserialize)]
pub struct Search {
    timed_out: bool,
    terminated_early: Option<bool>,
    #[serde(rename = "_shards")]
    shards: Object<Shards>,
    #[serde(rename = "_clusters")]
    clusters: Option<Object<Clusters>>,
    hits: Object<Hits>,
    aggregations: Option<Object<Aggregations>>,
    /// The point in time, which may have another id by now.
    pub pit_id: Option<String>,
}

/// How many parts of the index answered. One that was skipped, because nothing in it could match, is one
/// that succeeded.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Shards {
    total: u64,
    successful: u64,
    failed: u64,
}

/// How many clusters answered, where several were asked behind one name.
#[derive(Debug, Clone, Deserialize)]
struct Clusters {
    total: Option<u64>,
    successful: Option<u64>,
    #[serde(default)]
    skipped: u64,
    #[serde(default)]
    partial: u64,
    #[serde(default)]
    failed: u64,
    #[serde(default)]
    running: u64,
}

#[derive(Deserialize)]
struct Hits {
    total: Option<RawTotal>,
    hits: Vec<Object<Hit>>,
}

/// One line.
#[derive(Deserialize)]
pub struct Hit {
    /// The index that it lies in.
    #[serde(rename = "_index")]
    pub index: Option<String>,
    /// Its id there.
    #[serde(rename = "_id")]
    pub id: Option<String>,
    /// The fields that were asked for.
    #[serde(rename = "_source", default)]
    pub line: Value,
    /// Where it stands in the order that was asked for.
    #[serde(default)]
    pub sort: Vec<Value>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum RawTotal {
    Plain(Number),
    Bounded(Object<Bounded>),
}

#[derive(Debug, Clone, Deserialize)]
struct Bounded {
    value: Number,
    relation: Relation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Relation {
    Eq,
    Gte,
}

/// How many lines there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// So many. Below zero there can't be.
    Exact(i128),
    /// So many or more.
    AtLeast(i128),
}

#[derive(Debug, Clone, Deserialize)]
struct Aggregations {
    newest: Option<Object<Newest>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Newest {
    value: Option<f64>,
}

/// A point in time that was opened.
#[derive(Debug, Clone, Deserialize)]
pub struct Opened {
    /// What it is asked by.
    #[serde(alias = "pit_id")]
    pub id: String,
    /// Parts of the index that it holds; older servers don't say.
    #[serde(rename = "_shards")]
    pub shards: Option<Object<Shards>>,
}

// === impl Search ===

impl Search {
    /// The lines that came with it.
    pub fn lines(&self) -> &[Object<Hit>] {
        &self.hits.hits
    }

    /// How many lines there are. `plain`: whether a plain number may say so.
    pub fn total(&self, plain: bool) -> Result<Total, Reason> {
        let total = match &self.hits.total {
            Some(RawTotal::Plain(number)) if plain => of_old_server(number),
            Some(RawTotal::Bounded(bounded)) => bounded.total(),
            Some(RawTotal::Plain(_)) | None => None,
        };
        total.ok_or(Reason::UnexpectedShape)
    }

    /// Whether the server itself says that something is missing.
    ///
    /// # Errors
    /// No index is behind the name: there is nothing that something could be missing of.
    pub fn is_partial(&self) -> Result<bool, Reason> {
        let is_less = self.shards.is_less()?;
        let clusters = self.clusters.as_ref().is_some_and(|it| it.is_less());
        // Shards that ran out of time count as successful.
        Ok(self.timed_out || self.terminated_early == Some(true) || is_less || clusters)
    }

    /// When the newest line was written; `None`: there is none.
    pub fn newest(&self) -> Result<Option<DateTime<Utc>>, Reason> {
        let newest = self.aggregations.as_ref().and_then(|it| it.newest.as_ref());
        match newest.and_then(|it| it.value) {
            None => Ok(None),
            Some(millis) => of_millis(millis).map(Some).ok_or(Reason::UnexpectedShape),
        }
    }
}

impl Shards {
    /// Whether not all of them answered.
    pub fn is_less(&self) -> Result<bool, Reason> {
        match self.total {
            0 => Err(Reason::NoData),
            total => Ok(self.failed > 0 || self.successful != total),
        }
    }
}

impl Clusters {
    fn is_less(&self) -> bool {
        let lost = [self.skipped, self.partial, self.failed, self.running];
        let all =
            self.total.is_none() || self.successful.is_none() || self.total == self.successful;
        lost.iter().any(|it| *it > 0) || !all
    }
}

impl Bounded {
    fn total(&self) -> Option<Total> {
        let number = whole(&self.value)?;
        Some(match self.relation {
            Relation::Eq => Total::Exact(number),
            Relation::Gte => Total::AtLeast(number),
        })
    }
}

/// All lines were asked to be counted; a server that stopped at its usual cap all the same did not.
fn of_old_server(number: &Number) -> Option<Total> {
    let number = whole(number)?;
    Some(if number == i128::from(USUAL_CAP) {
        Total::AtLeast(number)
    } else {
        Total::Exact(number)
    })
}

/// `None` for fractions, and for what is beyond 64 bits.
fn whole(number: &Number) -> Option<i128> {
    number.as_i128()
}

/// Unix milliseconds, with decimals that don't matter.
fn of_millis(millis: f64) -> Option<DateTime<Utc>> {
    let whole = millis.floor();
    if whole.abs() < 1e15 {
        DateTime::from_timestamp_millis(whole as i64)
    } else {
        None
    }
}
