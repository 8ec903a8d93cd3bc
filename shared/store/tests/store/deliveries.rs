//! What the store promises of deliveries, on both databases.

use std::collections::BTreeMap;

use crate::databases::{Both, Scratch};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use passport_evidence::{Scope, SourceId};
use passport_store::{Deliveries, Held, Limits, NewDelivery, StoreError, Stored};
use proptest::prelude::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600 + seconds, 123_456_789).unwrap()
}

fn source_of(workspace: &str, name: &str) -> SourceId {
    SourceId {
        scope: Scope {
            workspace: workspace.parse().unwrap(),
            service: "shop".parse().unwrap(),
            environment: "production".parse().unwrap(),
        },
        name: name.parse().unwrap(),
    }
}

fn source(name: &str) -> SourceId {
    source_of("acme", name)
}

fn delivery(key: &str, body: &str, received_at: DateTime<Utc>) -> NewDelivery {
    NewDelivery {
        source: source("pushed"),
        key: key.to_owned(),
        records: vec![Bytes::copy_from_slice(body.as_bytes())],
        received_at,
        keep_until: received_at + TimeDelta::seconds(60),
    }
}

fn bodies(held: &Held) -> Vec<String> {
    let text = |body: &Bytes| String::from_utf8(body.to_vec()).unwrap();
    held.records.iter().map(|it| text(&it.body)).collect()
}

async fn held(store: &Deliveries, seconds: i64) -> Vec<String> {
    bodies(&store.held(&source("pushed"), at(seconds)).await.unwrap())
}

async fn the_same_delivery_twice_is_kept_once(scratch: Scratch) {
    let store = scratch.open().await;
    let first = store.keep(delivery("a", "one", at(0))).await;
    let again = store.keep(delivery("a", "two", at(1))).await;
    assert_eq!((first, again), (Ok(Stored::New), Ok(Stored::Duplicate)));
    assert_eq!(held(&store, 2).await, ["one"]);
}

async fn what_was_acknowledged_is_there_when_the_database_is_opened_again(scratch: Scratch) {
    let store = scratch.open().await;
    store.keep(delivery("a", "one", at(0))).await.unwrap();
    drop(store);
    let again = scratch.open().await;
    let kept = again.held(&source("pushed"), at(1)).await.unwrap();
    assert_eq!(bodies(&kept), ["one"]);
    assert_eq!(kept.first_delivery_at, Some(at(0)));
    assert_eq!(kept.records[0].received_at, at(0), "to the nanosecond");
}

async fn of_many_senders_at_once_each_delivery_is_new_for_one(scratch: Scratch) {
    let stores = [scratch.open().await, scratch.open().await];
    let sent = (0..400).map(|n| {
        let key = format!("key-{}", n % 50);
        let store = &stores[n % 2];
        store.keep(delivery(&key, &key, at(0)))
    });
    let verdicts = join_all(sent).await;
    let new = verdicts.iter().filter(|it| **it == Ok(Stored::New)).count();
    let duplicate = verdicts
        .iter()
        .filter(|it| **it == Ok(Stored::Duplicate))
        .count();
    assert_eq!((new, duplicate), (50, 350));
    assert_eq!(held(&stores[0], 1).await.len(), 50);
}

async fn a_source_sees_neither_another_source_nor_another_workspace(scratch: Scratch) {
    let store = scratch.open().await;
    store.keep(delivery("a", "mine", at(0))).await.unwrap();
    for other in [source("other"), source_of("rival", "pushed")] {
        assert_eq!(store.held(&other, at(1)).await, Ok(Held::default()));
        let same_key = NewDelivery {
            source: other,
            ..delivery("a", "theirs", at(0))
        };
        assert_eq!(store.keep(same_key).await, Ok(Stored::New));
    }
    assert_eq!(held(&store, 1).await, ["mine"]);
}

