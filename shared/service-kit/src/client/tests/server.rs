//! Servers that can be stopped, killed and started anew, and names that say where they are.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU8, AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures::future::BoxFuture;
use http::StatusCode;
use tokio::{runtime::Runtime, sync::oneshot, task::JoinHandle};
use tonic::Status;

use super::{AMPLE, CollectorClient, Far, collector::Obedient};
use crate::{
    client::balance::Resolve,
    collector::LimitedCollector,
    limits::{Refusal, Why},
    server::{grpc_routes, serve},
};

/// What a server does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Mood {
    Obedient,
    Hanging,
    Unavailable,
    /// Has as many calls as it may have.
    Full,
    /// Has had as many of this caller as it may have.
    Strict,
}

fn refused(why: Why) -> Response {
    let wait = Duration::from_secs(1);
    Status::from(Refusal { why, wait }).into_http()
}

/// A server with threads of its own, so that it can be killed.
pub(super) struct Server {
    pub address: SocketAddr,
    asked: Arc<AtomicU32>,
    mood: Arc<AtomicU8>,
    runtime: Option<Runtime>,
    stop: Option<oneshot::Sender<()>>,
    ended: JoinHandle<()>,
}

// === impl Server ===

impl Server {
    pub fn start(address: &str, mood: Mood) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let asked = Arc::<AtomicU32>::default();
        let mood = Arc::new(AtomicU8::new(mood as u8));
        let (stop, stopped) = oneshot::channel::<()>();
        let (told, tell) = std::sync::mpsc::channel();
        let address = address.to_owned();
        let watch = {
            let (asked, mood) = (Arc::clone(&asked), Arc::clone(&mood));
            move |request: Request, next: Next| {
                asked.fetch_add(1, Ordering::SeqCst);
                let mood = mood.load(Ordering::SeqCst);
                async move {
                    match mood {
                        it if it == Mood::Hanging as u8 => std::future::pending().await,
                        it if it == Mood::Unavailable as u8 => {
                            StatusCode::SERVICE_UNAVAILABLE.into_response()
                        }
                        it if it == Mood::Full as u8 => refused(Why::InFlight),
                        it if it == Mood::Strict as u8 => refused(Why::PerCaller),
                        _ => next.run(request).await,
                    }
                }
            }
        };
        let ended = runtime.spawn(async move {
            let listener = tokio::net::TcpListener::bind(address).await.unwrap();
            told.send(listener.local_addr().unwrap()).unwrap();
            let routes = grpc_routes().with(LimitedCollector::new(Obedient), AMPLE);
            let (router, _health) = routes.into_router().await.unwrap();
            let router = router.layer(axum::middleware::from_fn(watch));
            serve(router, listener, stopped, AMPLE).await.unwrap();
        });
        Self {
            address: tell.recv().unwrap(),
            asked,
            mood,
            runtime: Some(runtime),
            stop: Some(stop),
            ended,
        }
    }

    /// How many calls it got.
    pub fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn set(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    /// Ends it as an orchestrator does: what was begun is finished.
    pub async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        (&mut self.ended).await.unwrap();
    }

    /// Ends it in the middle of everything.
    pub fn kill(self) {
        drop(self);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Dropping a runtime waits, which no test may.
        self.runtime.take().unwrap().shutdown_background();
    }
}

/// Names whose addresses a test sets.
#[derive(Clone, Default)]
pub(super) struct Names(Arc<Mutex<Vec<SocketAddr>>>);

// === impl Names ===

impl Names {
    pub fn of<'a>(servers: impl IntoIterator<Item = &'a Server>) -> Self {
        let names = Self::default();
        names.set(servers);
        names
    }

    pub fn set<'a>(&self, servers: impl IntoIterator<Item = &'a Server>) {
        *self.0.lock().unwrap() = servers.into_iter().map(|it| it.address).collect();
    }

    pub fn client(&self) -> CollectorClient {
        let far = Far {
            name: "replicated".to_owned(),
            address: "http://collector.test:7000".to_owned(),
            ..Far::default()
        };
        CollectorClient::found_by(Arc::new(self.clone()), far).unwrap()
    }
}

impl Resolve for Names {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        assert_eq!((host, port), ("collector.test", 7000));
        let found = self.0.lock().unwrap().clone();
        Box::pin(async { Ok(found) })
    }
}
