//! Open issues, after the type `AiIssuesIssue` of NerdGraph. Their titles are not read.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, ReadError};
use serde::Deserialize;

/// States that were asked for.
const OPEN: [&str; 2] = ["CREATED", "ACTIVATED"];

/// Open issues.
#[derive(Debug, Clone, Default)]
pub struct Issues {
    /// Ids of those that were seen.
    ids: BTreeSet<String>,
    /// Entities of each.
    entities: Vec<Vec<String>>,
    /// Whether one is not open.
    others: bool,
    /// Where pages began.
    cursors: BTreeSet<String>,
    /// Whether there may be more.
    pub cut: bool,
    /// When the first page was seen.
    pub seen_at: Option<DateTime<Utc>>,
}

/// A page of issues.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    issues: Vec<Object<Issue>>,
    next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    issue_id: String,
    state: String,
    entity_guids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfIssues {
    ai_issues: Object<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    issues: Object<Page>,
}

/// Reads a page.
pub fn parse(body: &[u8]) -> Result<Page, ReadError> {
    super::without_errors(body)?;
    let OfIssues { ai_issues } = super::of_account(body)?;
    Ok(ai_issues.0.issues.0)
}

impl Issues {
    /// Adds a page and says where the next one begins. One that begins where another did is none.
    pub fn add(&mut self, page: Page, seen_at: DateTime<Utc>) -> Option<String> {
        for Object(issue) in page.issues {
            self.others |= !OPEN.contains(&issue.state.as_str());
            self.entities.push(issue.entity_guids);
            self.ids.insert(issue.issue_id);
        }
        self.seen_at = Some(self.seen_at.map_or(seen_at, |before| before.min(seen_at)));
        let next = page.next_cursor?;
        if self.cursors.insert(next.clone()) {
            Some(next)
        } else {
            self.cut = true;
            None
        }
    }

    /// The same, where not every page was read.
    #[must_use]
    pub fn cut(self) -> Self {
        Self { cut: true, ..self }
    }

    /// How many there are: one that is listed twice is one.
    pub fn count(&self) -> usize {
        self.ids.len()
    }

    /// Whether each is open, and of an entity.
    pub fn are_of(&self, guid: &str) -> bool {
        let mut entities = self.entities.iter();
        !self.others && entities.all(|of| of.iter().any(|it| it == guid))
    }
}
