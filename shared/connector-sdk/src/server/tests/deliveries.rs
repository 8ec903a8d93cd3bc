//! What becomes of deliveries, through the server as callers reach it.

use std::{sync::Mutex, thread};

use async_trait::async_trait;
use bytes::Bytes;
use futures::future::join_all;
use http::StatusCode;
use passport_proto::collector::{IngestRequest, IngestResponse, IngestResult};
use passport_store::{Deliveries, Limits, Location};
use tempfile::TempDir;

use super::*;
use crate::{
    Accepted, CollectError, Connector, Delivery, Kept, Observation, Rejected, SenderReply,
    keep::{DurableKeeper, KeepError, Keeper, Keeping},
    stub::{LISTENING, at, load},
};

/// Accepts deliveries as a test says, and is well once it was sent something.
struct Listener(fn(&Delivery) -> Result<Accepted, Rejected>);

#[async_trait]
impl Connector for Listener {
    async fn collect(
        &self,
        request: &crate::CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        match kept.records.is_empty() {
            true => Err(CollectError::new(FailureCode::NotConfigured)),
            false => Ok(Observation::delivered(vec![load(request.now)])),
        }
    }

    async fn check(&self, _: &crate::CollectRequest) -> Result<Observation, CollectError> {
        Ok(Observation::delivered(Vec::new()))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        (self.0)(delivery)
    }
}

fn keep(delivery: &Delivery) -> Result<Accepted, Rejected> {
    Ok(Accepted {
        idempotency_key: format!("{}", delivery.body.len()),
        records: vec![Bytes::from_static(b"kept")],
        keep_for: chrono::TimeDelta::hours(1),
        reply: SenderReply::text(StatusCode::ACCEPTED, "kept"),
    })
}

/// A collector that keeps deliveries in a file, which goes with the folder.
async fn durable(
    accept: fn(&Delivery) -> Result<Accepted, Rejected>,
) -> (CollectorServer, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::in_folder(folder.path(), "stubs");
    let opened = Deliveries::open(&location, Limits::default()).await;
    let keeper = Arc::new(DurableKeeper::new(opened.unwrap()));
    (kept_by(keeper, accept), folder)
}

/// A database that does not answer.
struct Away;

const AWAY: KeepError = KeepError::Unavailable { code: "AWAY" };

#[async_trait]
impl Keeper for Away {
    fn is_durable(&self) -> bool {
        true
    }

    async fn keep(
        &self,
        _: &passport_evidence::SourceId,
        _: &Accepted,
        _: chrono::DateTime<chrono::Utc>,
    ) -> Result<Keeping, KeepError> {
        Err(AWAY)
    }

    async fn taken(&self, _: &passport_evidence::SourceId) -> Result<u64, KeepError> {
        Err(AWAY)
    }

    async fn check(&self) -> Result<(), KeepError> {
        Err(AWAY)
    }

    async fn kept(
        &self,
        _: &passport_evidence::SourceId,
        _: chrono::DateTime<chrono::Utc>,
    ) -> Result<Kept, KeepError> {
        Err(AWAY)
    }
}

fn kept_by(
    keeper: Arc<dyn Keeper>,
    accept: fn(&Delivery) -> Result<Accepted, Rejected>,
) -> CollectorServer {
    let mut source = Stub::well().source("one");
    source.descriptor = &LISTENING;
    source.connector = Box::new(Listener(accept));
    CollectorServer::new(ServerParts {
        name: "stubs",
        registry: Registry::default(),
        sources: vec![source],
        configuration_digest: "sha256:stub".to_owned(),
        keeper,
        clock: Arc::new(SetClock::new()),
        source_timeout: Duration::from_secs(10),
    })
}

async fn ingest(server: &CollectorServer, bytes: usize) -> IngestResponse {
    let request = IngestRequest {
        scope: Some((&id("acme", "one").scope).into()),
        source: "one".to_owned(),
        headers: Vec::new(),
        body: vec![b'a'; bytes].into(),
    };
    let answer = server.ingest(Request::new(request)).await;
    answer.unwrap().into_inner()
}

