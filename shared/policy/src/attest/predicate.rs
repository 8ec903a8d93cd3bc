//! What a Statement says of its subject.

use passport_evidence::{Evidence, json::Time};
use serde::{Deserialize, Serialize};

use crate::passport::{Digest, Passport, of_json};

/// Names the form of the predicate. It is a name, not a place: nothing is fetched by it.
pub const PREDICATE_TYPE: &str = "urn:passport-mesh:attestation:release-passport:v1";

/// What a Statement says of its subject.
#[derive(Debug, Serialize)]
pub struct Predicate<'a> {
    /// The record, whole.
    pub passport: &'a Passport,
    /// Of each evidence of the passport, in its order.
    pub evidence: Vec<EvidenceDigest>,
    /// Where it stands in the workspace's ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerPosition>,
}

/// Binds one evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceDigest {
    /// Name of the source.
    pub source: String,
    /// The connector that spoke.
    pub connector: String,
    /// When the provider's data was true. `None`: there is no trusted time.
    pub observed_at: Option<Time>,
    /// How long after that it may be relied on.
    pub max_age_seconds: u32,
    /// Of its JSON, as it stands in the payload.
    pub digest: Digest,
}

/// Where a passport stands in its workspace's ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerPosition {
    /// Number of the entry, counted from the beginning of the chain.
    pub sequence: i64,
    /// Of the entry, which binds all entries before it.
    pub entry_hash: Digest,
}

// === impl EvidenceDigest ===

impl EvidenceDigest {
    pub(super) fn of(evidence: &Evidence) -> Result<Self, serde_json::Error> {
        Ok(Self::bound(evidence, of_json(evidence)?))
    }

    pub(super) fn bound(evidence: &Evidence, digest: Digest) -> Self {
        let freshness = evidence.freshness();
        Self {
            source: evidence.source.to_string(),
            connector: evidence.connector.clone(),
            observed_at: freshness.observed_at.map(Time),
            max_age_seconds: freshness.max_age.as_secs(),
            digest,
        }
    }
}