async fn what_expired_is_not_held_and_its_first_delivery_is_remembered(scratch: Scratch) {
    let store = scratch.open().await;
    store.keep(delivery("a", "one", at(0))).await.unwrap();
    assert_eq!(held(&store, 59).await, ["one"]);
    let kept = store.held(&source("pushed"), at(60)).await.unwrap();
    assert_eq!(bodies(&kept), Vec::<String>::new());
    assert_eq!(kept.first_delivery_at, Some(at(0)));
}

async fn an_expired_delivery_may_come_anew(scratch: Scratch) {
    let store = scratch.open().await;
    store.keep(delivery("a", "one", at(0))).await.unwrap();
    let again = store.keep(delivery("a", "two", at(60))).await;
    assert_eq!(again, Ok(Stored::New));
    assert_eq!(held(&store, 61).await, ["two"]);
}

async fn what_expired_is_removed_and_nothing_else(scratch: Scratch) {
    let store = scratch.open().await;
    store.keep(delivery("a", "one", at(0))).await.unwrap();
    store.keep(delivery("b", "two", at(30))).await.unwrap();
    assert_eq!(store.forget_expired(at(70)).await, Ok(1));
    assert_eq!(store.forget_expired(at(70)).await, Ok(0));
    assert_eq!(held(&store, 70).await, ["two"]);
}

async fn records_come_back_in_the_order_of_their_arrival(scratch: Scratch) {
    let store = scratch.open().await;
    let mut expected = Vec::new();
    for n in 0..40 {
        let first = format!("{n}-first");
        let second = format!("{n}-second");
        let mut two = delivery(&n.to_string(), &first, at(n / 20));
        two.records.push(Bytes::from(second.clone()));
        store.keep(two).await.unwrap();
        expected.extend([first, second]);
    }
    assert_eq!(held(&store, 30).await, expected);
}

fn bytes(source_bytes: u64) -> Limits {
    Limits {
        source_bytes,
        ..Limits::default()
    }
}

async fn a_source_remembers_so_many_deliveries_whatever_they_hold(scratch: Scratch) {
    let store = scratch.open_with(Limits {
        source_deliveries: 3,
        ..Limits::default()
    });
    let store = store.await;
    let sent = |key: &str, records: &[&'static str], at_second| {
        store.keep(NewDelivery {
            records: records
                .iter()
                .map(|it| Bytes::from_static(it.as_bytes()))
                .collect(),
            ..delivery(key, "", at(at_second))
        })
    };
    let first = [
        sent("a", &[], 0),
        sent("b", &["x"], 0),
        sent("c", &["y", "z"], 0),
    ];
    assert_eq!(join_all(first).await, vec![Ok(Stored::New); 3]);
    assert_eq!(sent("d", &[], 1).await, Err(StoreError::Full));
    assert_eq!(sent("e", &["x"], 1).await, Err(StoreError::Full));
    assert_eq!(
        sent("a", &[], 1).await,
        Ok(Stored::Duplicate),
        "what is there stays"
    );
    assert_eq!(sent("d", &[], 61).await, Ok(Stored::New), "room again");
}

async fn a_full_source_refuses_and_loses_nothing(scratch: Scratch) {
    let store = scratch.open_with(bytes(10)).await;
    assert_eq!(
        store.keep(delivery("a", "12345678", at(0))).await,
        Ok(Stored::New)
    );
    let sent = ["b", "b", "c"].map(|key| store.keep(delivery(key, "abc", at(1))));
    for verdict in join_all(sent).await {
        assert_eq!(verdict, Err(StoreError::Full));
    }
    assert_eq!(
        store.keep(delivery("d", "12", at(2))).await,
        Ok(Stored::New),
        "what still fits"
    );
    let other = NewDelivery {
        source: source("other"),
        ..delivery("b", "abc", at(1))
    };
    assert_eq!(store.keep(other).await, Ok(Stored::New));
    assert_eq!(held(&store, 2).await, ["12345678", "12"]);
    assert_eq!(
        store.keep(delivery("b", "abc", at(61))).await,
        Ok(Stored::New),
        "room again, and what was refused was never kept"
    );
}