async fn ask(server: &CollectorServer) -> Outcome {
    let answer = server.collect(Request::new(everything())).await.unwrap();
    outcomes(answer.into_inner()).remove(0)
}

#[tokio::test]
async fn evidence_is_that_of_the_delivery_as_soon_as_it_is_accepted() {
    let (server, _folder) = durable(keep).await;
    assert_eq!(ask(&server).await.code(), Some(FailureCode::NotConfigured));
    let answer = ingest(&server, 1).await;
    assert_eq!(
        (answer.result(), answer.http_status),
        (IngestResult::Accepted, 202)
    );
    let evidence = ask(&server).await.evidence();
    assert_eq!(evidence.freshness().observed_at, Some(at(0)));
}

#[tokio::test]
async fn what_is_kept_and_cannot_be_read_is_the_collectors_own_trouble() {
    let server = kept_by(Arc::new(Away), keep);
    let answer = server.collect(Request::new(everything())).await.unwrap();
    let failure = outcomes(answer.into_inner()).remove(0);
    assert_eq!(failure.code(), Some(FailureCode::Internal));
    let Outcome::Failure(failure) = failure else {
        panic!("nothing could be read");
    };
    assert!(failure.message.contains("database"), "{}", failure.message);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_delivery_many_times_at_once_is_one() {
    let (server, _folder) = durable(keep).await;
    let answers = join_all((0..16).map(|_| ingest(&server, 1))).await;
    let accepted = answers.iter().filter(|it| {
        assert_eq!(it.http_status, 202);
        it.result() == IngestResult::Accepted
    });
    assert_eq!(accepted.count(), 1);
    let doubled = answers.iter();
    let doubled = doubled.filter(|it| it.result() == IngestResult::Duplicate);
    assert_eq!(doubled.count(), 15);
}

#[tokio::test]
async fn a_connector_that_panics_costs_that_delivery_only() {
    let picky = |delivery: &Delivery| match delivery.body.len() {
        7 => keep(delivery),
        _ => panic!("s3cr3t of the sender"),
    };
    let (server, _folder) = durable(picky).await;
    for bytes in [1, READ_AT_ONCE, READ_AT_ONCE + 1] {
        let answer = ingest(&server, bytes).await;
        assert_eq!(
            (answer.result(), answer.http_status),
            (IngestResult::Rejected, 500),
            "{bytes}"
        );
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!said.contains("s3cr3t"), "{said}");
    }
    assert_eq!(ingest(&server, 7).await.result(), IngestResult::Accepted);
}

#[tokio::test]
async fn a_large_delivery_is_read_where_it_keeps_no_other_call_waiting() {
    static READ_BY: Mutex<Vec<thread::ThreadId>> = Mutex::new(Vec::new());
    let noted = |delivery: &Delivery| {
        READ_BY.lock().unwrap().push(thread::current().id());
        keep(delivery)
    };
    let (server, _folder) = durable(noted).await;
    ingest(&server, READ_AT_ONCE).await;
    ingest(&server, READ_AT_ONCE + 1).await;
    // The one thread of this runtime runs all its calls.
    let own = thread::current().id();
    let by_own: Vec<_> = READ_BY
        .lock()
        .unwrap()
        .iter()
        .map(|it| *it == own)
        .collect();
    assert_eq!(by_own, [true, false]);
}

#[tokio::test]
async fn a_sender_who_leaves_takes_nothing_from_what_is_told_later() {
    let (server, _folder) = durable(keep).await;
    assert_eq!(ask(&server).await.code(), Some(FailureCode::NotConfigured));
    let mut left = Box::pin(ingest(&server, 1));
    assert!(futures::poll!(left.as_mut()).is_pending());
    drop(left);
    // Behind the other one, which the store has taken in by then.
    assert_eq!(ingest(&server, 1).await.result(), IngestResult::Duplicate);
    let evidence = ask(&server).await.evidence();
    assert_eq!(evidence.facts().len(), 1);
}
