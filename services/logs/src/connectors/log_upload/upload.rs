//! Uploaded documents: which are taken, what is kept of them, and which one counts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use http::StatusCode;
use passport_connector_sdk::{
    Accepted, Delivery, Kept, Record, Rejected, SenderReply,
    strict_json::Refused,
    upload::{self, ToldTime},
};
use passport_evidence::{Fact, MaxAge, Reason, freshness::SKEW};
use serde::{Deserialize, Serialize};

use super::{
    document,
    door::Door,
    found::{Found, Named, Time},
    judge,
    query::Query,
    settings::Scope,
};

/// Most bytes of an upload.
pub const MAX_BYTES: usize = 256 * 1024;

/// What uploads are judged by.
#[derive(Clone, Copy)]
pub struct Uploads<'a> {
    /// What is read of them.
    pub queries: &'a [Query],
    /// Whose they have to be.
    pub scope: &'a Scope,
    /// How long they hold.
    pub max_age: MaxAge,
}

/// What is kept of an upload: by query id, and only of queries that it has a place for.
#[derive(Serialize, Deserialize)]
struct Summary(BTreeMap<String, Entry>);

#[derive(Serialize, Deserialize)]
struct Entry {
    /// How it was read.
    digest: String,
    found: Found,
}

/// Why an upload is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("{0}")]
    Upload(#[from] upload::Refusal),
    #[error("Passport-Observed-At is not signed: put the time into the document")]
    UnsignedTime,
    #[error("not one JSON document in UTF-8 with every key once, at most 64 levels")]
    Json,
    #[error("more items or keys than a document may hold")]
    TooMany,
    #[error("about another service or environment than the source's")]
    OtherScope,
    #[error("has no value where the source's `read` points to")]
    NoValue,
}

// === impl Uploads ===

impl Uploads<'_> {
    /// Judges an upload. Whom the door does not let in learns nothing else.
    pub fn accept(&self, delivery: &Delivery, door: &Door) -> Result<Accepted, Rejected> {
        door.open(delivery)?;
        let record = self.record(delivery, door).map_err(Refusal::rejected)?;
        Ok(Accepted {
            idempotency_key: upload::key(delivery),
            records: vec![record.into()],
            // It has to outlive whatever older upload could pass in its place, and its own replays.
            keep_for: (self.max_age.as_delta() * 2 + SKEW).max(door.replayable_for()),
            reply: SenderReply::text(StatusCode::ACCEPTED, "the counts are kept"),
        })
    }

    fn record(&self, delivery: &Delivery, door: &Door) -> Result<Vec<u8>, Refusal> {
        upload::check_size(delivery, MAX_BYTES)?;
        let stated_at = upload::stated_at(&delivery.headers)?;
        if stated_at.is_some() && !door.vouches_for_headers() {
            return Err(Refusal::UnsignedTime);
        }
        let document = document::document(&delivery.body)?;
        let concerned = self
            .queries
            .iter()
            .filter(|it| it.reader.concerns(document));
        let entry = |query: &Query| {
            let mut found = query.reader.read(document, self.scope);
            if let (Time::Untold, Some(at)) = (found.time, stated_at) {
                found.time = Time::At(at);
            }
            let digest = query.digest.clone();
            (query.id.clone(), Entry { digest, found })
        };
        let entries: BTreeMap<_, _> = concerned.map(entry).collect();
        let all = || entries.values().map(|it| &it.found);
        if all().any(|it| it.scope == Named::Foreign) || self.is_foreign(document) {
            return Err(Refusal::OtherScope);
        }
        if !all().any(|it| it.numbers.is_ok()) {
            return Err(Refusal::NoValue);
        }
        serde_json::to_vec(&Summary(entries)).map_err(|_| Refusal::NoValue)
    }

    /// Whether it names another scope where any query would look for it.
    fn is_foreign(&self, document: &serde_json::value::RawValue) -> bool {
        let mut queries = self.queries.iter();
        queries.any(|it| it.reader.read(document, self.scope).scope == Named::Foreign)
    }

    /// The facts of what was kept.
    pub fn facts(&self, kept: &Kept, now: DateTime<Utc>) -> Vec<Fact> {
        let uploads: Vec<_> = kept.records.iter().map(Upload::read).collect();
        let fact = |query: &Query| match newest(&uploads, query) {
            None => query.asked.unknown(Reason::NoData),
            Some((ToldTime::Ahead, _)) => query.asked.unknown(Reason::Future),
            Some((ToldTime::At(_) | ToldTime::Untold, found)) => {
                judge::fact(query, found, self.max_age, now)
            }
        };
        self.queries.iter().map(fact).collect()
    }
}

/// An upload that was kept.
struct Upload {
    received_at: DateTime<Utc>,
    /// Nothing, where what was kept can't be read any more.
    entries: BTreeMap<String, Entry>,
}

// === impl Upload ===

impl Upload {
    fn read(record: &Record) -> Self {
        let summary = serde_json::from_slice(&record.body);
        Self {
            received_at: record.received_at,
            entries: summary.map(|Summary(entries)| entries).unwrap_or_default(),
        }
    }

    /// What it has of a query, and when that was.
    fn of(&self, query: &Query) -> Option<(ToldTime, &Found)> {
        let entry = self.entries.get(&query.id);
        let found = &entry.filter(|it| it.digest == query.digest)?.found;
        Some((ToldTime::of(found.time.told(), self.received_at), found))
    }
}

/// The newest by its own time, of several of one time the last that came in. One whose time can't be
/// told may be the newest.
fn newest<'a>(uploads: &'a [Upload], query: &Query) -> Option<(ToldTime, &'a Found)> {
    let of = |it: &'a Upload| Some((it.received_at, it.of(query)?));
    let all = uploads.iter().filter_map(of);
    let newest = all.max_by_key(|(received_at, (told, _))| told.no_later_than(*received_at));
    newest.map(|(_, found)| found)
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        let status = match self {
            Self::Upload(refusal) => refusal.status(),
            Self::Json | Self::UnsignedTime => StatusCode::BAD_REQUEST,
            Self::TooMany => StatusCode::PAYLOAD_TOO_LARGE,
            Self::OtherScope | Self::NoValue => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let why = self.to_string().into_bytes();
        Rejected::with(SenderReply::new(status, "text/plain; charset=utf-8", why))
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotStrict => Self::Json,
            Refused::TooMany => Self::TooMany,
        }
    }
}