async fn any_key_and_any_bytes_can_be_kept(scratch: Scratch) {
    let store = scratch.open().await;
    let all: Vec<u8> = (0..=255).collect();
    let keys = ["", "\0", "'; DROP TABLE records; --", &"k".repeat(100_000)];
    for key in keys {
        let strange = NewDelivery {
            records: vec![Bytes::new(), Bytes::from(all.clone())],
            ..delivery(key, "", at(0))
        };
        assert_eq!(store.keep(strange).await, Ok(Stored::New));
    }
    let kept = store.held(&source("pushed"), at(1)).await.unwrap();
    assert_eq!(kept.records.len(), 8);
    assert_eq!(kept.records[1].body, all);
}

async fn a_delivery_of_many_records_is_kept_whole(scratch: Scratch) {
    let store = scratch.open().await;
    let records: Vec<_> = (0..10_000).map(|n| Bytes::from(n.to_string())).collect();
    let many = NewDelivery {
        records: records.clone(),
        ..delivery("a", "", at(0))
    };
    store.keep(many).await.unwrap();
    let kept = store.held(&source("pushed"), at(1)).await.unwrap();
    let kept: Vec<_> = kept.records.into_iter().map(|it| it.body).collect();
    assert_eq!(kept, records);
}

async fn a_delivery_of_nothing_is_remembered(scratch: Scratch) {
    let store = scratch.open().await;
    let nothing = || NewDelivery {
        records: Vec::new(),
        ..delivery("a", "", at(0))
    };
    assert_eq!(store.keep(nothing()).await, Ok(Stored::New));
    assert_eq!(store.keep(nothing()).await, Ok(Stored::Duplicate));
}

async fn replicas_may_start_at_the_same_time(scratch: Scratch) {
    let opened = join_all((0..6).map(|_| scratch.open())).await;
    for (n, store) in opened.iter().enumerate() {
        let own = delivery(&n.to_string(), "x", at(0));
        assert_eq!(store.keep(own).await, Ok(Stored::New));
    }
}

/// Each locks the rows of many sources in every batch: in one order, or they would end each other.
async fn replicas_that_write_to_the_same_sources_wait_for_no_other(scratch: Scratch) {
    let replicas = join_all((0..4).map(|_| scratch.open())).await;
    let sent = replicas.iter().enumerate().flat_map(|(replica, store)| {
        (0..400).map(move |n| {
            let key = format!("{replica}-{n}");
            // Some of a batch have one delivery, others several; each replica in its own order.
            let of = (n * (2 * replica + 3)) % 41 % 23;
            store.keep(NewDelivery {
                source: source(&format!("source-{of}")),
                ..delivery(&key, "x", at(0))
            })
        })
    });
    for verdict in join_all(sent).await {
        assert_eq!(verdict, Ok(Stored::New));
    }
    let taken = join_all((0..23).map(async |n| {
        replicas[0]
            .taken(&source(&format!("source-{n}")))
            .await
            .unwrap()
    }));
    assert_eq!(taken.await.iter().sum::<u64>(), 1600);
}

async fn a_sender_who_gives_up_waiting_costs_nobody_else(scratch: Scratch) {
    let store = scratch.open().await;
    for n in 0..20 {
        let keeping = store.keep(delivery(&n.to_string(), "x", at(0)));
        let _gave_up = tokio::time::timeout(std::time::Duration::ZERO, keeping).await;
    }
    assert_eq!(
        store.keep(delivery("last", "x", at(0))).await,
        Ok(Stored::New)
    );
    let again = store.keep(delivery("0", "x", at(0))).await;
    assert!(again.is_ok(), "sending it again is safe: {again:?}");
}

