//! The manifest of a bundle: what it is about, and the digests of its files.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, digests::is_digest};
use serde::Deserialize;

use super::{
    accept::Unusable,
    multipart,
    settings::Platform,
    summary::{Baseline, Summary},
};
use crate::strict_json::{self, Bounds};

/// A manifest.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    schema_version: u64,
    /// Who made the bundle.
    pub producer: String,
    /// What was tested.
    pub build: Object<Build>,
    /// When.
    pub run: Object<Run>,
    baseline: Option<Object<BaselineOf>>,
    /// The files of the bundle.
    pub files: Vec<Object<File>>,
}

/// What was tested.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Build {
    artifact_digest: String,
    /// What it ran on.
    pub platform: Platform,
}

/// A run of the suite.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run {
    id: String,
    started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: DateTime<Utc>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BaselineOf {
    artifact_digest: Option<String>,
    created_at: Option<DateTime<Utc>>,
}

/// A file of a bundle.
#[derive(Debug, Deserialize)]
pub struct File {
    /// Its name, and that of its part.
    pub name: String,
    /// Its SHA-256, in lower-case hexadecimal digits.
    pub sha256: String,
    /// How it is read.
    pub kind: Kind,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// What Playwright's JSON reporter writes.
    PlaywrightJson,
    /// Requests of pages (HAR 1.2).
    Har,
    /// Pairs of screenshots that were compared.
    ScreenshotDiff,
    /// One image of such a pair, as PNG.
    Screenshot,
    /// Lines of the console.
    Console,
}

const BOUNDS: Bounds = Bounds {
    lists: &["files"],
    items: 500,
};
/// The only form there is.
const SCHEMA_VERSION: u64 = 1;
const MAX_RUN_ID: usize = 200;

/// Reads a manifest.
pub fn read(text: &[u8]) -> Result<Manifest, Unusable> {
    let text = strict_json::document(text, &BOUNDS).map_err(|refused| match refused {
        strict_json::Refused::TooMany => Unusable::TooMany,
        strict_json::Refused::NotStrict => Unusable::Manifest,
    })?;
    let read: Result<Object<Manifest>, _> = serde_json::from_slice(text);
    let Object(manifest) = read.map_err(|_| Unusable::Manifest)?;
    if !manifest.is_sound() {
        return Err(Unusable::Manifest);
    }
    match manifest.names_are_flat() {
        true => Ok(manifest),
        false => Err(Unusable::Name),
    }
}

// === impl Manifest ===

impl Manifest {
    fn is_sound(&self) -> bool {
        let run = &self.run;
        self.schema_version == SCHEMA_VERSION
            && is_digest(&self.build.artifact_digest)
            && (1..=MAX_RUN_ID).contains(&run.id.len())
            && run.started_at <= run.finished_at
            && self.files.iter().all(|it| it.has_digest())
    }

    fn names_are_flat(&self) -> bool {
        let mut names = HashSet::from(["manifest.json"]);
        let mut files = self.files.iter();
        files.all(|it| multipart::is_flat(&it.name) && names.insert(&it.name))
    }

    /// What is kept of a bundle before its files are looked at.
    pub fn summary(&self) -> Summary {
        Summary {
            artifact: self.build.artifact_digest.clone(),
            finished_at: Some(self.run.finished_at),
            baseline: self.baseline(),
            ..Summary::default()
        }
    }

    /// A baseline of this very artifact, or one that was made while the suite ran, shows no
    /// regression.
    fn baseline(&self) -> Baseline {
        let of = |it: &Object<BaselineOf>| it.artifact_digest.clone().zip(it.created_at);
        match self.baseline.as_ref().and_then(of) {
            None => Baseline::Untold,
            Some((artifact, at))
                if artifact == self.build.artifact_digest || at >= self.run.started_at =>
            {
                Baseline::Own
            }
            Some((artifact, _)) if is_digest(&artifact) => Baseline::Earlier,
            Some(_) => Baseline::Untold,
        }
    }
}

// === impl File ===

impl File {
    fn has_digest(&self) -> bool {
        is_digest(&format!("sha256:{}", self.sha256))
    }
}
