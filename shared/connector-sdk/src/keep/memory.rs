//! Deliveries in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_evidence::SourceId;

use super::{KeepError, Keeper, Keeping, until};
use crate::kind::{Accepted, Kept, Record};

/// Most bytes kept for one source.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Keeps deliveries for as long as each is of use and the process lives: for replays and tests.
#[derive(Debug, Default)]
pub struct MemoryKeeper(Mutex<HashMap<SourceId, Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    taken: u64,
    first_delivery_at: Option<DateTime<Utc>>,
    deliveries: Vec<Delivered>,
}

#[derive(Debug)]
struct Delivered {
    key: String,
    until: DateTime<Utc>,
    records: Vec<Record>,
}

impl Shelf {
    fn forget(&mut self, now: DateTime<Utc>) {
        self.deliveries.retain(|delivered| delivered.until > now);
    }

    fn has(&self, key: &str) -> bool {
        self.deliveries.iter().any(|delivered| delivered.key == key)
    }

    fn bytes(&self) -> usize {
        let records = self.deliveries.iter().flat_map(|it| &it.records);
        records.map(|record| record.body.len()).sum()
    }

    fn put(&mut self, accepted: &Accepted, received_at: DateTime<Utc>) {
        self.taken += 1;
        self.first_delivery_at.get_or_insert(received_at);
        let records = accepted.records.iter().map(|body| Record {
            received_at,
            body: body.clone(),
        });
        self.deliveries.push(Delivered {
            key: accepted.idempotency_key.clone(),
            until: until(received_at, accepted),
            records: records.collect(),
        });
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
        shelf.forget(received_at);
        if shelf.has(&accepted.idempotency_key) {
            return Ok(Keeping::Duplicate);
        }
        let bytes: usize = accepted.records.iter().map(Bytes::len).sum();
        if bytes > 0 && shelf.bytes() + bytes > MAX_BYTES {
            return Err(KeepError::Full);
        }
        shelf.put(accepted, received_at);
        Ok(Keeping::New)
    }

    async fn taken(&self, source: &SourceId) -> Result<u64, KeepError> {
        let shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(shelves.get(source).map_or(0, |shelf| shelf.taken))
    }

    async fn check(&self) -> Result<(), KeepError> {
        Ok(())
    }

    async fn kept(&self, source: &SourceId, now: DateTime<Utc>) -> Result<Kept, KeepError> {
        let mut shelves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shelf) = shelves.get_mut(source) else {
            return Ok(Kept::default());
        };
        shelf.forget(now);
        let records = shelf.deliveries.iter().flat_map(|it| &it.records);
        Ok(Kept {
            records: records.cloned().collect(),
            first_delivery_at: shelf.first_delivery_at,
            ..Kept::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::SenderReply;
    use chrono::TimeDelta;
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
    async fn a_full_source_refuses_and_drops_nothing_that_it_acknowledged() {
        let keeper = MemoryKeeper::default();
        let mut verdicts = Vec::new();
        for (second, key) in ["a", "b", "c"].into_iter().enumerate() {
            let delivery = delivery(key, MAX_BYTES / 2);
            let source = source("pushed");
            verdicts.push(keeper.keep(&source, &delivery, at(second as i64)).await);
        }
        let new = || Ok(Keeping::New);
        assert_eq!(verdicts, [new(), new(), Err(KeepError::Full)]);
        let kept = keeper.kept(&source("pushed"), at(3)).await.unwrap();
        let times: Vec<_> = kept
            .records
            .iter()
            .map(|record| record.received_at)
            .collect();
        assert_eq!(times, [at(0), at(1)]);
    }
}
