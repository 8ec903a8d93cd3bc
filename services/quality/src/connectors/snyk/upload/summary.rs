//! What is kept of an upload: what facts need, and no text that is somebody's.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::connectors::snyk::severity::Issues;

/// What is kept of an upload.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// What its keys mean: another number stands for another version of this connector.
    pub version: Version,
    /// When its sender says that the test ended.
    pub stated_at: Option<DateTime<Utc>>,
    /// What was found, by the name of the project. Only names that the source has.
    pub projects: BTreeMap<String, Found>,
    /// Tests that failed and name no project of the source.
    pub strays: u64,
}

/// What was found in one project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Issues, each once.
    pub issues: Issues,
    /// Why the issues are not all that there is to know.
    pub flaws: BTreeSet<Flaw>,
}

/// Why what is listed of a project is not all that there is to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// A test of it failed.
    Error,
    /// A test of it looked at nothing.
    Nothing,
    /// An issue whose severity is not a known word.
    Untold,
    /// More issues are counted than listed.
    Fewer,
    /// Snyk says that it is not well, and lists nothing.
    Unexplained,
}

/// The version of a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version(u32);

// === impl Summary ===

impl Summary {
    /// Reads what was kept; `None`: another version of this connector kept it.
    pub fn read(record: &[u8]) -> Option<Self> {
        let read = serde_json::from_slice::<Self>(record).ok();
        read.filter(|it| it.version == Version::default())
    }
}

// === impl Version ===

impl Default for Version {
    /// To be raised whenever a key of a summary comes, goes or changes its meaning.
    fn default() -> Self {
        Self(1)
    }
}

// === impl Found ===

impl Found {
    /// Adds what another part of it found.
    pub fn add(&mut self, other: Self) {
        self.issues.add_all(&other.issues);
        self.flaws.extend(other.flaws);
    }
}
