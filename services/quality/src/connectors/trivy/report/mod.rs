//! From an upload's bytes to what is kept of it, whichever way Trivy wrote it.

mod keys;
mod kubernetes;
mod native;
mod sarif;
mod scanned;
mod tables;

use serde::{Deserialize, de::IgnoredAny};

use super::{artifact, summary::Summary};
use crate::strict_json::{self, Bounds, Refused};
pub use tables::has_advisories;

/// Most repository digests of one report.
const MAX_DIGESTS: usize = 16;

/// Findings, and what is read of them and of the artifact.
const BOUNDS: Bounds = Bounds {
    lists: &[
        "ExperimentalModifiedFindings",
        "Findings",
        "Misconfigurations",
        "RepoDigests",
        "RepoTags",
        "Resources",
        "Secrets",
        "Vulnerabilities",
        "invocations",
        "locations",
        "repoDigests",
        "repoTags",
        "results",
        "rules",
        "tags",
    ],
    items: 200_000,
};

/// Why a report can't be used. Sending it again would not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Not one JSON document that can be read in one way only.
    #[error("not one JSON document in UTF-8 with every key once and at most 64 levels")]
    Json,
    /// So much that reading it would cost too much.
    #[error("over 200,000 findings with their places and tags, or over 2,000,000 keys")]
    TooMany,
    /// A key that Trivy's own reader would take for one of Trivy's.
    #[error("a key that differs from one of Trivy's only in upper and lower case")]
    Key,
    /// JSON, but none of the forms that Trivy writes.
    #[error(
        "no report of Trivy: neither its JSON (schema 1 or 2, or of `trivy k8s`) nor SARIF 2.1.0 with one run"
    )]
    Form,
    /// SARIF of something else.
    #[error("a SARIF report of another scanner than Trivy")]
    OtherScanner,
    /// About another artifact.
    #[error("a report about another artifact than this source's")]
    OtherArtifact,
    /// Its own time is none.
    #[error("the report's CreatedAt is no time")]
    Time,
    /// A repository digest is none, or there are too many.
    #[error("the report's repository digests are not at most 16 of name@sha256:…")]
    Digest,
}

/// The keys that tell the forms of an object apart.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "SchemaVersion")]
    schema_version: Option<IgnoredAny>,
    runs: Option<IgnoredAny>,
    #[serde(rename = "ClusterName")]
    cluster: Option<IgnoredAny>,
}

/// Reads a report about an artifact.
pub fn read(body: &[u8], artifact: &str) -> Result<Summary, Unusable> {
    let text = strict_json::document(body, &BOUNDS)?;
    let first = text.iter().find(|it| !it.is_ascii_whitespace());
    match first {
        Some(b'n') => Ok(Summary::default()),
        Some(b'[') => Ok(native::schema1(&keys::parse::<Vec<_>>(
            text,
            &keys::NATIVE,
        )?)),
        Some(b'{') => object(text, artifact),
        Some(_) | None => Err(Unusable::Form),
    }
}

fn object(text: &[u8], artifact: &str) -> Result<Summary, Unusable> {
    let probe: Probe = serde_json::from_slice(text).map_err(|_| Unusable::Form)?;
    if probe.cluster.is_some() {
        return kubernetes::summary(&keys::parse(text, &keys::KUBERNETES)?, artifact);
    }
    match (probe.schema_version, probe.runs) {
        (Some(_), _) => native::schema2(&keys::parse(text, &keys::NATIVE)?, artifact),
        (None, Some(_)) => sarif::summary(&keys::parse(text, &keys::SARIF)?, artifact),
        (None, None) => Ok(native::oldest(&keys::parse(text, &keys::NATIVE)?)),
    }
}

/// What a report says that it is about.
struct Names<'a> {
    /// The name that Trivy was given.
    artifact: Option<&'a str>,
    /// Tags in repositories.
    tags: &'a [String],
    /// Digests in repositories.
    digests: &'a [String],
    /// Whether it is an image of containers: no other name ends in a tag or a digest.
    is_container_image: bool,
}

// === impl Names ===

impl Names<'_> {
    /// Refuses a report that names another artifact. One that names none may be about this one.
    fn check(&self, artifact: &str) -> Result<(), Unusable> {
        let is_it = |name: &str| {
            name == artifact || (self.is_container_image && artifact::bare(name) == artifact)
        };
        let mut in_repositories = self.tags.iter().chain(self.digests).peekable();
        let fits = match self.artifact.filter(|name| !name.is_empty()) {
            Some(name) => is_it(name),
            None => in_repositories.peek().is_none() || in_repositories.any(|name| is_it(name)),
        };
        if fits {
            Ok(())
        } else {
            Err(Unusable::OtherArtifact)
        }
    }

    /// Notes the digests that the artifact has in its own repository. A copy of another one proves
    /// nothing about it.
    fn write_digests(&self, artifact: &str, summary: &mut Summary) -> Result<(), Unusable> {
        for name in self.digests {
            let (repository, digest) = artifact::digest(name).ok_or(Unusable::Digest)?;
            if artifact::is_same_repository(repository, artifact) {
                summary.digests.insert(digest.to_owned());
            }
        }
        match summary.digests.len() > MAX_DIGESTS {
            true => Err(Unusable::Digest),
            false => Ok(()),
        }
    }
}

// === impl Unusable ===

impl From<Refused> for Unusable {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotStrict => Self::Json,
            Refused::TooMany => Self::TooMany,
        }
    }
}
