//! Build attestations of the release's artifacts, after GitHub's page "REST API endpoints for artifact
//! attestations" and SLSA's page "Build: Provenance", version 1.
//!
//! Nothing here verifies a signature, without which an attestation proves nothing, as GitHub's page says.
//! It is shown and never passes; one that speaks of another commit fails.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Subject, Threshold};
use serde::Deserialize;
use serde_json::Value;

use super::{choose, model::Run};

const NAME: FactName = FactName::fixed("build_attestation");
const PROVENANCE: &str = "https://slsa.dev/provenance/v1";
/// Most artifacts of a release whose attestations are read.
const MAX_DIGESTS: usize = 10;

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

/// What GitHub keeps of one artifact.
#[derive(Debug)]
pub struct OfArtifact {
    /// `sha256:…` of the artifact.
    pub digest: String,
    /// Its attestations, or why they are not known.
    pub read: Result<Kept, Reason>,
}

/// Attestations of an artifact.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Those that were read.
    pub read: Vec<Attestation>,
    /// Whether those are all.
    pub are_all: bool,
}

/// A page of attestations.
#[derive(Debug, Deserialize)]
pub struct Page {
    /// In no order that is told.
    pub attestations: Vec<Attestation>,
}

/// A Sigstore bundle around a signed Statement.
#[derive(Debug, Clone, Deserialize)]
pub struct Attestation {
    bundle: Bundle,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bundle {
    dsse_envelope: Envelope,
}

#[derive(Debug, Clone, Deserialize)]
struct Envelope {
    payload: String,
}

/// Which build a Statement says an artifact is of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Build {
    /// Address of the repository.
    repository: String,
    /// Path of the workflow's file.
    workflow: String,
    /// The commit, in small letters.
    commit: String,
}

/// The artifacts, each with whether its attestations are asked for: GitHub knows them by SHA-256 alone.
pub fn wanted(subject: Option<&Subject>) -> impl Iterator<Item = (&str, bool)> {
    let digests = subject.map_or(&[][..], |it| &it.artifact_digests);
    let numbered = digests.iter().enumerate();
    numbered.map(|(at, it)| (it.as_str(), at < MAX_DIGESTS && it.starts_with("sha256:")))
}

/// One fact for each artifact: which commit its provenance names.
pub fn facts(found: &[OfArtifact], run: &Run) -> Vec<Fact> {
    match found.is_empty() {
        true => vec![Fact::unknown(NAME, Reason::NoSubject)],
        false => found.iter().map(|it| it.fact(run)).collect(),
    }
}

/// The facts where there is no run.
pub fn nothing(reason: Reason) -> Fact {
    Fact::unknown(NAME, reason)
}

// === impl OfArtifact ===

impl OfArtifact {
    fn fact(&self, run: &Run) -> Fact {
        self.judged(run).about(self.digest.clone())
    }

    fn judged(&self, run: &Run) -> Fact {
        let kept = match &self.read {
            Err(reason) => return Fact::unknown(NAME, *reason),
            Ok(none) if none.read.is_empty() => return Fact::unknown(NAME, Reason::NoData),
            Ok(kept) => kept,
        };
        let builds = kept.read.iter().filter_map(|it| it.build(&self.digest));
        let builds: Vec<_> = builds.collect();
        let own = builds.iter().find(|it| it.is_of(run));
        match (own, builds.first()) {
            (Some(own), _) => {
                Fact::not_applicable(NAME, Reason::Informational).showing(own.commit.as_str())
            }
            (None, _) if !kept.are_all => Fact::unknown(NAME, Reason::Incomplete),
            (None, Some(other)) => Fact::state(NAME, "other", &OTHER)
                .showing(other.commit.as_str())
                .wanting(Some(Threshold::equals(&run.head_sha.to_ascii_lowercase()))),
            (None, None) => Fact::unknown(NAME, Reason::UnexpectedShape),
        }
    }
}

// === impl Attestation ===

impl Attestation {
    /// The build that it says an artifact is of. `None`: it is no provenance, or not of this artifact.
    fn build(&self, digest: &str) -> Option<Build> {
        let payload = &self.bundle.dsse_envelope.payload;
        let statement = BASE64_STANDARD.decode(payload).ok()?;
        let statement: Value = serde_json::from_slice(&statement).ok()?;
        let digits = digest.strip_prefix("sha256:")?;
        let subjects = statement.get("subject")?.as_array()?;
        let names_it = |it: &Value| text(it, "/digest/sha256") == Some(digits);
        if text(&statement, "/predicateType") != Some(PROVENANCE) || !subjects.iter().any(names_it)
        {
            return None;
        }
        let definition = statement.pointer("/predicate/buildDefinition")?;
        let sources = definition.get("resolvedDependencies")?.as_array()?;
        let mut commits = sources
            .iter()
            .filter_map(|it| text(it, "/digest/gitCommit"));
        Some(Build {
            repository: text(definition, "/externalParameters/workflow/repository")?.to_owned(),
            workflow: text(definition, "/externalParameters/workflow/path")?.to_owned(),
            commit: commits
                .find(|it| choose::is_commit(it))?
                .to_ascii_lowercase(),
        })
    }
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

// === impl Build ===

impl Build {
    /// Whether a run may have made it: the same workflow of the same repository at the same commit.
    fn is_of(&self, run: &Run) -> bool {
        let (path, _) = run.path.split_once('@').unwrap_or((&run.path, ""));
        let repository = format!("/{}", run.repository.full_name);
        self.commit == run.head_sha.to_ascii_lowercase()
            && self.workflow == path
            && self.repository.ends_with(&repository)
    }
}
