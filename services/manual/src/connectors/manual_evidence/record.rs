//! A record as a person writes it, and whether it says enough.

mod link;
mod reason;
mod time;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_connector_sdk::strict_json::{self, Bounds};
use passport_evidence::{FactName, Scope};
use serde::Deserialize;
use serde_json::Value;

use super::{actor::Actors, kind::Kind, settings::Rules};

/// A record that says enough.
#[derive(Clone)]
pub struct Record {
    /// What kind of statement it is.
    pub kind: Kind,
    /// The fact that it speaks about.
    pub fact: FactName,
    /// Why, in the person's own words, less what looks like a secret or a personal detail.
    pub reason: String,
    /// The release that it is about.
    pub release: String,
    /// When it begins.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Who is to confirm it.
    pub approved_by: Option<String>,
    /// Whether it names what it rests on by its digest.
    pub has_digest: bool,
    /// Where what it rests on can be seen.
    pub link: Option<String>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Tells it from every other, taken back or not.
    pub id: String,
}

/// Why a record is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("is not one JSON object with every key once")]
    Json,
    #[error("has a key that is not known or missing, or a value of another type")]
    Form,
    #[error("kind: is none that this source takes")]
    Kind,
    #[error("fact: is none that persons may speak about here")]
    Fact,
    #[error("reason: wants 20 to 2000 characters that say why, in words")]
    Reason,
    #[error("scope: is not exactly the workspace, service and environment of this source")]
    Scope,
    #[error("scope.releaseDigest: is not sha256: and 64 hexadecimal digits")]
    Release,
    #[error("createdAt: is not an instant in RFC 3339, with an offset")]
    CreatedAt,
    #[error("expiresAt: is not an instant in RFC 3339, with an offset, after createdAt")]
    ExpiresAt,
    #[error("expiresAt: is later than this kind of statement may last")]
    TooLong,
    #[error("expiresAt: is over")]
    Over,
    #[error("approvedBy: names nobody, and this kind wants a second person")]
    NoApprover,
    #[error("evidenceDigest: is not sha256: and 64 hexadecimal digits")]
    Digest,
    #[error("link: is not a plain https address without query, user and secrets")]
    Link,
    #[error("revokedAt: is not an instant in RFC 3339, with an offset, from createdAt on")]
    RevokedAt,
    #[error(
        "can't be told from others: the key that ids of persons are made with can't be read; let the operator look"
    )]
    NoKey,
}

/// A record as it is written. `null` is as good as nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Written {
    kind: String,
    fact: String,
    reason: String,
    scope: WrittenScope,
    created_at: String,
    expires_at: String,
    approved_by: Option<String>,
    evidence_digest: Option<String>,
    link: Option<String>,
    revoked_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WrittenScope {
    workspace_id: String,
    service: String,
    environment: String,
    release_digest: String,
}

const BOUNDS: Bounds = Bounds {
    lists: &[],
    items: 100,
};

/// Longest id of a person.
const LONGEST_ID: usize = 512;

// === impl Record ===

impl Record {
    /// Reads a record that came in then.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(
        body: &[u8],
        rules: &Rules,
        scope: &Scope,
        actors: &Actors,
        received_at: DateTime<Utc>,
    ) -> Result<Self, Flaw> {
        let text = strict_json::document(body, &BOUNDS).map_err(|_| Flaw::Json)?;
        let value: Value = serde_json::from_slice(text).map_err(|_| Flaw::Json)?;
        // A list would be read as an object by the order of its items.
        if !value.is_object() || !value.get("scope").is_some_and(Value::is_object) {
            return Err(Flaw::Form);
        }
        let whole = without_revocation(&value);
        let id = actors
            .mark("record", &[whole.as_bytes()])
            .ok_or(Flaw::NoKey)?;
        let written: Written = serde_json::from_value(value).map_err(|_| Flaw::Form)?;
        written.check(id, rules, scope, received_at)
    }
}

/// What two records share that differ at most in `revokedAt`, in the order of their keys, and in
/// keys that are `null` or absent.
fn without_revocation(value: &Value) -> String {
    let keys = value.as_object().into_iter().flatten();
    let keys = keys.filter(|(key, it)| *key != "revokedAt" && !it.is_null());
    let sorted: BTreeMap<_, _> = keys.collect();
    let mut whole = serde_json::json!(sorted);
    whole.sort_all_objects();
    whole.to_string()
}

// === impl Written ===

impl Written {
    fn check(
        self,
        id: String,
        rules: &Rules,
        scope: &Scope,
        received_at: DateTime<Utc>,
    ) -> Result<Record, Flaw> {
        let kind = Kind::read(&self.kind).filter(|it| rules.kinds.contains(it));
        let kind = kind.ok_or(Flaw::Kind)?;
        let fact = FactName::new(&self.fact).ok();
        let fact = fact
            .filter(|it| rules.facts.contains(it))
            .ok_or(Flaw::Fact)?;
        let reason = reason::read(&self.reason).ok_or(Flaw::Reason)?;
        self.scope.check(scope)?;
        let created_at = time::instant(&self.created_at).ok_or(Flaw::CreatedAt)?;
        let expires_at = time::instant(&self.expires_at).filter(|it| *it > created_at);
        let expires_at = expires_at.ok_or(Flaw::ExpiresAt)?;
        if expires_at - created_at > kind.life(rules.max_life) {
            return Err(Flaw::TooLong);
        }
        let revoked_at = self.revoked_at.as_deref().map(|text| {
            let instant = time::instant(text).filter(|it| *it >= created_at);
            instant.ok_or(Flaw::RevokedAt)
        });
        let revoked_at = revoked_at.transpose()?;
        if expires_at <= received_at && revoked_at.is_none() {
            return Err(Flaw::Over);
        }
        let is_id = |it: &String| (1..=LONGEST_ID).contains(&it.len());
        let approved_by = self.approved_by;
        if approved_by
            .as_ref()
            .map_or(kind.wants_two(), |it| !is_id(it))
        {
            return Err(Flaw::NoApprover);
        }
        let has_digest = self.evidence_digest.as_deref().map(is_digest);
        if has_digest == Some(false) {
            return Err(Flaw::Digest);
        }
        let link = self
            .link
            .as_deref()
            .map(|it| link::read(it).ok_or(Flaw::Link));
        Ok(Record {
            kind,
            fact,
            reason,
            release: self.scope.release_digest,
            created_at,
            expires_at,
            approved_by,
            has_digest: has_digest.is_some(),
            link: link.transpose()?,
            revoked_at,
            id,
        })
    }
}

// === impl WrittenScope ===

impl WrittenScope {
    fn check(&self, own: &Scope) -> Result<(), Flaw> {
        let is_own = self.workspace_id == own.workspace.as_str()
            && self.service == own.service.as_str()
            && self.environment == own.environment.as_str();
        match (is_own, is_digest(&self.release_digest)) {
            (false, _) => Err(Flaw::Scope),
            (true, false) => Err(Flaw::Release),
            (true, true) => Ok(()),
        }
    }
}

fn is_digest(text: &str) -> bool {
    let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    let digits = text.strip_prefix("sha256:");
    digits.is_some_and(|it| it.len() == 64 && it.bytes().all(is_digit))
}
