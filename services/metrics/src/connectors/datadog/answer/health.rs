//! Monitors that a search found, after the schema `MonitorSearchResponse` of Datadog. Only their numbers are read
//! of it: names, queries and people are not, and how each monitor is, its own description says better.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, ReadError};
use serde::Deserialize;

use super::monitor::Monitor;

/// All monitors of a service.
#[derive(Debug, Clone)]
pub struct Health {
    /// Numbers of those that were listed.
    pub ids: BTreeSet<u64>,
    /// How many there are, by the largest number that a page told.
    pub total: u64,
    /// Those that were looked at, in the order of their numbers, each with when that was.
    pub monitors: Vec<Result<(Monitor, DateTime<Utc>), ReadError>>,
    /// When the first page was seen.
    pub seen_at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Response {
    monitors: Vec<Object<Listed>>,
    metadata: Object<Metadata>,
}

#[derive(Deserialize)]
struct Listed {
    id: u64,
}

#[derive(Deserialize)]
struct Metadata {
    total_count: u64,
}

/// Reads one page. None of its monitors was looked at yet.
pub fn page(body: &[u8], seen_at: DateTime<Utc>) -> Result<Health, ReadError> {
    let response: Response = super::object(body)?;
    Ok(Health {
        ids: response.monitors.iter().map(|it| it.0.id).collect(),
        total: response.metadata.0.total_count,
        monitors: Vec::new(),
        seen_at,
    })
}

// === impl Health ===

impl Health {
    /// Whether as many were listed as there are.
    pub fn is_listed(&self) -> bool {
        u64::try_from(self.ids.len()) == Ok(self.total)
    }

    /// Whether every one was listed and looked at.
    pub fn is_whole(&self) -> bool {
        self.is_listed() && self.monitors.len() == self.ids.len()
    }

    /// Takes a further page in, and tells whether it had anything new.
    pub fn add(&mut self, page: Self) -> bool {
        let before = self.ids.len();
        self.ids.extend(page.ids);
        self.total = self.total.max(page.total);
        self.ids.len() > before
    }
}
