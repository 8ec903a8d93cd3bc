//! Where deliveries are kept.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::SourceId;

use crate::kind::{Accepted, Kept, Record};

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Kept.
    New,
    /// Was here before.
    Duplicate,
}

/// Why a delivery can't be kept now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("deliveries can't be kept at the moment")]
pub struct KeepError;

/// Keeps deliveries by full source id.
#[async_trait]
pub trait Keeper: Send + Sync + 'static {
    /// Whether what is kept outlives the process.
    fn is_durable(&self) -> bool;

    /// Keeps a delivery once: the same key again changes nothing.
    async fn keep(
        &self,
        source: &SourceId,
        accepted: &Accepted,
        received_at: DateTime<Utc>,
    ) -> Result<Keeping, KeepError>;

    /// What is kept for a source and still of use.
    async fn kept(&self, source: &SourceId, now: DateTime<Utc>) -> Result<Kept, KeepError>;
}

/// Most bytes kept for one source in memory; beyond that the oldest go.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Keeps deliveries in memory, for as long as each is of use and the process lives.
#[derive(Debug, Default)]
pub struct MemoryKeeper(Mutex<HashMap<SourceId, Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    first_delivery_at: Option<DateTime<Utc>>,
    seen: BTreeMap<String, DateTime<Utc>>,
    records: VecDeque<(DateTime<Utc>, Record)>,
    bytes: usize,
}

impl Shelf {
    fn forget(&mut self, now: DateTime<Utc>) {
        self.seen.retain(|_, until| *until > now);
        self.records.retain(|(until, _)| *until > now);
        self.bytes = self
            .records
            .iter()
            .map(|(_, record)| record.body.len())
            .sum();
        while self.bytes > MAX_BYTES {
            let Some((_, oldest)) = self.records.pop_front() else {
                break;
            };
            self.bytes -= oldest.body.len();
        }
    }

    fn put(&mut self, bodies: &[Bytes], received_at: DateTime<Utc>, keep_for: TimeDelta) {
        let records = bodies.iter().map(|body| Record {
            received_at,
            body: body.clone(),
        });
        self.records
            .extend(records.map(|record| (received_at + keep_for, record)));
    }
}

#[async_trait]
impl Keeper for MemoryKeeper {
    fn is_durable(&self) -> bool {
        false
    }

    async fn keep(
        &self,
        source: &SourceId,
        accepted: &Accepted,
        received_at: DateTime<Utc>,
    ) -> Result<Keeping, KeepError> {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shelf = shelves.entry(source.clone()).or_default();
        let until = received_at + accepted.keep_for;
        if shelf
            .seen
            .insert(accepted.idempotency_key.clone(), until)
            .is_some()
        {
            return Ok(Keeping::Duplicate);
        }
        shelf.first_delivery_at.get_or_insert(received_at);
        shelf.put(&accepted.records, received_at, accepted.keep_for);
        shelf.forget(received_at);
        Ok(Keeping::New)
    }

    async fn kept(&self, source: &SourceId, now: DateTime<Utc>) -> Result<Kept, KeepError> {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shelf) = shelves.get_mut(source) else {
            return Ok(Kept::default());
        };
        shelf.forget(now);
        Ok(Kept {
            records: shelf
                .records
                .iter()
                .map(|(_, record)| record.clone())
                .collect(),
            first_delivery_at: shelf.first_delivery_at,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::SenderReply;
    use http::StatusCode;

    fn source(name: &str) -> SourceId {
        SourceId {
            scope: passport_evidence::Scope {
                workspace: "acme".parse().unwrap(),
                service: "shop".parse().unwrap(),
                environment: "production".parse().unwrap(),
            },
            name: name.parse().unwrap(),
        }
    }

    fn delivery(key: &str, bytes: usize) -> Accepted {
        Accepted {
            idempotency_key: key.to_owned(),
            records: vec![Bytes::from(vec![0; bytes])],
            keep_for: TimeDelta::seconds(60),
            reply: SenderReply::text(StatusCode::ACCEPTED, "kept"),
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_777_800_600 + seconds, 0).unwrap()
    }

    #[tokio::test]
    async fn the_same_delivery_twice_is_kept_once() {
        let keeper = MemoryKeeper::default();
        let keep = async |at| keeper.keep(&source("pushed"), &delivery("a", 1), at).await;
        assert_eq!(keep(at(0)).await, Ok(Keeping::New));
        assert_eq!(keep(at(1)).await, Ok(Keeping::Duplicate));
        assert_eq!(
            keeper
                .kept(&source("pushed"), at(2))
                .await
                .unwrap()
                .records
                .len(),
            1
        );
    }

    #[tokio::test]
    async fn one_source_never_sees_what_another_was_sent() {
        let keeper = MemoryKeeper::default();
        keeper
            .keep(&source("one"), &delivery("a", 1), at(0))
            .await
            .unwrap();
        assert!(
            keeper
                .kept(&source("two"), at(0))
                .await
                .unwrap()
                .records
                .is_empty()
        );
    }

    #[tokio::test]
    async fn what_is_of_no_more_use_goes_and_the_first_delivery_is_remembered() {
        let keeper = MemoryKeeper::default();
        keeper
            .keep(&source("pushed"), &delivery("a", 1), at(0))
            .await
            .unwrap();
        let kept = keeper.kept(&source("pushed"), at(61)).await.unwrap();
        assert!(kept.records.is_empty());
        assert_eq!(kept.first_delivery_at, Some(at(0)));
    }

    #[tokio::test]
    async fn memory_is_bounded_and_the_oldest_goes_first() {
        let keeper = MemoryKeeper::default();
        for (second, key) in ["a", "b", "c"].into_iter().enumerate() {
            let delivery = delivery(key, MAX_BYTES / 2);
            keeper
                .keep(&source("pushed"), &delivery, at(second as i64))
                .await
                .unwrap();
        }
        let kept = keeper.kept(&source("pushed"), at(3)).await.unwrap();
        let times: Vec<_> = kept
            .records
            .iter()
            .map(|record| record.received_at)
            .collect();
        assert_eq!(times, [at(1), at(2)]);
    }
}
