//! A server that speaks the query API of Prometheus, knows who is asking it at the moment, and
//! answers only while it is open.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use axum::extract::{Query, State};
use axum::{Json, Router, routing};
use passport_evidence::Clock as _;
use passport_service_kit::clock::SystemClock;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A running server. Dropping it ends it.
pub struct Provider {
    pub url: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    open: watch::Sender<bool>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// Requests of each caller that are not answered yet.
    asking: BTreeMap<usize, usize>,
    /// Most callers that were asking at one moment.
    most: usize,
}

/// A request of a caller, until it is answered or given up.
struct Asking {
    shared: Arc<Shared>,
    caller: usize,
}

/// The label by which a caller is known.
pub fn label(caller: usize) -> String {
    format!("caller-{caller:02}")
}

/// The error rate that a caller is told, as it is shown: no two alike.
pub fn shown(caller: usize) -> String {
    format!("0.{:02}%", 2 * caller + 1)
}

// === impl Provider ===

impl Provider {
    /// Starts one that answers nobody yet.
    ///
    /// # Errors
    /// No port could be opened.
    pub async fn closed() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            open: watch::Sender::new(false),
            seen: Mutex::default(),
        });
        let routes = Router::new()
            .route("/api/v1/query", routing::any(answer))
            .with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            // It serves until it is dropped.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self {
            url,
            shared,
            serving,
        })
    }

    /// Answers all who ask, now and from now on.
    pub fn open(&self) {
        self.shared.open.send_replace(true);
    }

    /// Answers nobody from now on.
    pub fn close(&self) {
        self.shared.open.send_replace(false);
    }

    /// Most callers that were asking at one moment.
    pub fn most_at_once(&self) -> usize {
        self.shared.seen().most
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

#[derive(Deserialize)]
struct Asked {
    query: String,
}

async fn answer(State(shared): State<Arc<Shared>>, Query(asked): Query<Asked>) -> Json<Value> {
    let caller = caller(&asked.query);
    let asking = Asking::begin(&shared, caller);
    // The sender lives as long as the server.
    let _ = shared.open.subscribe().wait_for(|open| *open).await;
    drop(asking);
    let now = SystemClock.now().timestamp();
    let number = match asked.query.contains("timestamp(") {
        true => now.to_string(),
        false => format!("0.{:04}", 2 * caller + 1),
    };
    Json(json!({ "status": "success", "data": {
        "resultType": "vector", "result": [{ "metric": {}, "value": [now, number] }],
    } }))
}

/// The caller whose label a query carries.
fn caller(query: &str) -> usize {
    let label = query.split_once("caller-").map(|(_, rest)| rest);
    let number = label.and_then(|it| it.get(..2));
    number
        .and_then(|it| it.parse().ok())
        .unwrap_or(usize::MAX / 4)
}

// === impl Shared ===

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Asking ===

impl Asking {
    fn begin(shared: &Arc<Shared>, caller: usize) -> Self {
        let mut seen = shared.seen();
        *seen.asking.entry(caller).or_default() += 1;
        seen.most = seen.most.max(seen.asking.len());
        Self {
            shared: Arc::clone(shared),
            caller,
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        let mut seen = self.shared.seen();
        if let Some(requests) = seen.asking.get_mut(&self.caller) {
            *requests -= 1;
            if *requests == 0 {
                seen.asking.remove(&self.caller);
            }
        }
    }
}