both!(
    the_same_delivery_twice_is_kept_once,
    what_was_acknowledged_is_there_when_the_database_is_opened_again,
    of_many_senders_at_once_each_delivery_is_new_for_one,
    a_source_sees_neither_another_source_nor_another_workspace,
    what_expired_is_not_held_and_its_first_delivery_is_remembered,
    an_expired_delivery_may_come_anew,
    what_expired_is_removed_and_nothing_else,
    records_come_back_in_the_order_of_their_arrival,
    a_full_source_refuses_and_loses_nothing,
    a_source_remembers_so_many_deliveries_whatever_they_hold,
    replicas_that_write_to_the_same_sources_wait_for_no_other,
    any_key_and_any_bytes_can_be_kept,
    a_delivery_of_many_records_is_kept_whole,
    a_delivery_of_nothing_is_remembered,
    replicas_may_start_at_the_same_time,
    a_sender_who_gives_up_waiting_costs_nobody_else,
);

/// One step of a history.
#[derive(Debug, Clone)]
struct Step {
    source: u8,
    key: u8,
    bytes: u8,
    wait: u8,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..3_u8, 0..6_u8, 0..40_u8, 0..30_u8);
    let step = step.prop_map(|(source, key, bytes, wait)| Step {
        source,
        key,
        bytes,
        wait,
    });
    prop::collection::vec(step, 1..40)
}

/// What a store with 100 bytes and 4 deliveries a source and 60 seconds a delivery would hold.
#[derive(Default)]
struct Model(BTreeMap<u8, Vec<(u8, u8, i64)>>);

impl Model {
    fn keep(&mut self, step: &Step, now: i64) -> Result<Stored, StoreError> {
        let kept = self.0.entry(step.source).or_default();
        kept.retain(|(_, _, since)| now - since < 60);
        if kept.iter().any(|(key, _, _)| *key == step.key) {
            return Ok(Stored::Duplicate);
        }
        let bytes: u32 = kept.iter().map(|(_, bytes, _)| u32::from(*bytes)).sum();
        if step.bytes > 0 && bytes + u32::from(step.bytes) > 100 || kept.len() == 4 {
            return Err(StoreError::Full);
        }
        kept.push((step.key, step.bytes, now));
        Ok(Stored::New)
    }

    fn held(&self, source: u8, now: i64) -> Vec<usize> {
        let kept = self.0.get(&source).into_iter().flatten();
        kept.filter(|(_, _, since)| now - since < 60)
            .map(|(_, bytes, _)| usize::from(*bytes))
            .collect()
    }
}

fn any_history_reads_like_its_model(which: Both) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let scratch = runtime.block_on(Scratch::new(which));
    let limits = Limits {
        source_deliveries: 4,
        ..bytes(100)
    };
    let store = runtime.block_on(scratch.open_with(limits));
    let histories = std::sync::atomic::AtomicU32::new(0);
    proptest!(ProptestConfig::with_cases(24), |(steps in steps())| {
        runtime.block_on(async {
            let history = histories.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let workspace = format!("history-{history}");
            let mut model = Model::default();
            let mut now = 0;
            for step in steps {
                now += i64::from(step.wait);
                let name = format!("source-{}", step.source);
                let sent = NewDelivery {
                    source: source_of(&workspace, &name),
                    ..delivery(&step.key.to_string(), &"x".repeat(step.bytes.into()), at(now))
                };
                prop_assert_eq!(store.keep(sent).await, model.keep(&step, now));
                let held = store.held(&source_of(&workspace, &name), at(now)).await.unwrap();
                let held: Vec<_> = held.records.iter().map(|it| it.body.len()).collect();
                prop_assert_eq!(held, model.held(step.source, now));
            }
            Ok(())
        })?;
    });
}

#[test]
fn any_history_reads_like_its_model_in_sqlite() {
    any_history_reads_like_its_model(Both::Sqlite);
}

#[test]
fn any_history_reads_like_its_model_in_postgresql() {
    any_history_reads_like_its_model(Both::Postgres);
}
