//! The evidence that is sent: in the evidence JSON's shape, about this scope and the listed facts alone.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::{
    Delivery,
    redaction::Redactor,
    strict_json::{self, Bounds},
};
use passport_evidence::{FactName, Reason, Scope, Status, Threshold, Value as Figure, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::envelope;

/// Furthest that a sender's time may lie ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// Longest value, threshold and item.
const LONGEST: usize = 128;

const BOUNDS: Bounds = Bounds {
    lists: &["facts"],
    items: 1_000,
};

/// Why a payload is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("is not one JSON document with every key once")]
    Json,
    #[error("is a batch; send one event at a time")]
    Batch,
    #[error("is no CloudEvent 1.0 with id, source, type and JSON data")]
    Event,
    #[error("has not the shape of evidence: scope, freshness and facts")]
    Form,
    #[error("is about another scope than this source's")]
    OtherScope,
    #[error("has a fact that the source does not list, or one twice")]
    OtherFact,
    #[error("has a status that is none of the six")]
    Status,
    #[error("has a value, threshold or item that is too long, not plain, or like a secret")]
    Text,
    #[error("has a fact whose status contradicts its own value and threshold")]
    Contradictory,
    #[error("has a time that is none, or is more than 300 s ahead")]
    Time,
    #[error("has a maxAgeSeconds that is no number above zero")]
    MaxAge,
}

/// Evidence that was sent, checked.
#[derive(Debug, Clone)]
pub struct Payload {
    /// When it was true, as the sender says.
    pub observed_at: Option<DateTime<Utc>>,
    /// How long the sender wants it to be relied on, in seconds.
    pub max_age: Option<u64>,
    /// What is stated.
    pub facts: Vec<Claim>,
}

/// One fact that is stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Its name.
    pub name: String,
    /// One of the six statuses.
    pub status: String,
    /// What was found.
    pub value: Option<String>,
    /// What was wanted, where it is a threshold of ours.
    pub threshold: Option<String>,
    /// What it is about.
    pub item: Option<String>,
    /// Why it is not passed, where it is a reason of ours.
    pub reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenScope {
    workspace_id: String,
    service: String,
    environment: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WrittenFreshness {
    observed_at: Option<String>,
    max_age_seconds: Option<Value>,
}

/// Reads what a signature vouches for, and tells the event that it came in.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn read(
    delivery: &Delivery,
    signed_at: Option<DateTime<Utc>>,
    names: &[FactName],
    scope: &Scope,
) -> Result<(Payload, Option<String>), Flaw> {
    let text = strict_json::document(&delivery.body, &BOUNDS).map_err(|_| Flaw::Json)?;
    let document: Value = serde_json::from_slice(text).map_err(|_| Flaw::Json)?;
    let opened = envelope::open(&delivery.headers, document)?;
    let facts = opened.payload.get("facts").and_then(Value::as_array);
    let facts = facts.ok_or(Flaw::Form)?;
    of_scope(&opened.payload, scope)?;
    let freshness: WrittenFreshness = match opened.payload.get("freshness") {
        None | Some(Value::Null) => WrittenFreshness::default(),
        Some(it) => object(it)?,
    };
    let facts: Vec<_> = facts.iter().map(Claim::read).collect::<Result<_, _>>()?;
    let listed = |it: &Claim| names.iter().any(|name| name.as_str() == it.name);
    let each: BTreeSet<_> = facts.iter().map(|it| &it.name).collect();
    if facts.is_empty() || !facts.iter().all(listed) || each.len() < facts.len() {
        return Err(Flaw::OtherFact);
    }
    let stated = freshness.observed_at.as_deref().map(|text| {
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| Flaw::Time)?;
        Ok(time.to_utc())
    });
    let observed_at = stated.transpose()?.or(opened.time).or(signed_at);
    if observed_at.is_some_and(|it| it > delivery.received_at + AHEAD) {
        return Err(Flaw::Time);
    }
    let payload = Payload {
        observed_at,
        max_age: max_age(freshness.max_age_seconds.as_ref())?,
        facts,
    };
    Ok((payload, opened.event))
}

/// An object, and no list in the order of its keys.
fn object<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, Flaw> {
    let object = Some(value).filter(|it| it.is_object()).ok_or(Flaw::Form)?;
    serde_json::from_value(object.clone()).map_err(|_| Flaw::Form)
}

fn of_scope(payload: &Value, own: &Scope) -> Result<(), Flaw> {
    let scope: WrittenScope = object(payload.get("scope").ok_or(Flaw::Form)?)?;
    let is_own = scope.workspace_id == own.workspace.as_str()
        && scope.service == own.service.as_str()
        && scope.environment == own.environment.as_str();
    match is_own {
        true => Ok(()),
        false => Err(Flaw::OtherScope),
    }
}

fn max_age(stated: Option<&Value>) -> Result<Option<u64>, Flaw> {
    match stated {
        None | Some(Value::Null) => Ok(None),
        Some(it) => it
            .as_u64()
            .filter(|it| *it > 0)
            .map(Some)
            .ok_or(Flaw::MaxAge),
    }
}

// === impl Claim ===

impl Claim {
    fn read(fact: &Value) -> Result<Self, Flaw> {
        let text = |key: &str| match fact.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Flaw::Form),
        };
        let claim = Self {
            name: text("name")?.ok_or(Flaw::Form)?,
            status: text("status")?.ok_or(Flaw::Form)?,
            value: text("value")?,
            threshold: text("threshold")?,
            item: text("item")?,
            reason: text("reason")?.filter(|it| Reason::from_code(it).is_some()),
        };
        let status = claim.status().ok_or(Flaw::Status)?;
        let shown = [&claim.value, &claim.threshold, &claim.item];
        if !shown.into_iter().flatten().all(|it| is_plain(it)) {
            return Err(Flaw::Text);
        }
        match claim.contradicts(status) {
            true => Err(Flaw::Contradictory),
            false => Ok(claim),
        }
    }

    /// The status that its word stands for.
    pub fn status(&self) -> Option<Status> {
        Status::from_word(&self.status)
    }

    /// What was wanted; words that are no threshold are not one.
    pub fn wanted(&self) -> Option<Threshold> {
        self.threshold.as_ref()?.parse().ok()
    }

    /// What was found.
    pub fn found(&self) -> Option<Figure> {
        self.value.as_deref().map(Figure::parse)
    }

    /// Whether a figure says another thing than the status, where both can be compared.
    fn contradicts(&self, status: Status) -> bool {
        let judged = self.found().zip(self.wanted()).map(|(found, wanted)| {
            let is_figure = found.quantity().is_some();
            (is_figure, wanted.judge(&found))
        });
        let Some((true, verdict)) = judged else {
            return false;
        };
        match (status, verdict) {
            (Status::Passed | Status::Warning, Verdict::Missed | Verdict::Undecided) => true,
            (Status::Failed, Verdict::Met) => true,
            (
                Status::Passed
                | Status::Warning
                | Status::Failed
                | Status::Pending
                | Status::Unknown
                | Status::NotApplicable,
                _,
            ) => false,
        }
    }
}

/// Printable, short, and nothing that looks like a secret or a personal detail.
fn is_plain(text: &str) -> bool {
    let length = text.chars().count();
    (1..=LONGEST).contains(&length)
        && !text.chars().any(char::is_control)
        && Redactor::new(false).redact(text).counts.is_empty()
}
