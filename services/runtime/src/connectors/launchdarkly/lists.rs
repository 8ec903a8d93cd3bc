//! The fields of what else is read of a flag, as LaunchDarkly's REST API names them.

use chrono::{DateTime, Utc};
use passport_connector_sdk::object::Object;
use serde::{Deserialize, de::IgnoredAny};

/// Whether a flag is evaluated ("Flag statuses").
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvaluationStatus {
    pub name: String,
    /// None, where it never was.
    pub last_requested: Option<DateTime<Utc>>,
}

/// A list, or a page of one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    pub items: Vec<Object<T>>,
    pub total_count: Option<usize>,
    #[serde(rename = "_links")]
    links: Option<Object<Links>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Links {
    next: Option<IgnoredAny>,
}

/// A request for somebody's approval ("Approvals"). Who asked, and for what, is not read.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    pub status: String,
    pub review_status: String,
}

/// A change that will be made ("Scheduled changes").
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledChange {
    /// Milliseconds since 1970.
    pub execution_date: i64,
}

/// A flag in a list.
#[derive(Debug, Clone, Deserialize)]
pub struct ListedFlag {
    pub key: String,
}

/// A project in a list.
#[derive(Debug, Clone, Deserialize)]
pub struct ListedProject {
    pub key: String,
}

// === impl Listed ===

impl<T> Listed<T> {
    /// Whether more follows what has been seen of it so far.
    pub fn has_more_than(&self, seen: usize) -> bool {
        let links = self.links.as_ref();
        let is_linked = links.is_some_and(|it| it.next.is_some());
        is_linked || self.total_count.is_some_and(|it| it > seen)
    }
}
