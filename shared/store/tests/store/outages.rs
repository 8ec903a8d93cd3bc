//! A database that goes away and comes back needs nobody to start anything again.

use std::sync::Arc;

use futures::future::join_all;
use passport_store::{Ledger, Location, StoreError};
use secrecy::ExposeSecret as _;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};
use url::Url;

use crate::{
    databases::{Both, Scratch},
    entries::{acme, id, passport},
    raw::Raw,
    seals::Key,
};

/// A way to a server that can be closed: who comes then is sent away, who is on it is cut off.
struct Way {
    port: u16,
    open: watch::Sender<bool>,
}

impl Way {
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (open, seen) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                tokio::spawn(carry(from, server.clone(), seen.clone()));
            }
        });
        Self { port, open }
    }
}

async fn carry(mut from: TcpStream, server: String, mut open: watch::Receiver<bool>) {
    if !*open.borrow_and_update() {
        return;
    }
    let mut to = TcpStream::connect(server).await.unwrap();
    tokio::select! {
        _ended = copy_bidirectional(&mut from, &mut to) => {}
        _closed = open.wait_for(|open| !open) => {}
    }
}

/// A ledger whose way to PostgreSQL can be closed.
async fn on_a_way(scratch: &Scratch) -> (Ledger, Way) {
    let Location::Postgres { url, schema } = &scratch.at else {
        unreachable!("it is PostgreSQL")
    };
    let mut url: Url = url.expose_secret().parse().unwrap();
    let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let way = Way::to(server).await;
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(way.port)).unwrap();
    let at = Location::Postgres {
        url: String::from(url).into(),
        schema: schema.clone(),
    };
    let ledger = Ledger::open(&at, Arc::new(Key)).await.unwrap();
    (ledger, way)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_is_written_to_again_and_lost_nothing() {
    let scratch = Scratch::new(Both::Postgres).await;
    let (ledger, way) = on_a_way(&scratch).await;
    let mut acknowledged = Vec::new();
    for round in 0..5 {
        let adding = join_all((0..40).map(|n| ledger.append(passport(round * 100 + n))));
        let closing = async {
            // In the midst of it: some are there, and others are not.
            tokio::task::yield_now().await;
            way.open.send_replace(false);
        };
        let (verdicts, ()) = futures::join!(adding, closing);
        acknowledged.extend(verdicts.into_iter().flatten());
        let away = ledger.append(passport(round * 100 + 50)).await;
        assert_eq!(away, Err(StoreError::Unreachable));
        way.open.send_replace(true);
        let back = ledger.append(passport(round * 100 + 51)).await;
        acknowledged.push(back.unwrap());
    }
    for entry in acknowledged {
        let kept = ledger.get(&acme(), entry.id).await;
        assert_eq!(kept, Ok(Some(entry)));
    }
    let verified = ledger.verify(&acme(), None, &Key).await;
    assert!(verified.is_ok(), "{verified:?}");
}

/// What refuses one transaction leaves no gap: the next entry takes the place.
async fn an_entry_that_the_database_refused_leaves_no_gap(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    ledger.append(passport(1)).await.unwrap();
    let raw = Raw::open(&scratch).await;
    raw.run("ALTER TABLE ledger_entries RENAME TO elsewhere")
        .await;
    let refused = join_all((2..9).map(|n| ledger.append(passport(n)))).await;
    for refused in refused {
        assert!(matches!(refused, Err(StoreError::Refused { .. })));
    }
    raw.run("ALTER TABLE elsewhere RENAME TO ledger_entries")
        .await;
    let next = ledger.append(passport(2)).await.unwrap();
    assert_eq!((next.sequence, next.id), (2, id(2)));
    assert!(ledger.verify(&acme(), None, &Key).await.is_ok());
}

both!(an_entry_that_the_database_refused_leaves_no_gap);
