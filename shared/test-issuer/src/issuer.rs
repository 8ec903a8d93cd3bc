//! The server: discovery and keys.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::Result;
use axum::{Json, Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::tls;

/// An issuer. It is gone when this is dropped.
pub struct Issuer {
    url: String,
    says: Arc<Says>,
    serving: JoinHandle<()>,
    /// Its authority's certificate, where it speaks TLS.
    authority: Option<String>,
}

/// What its discovery document says, where that is not the truth.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    /// In place of its own URL.
    pub issuer: Option<String>,
    /// In place of where its keys are.
    pub jwks_uri: Option<String>,
}

#[derive(Default)]
struct Says {
    url: Mutex<String>,
    keys: Mutex<Vec<Value>>,
    discovery: Mutex<Discovery>,
    /// The status of every answer; 0: as it should be.
    status: Mutex<Option<StatusCode>>,
    asked: AtomicUsize,
}

// === impl Issuer ===

impl Issuer {
    /// An issuer with these keys at a port of this machine, in the clear.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start(keys: Vec<Value>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let says = Says::new(&url, keys);
        let router = router(&says);
        let serving = tokio::spawn(async move {
            // It ends with the issuer.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            url,
            says,
            serving,
            authority: None,
        })
    }

    /// The same over TLS, with a certificate for `localhost` of an authority of its own.
    ///
    /// # Errors
    /// No port or no certificate can be had.
    pub async fn start_with_tls(keys: Vec<Value>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("https://localhost:{}", listener.local_addr()?.port());
        let says = Says::new(&url, keys);
        let (authority, acceptor) = tls::acceptor()?;
        let serving = tokio::spawn(tls::serve(listener, acceptor, router(&says)));
        Ok(Self {
            url,
            says,
            serving,
            authority: Some(authority),
        })
    }

    /// What its tokens have as `iss`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The certificate of its authority, as PEM.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Its keys from now on.
    pub fn publish(&self, keys: Vec<Value>) {
        *lock(&self.says.keys) = keys;
    }

    /// What its discovery document says from now on.
    pub fn discovers(&self, discovery: Discovery) {
        *lock(&self.says.discovery) = discovery;
    }

    /// Answers everything with this status from now on, and with what it redirects to.
    pub fn answers(&self, status: Option<u16>) {
        *lock(&self.says.status) = status.and_then(|it| StatusCode::from_u16(it).ok());
    }

    /// How often it was asked for its keys.
    pub fn asked(&self) -> usize {
        self.says.asked.load(Ordering::SeqCst)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

// === impl Says ===

impl Says {
    fn new(url: &str, keys: Vec<Value>) -> Arc<Self> {
        Arc::new(Self {
            url: Mutex::new(url.to_owned()),
            keys: Mutex::new(keys),
            ..Self::default()
        })
    }
}

fn router(says: &Arc<Says>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/keys", get(keys))
        .with_state(Arc::clone(says))
}

async fn discovery(State(says): State<Arc<Says>>) -> Json<Value> {
    let url = lock(&says.url).clone();
    let Discovery { issuer, jwks_uri } = lock(&says.discovery).clone();
    Json(json!({
        "issuer": issuer.unwrap_or(url.clone()),
        "jwks_uri": jwks_uri.unwrap_or(format!("{url}/keys")),
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn keys(State(says): State<Arc<Says>>) -> axum::response::Response {
    says.asked.fetch_add(1, Ordering::SeqCst);
    let keys = lock(&says.keys).clone();
    match *lock(&says.status) {
        Some(status) => (status, [("location", "/keys?again")]).into_response(),
        None => Json(json!({ "keys": keys })).into_response(),
    }
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
