//! What the runner of a job of GitHub Actions does for a job that may write id-tokens: it gives the token of its
//! issuer for the audience that is asked for ("OpenID Connect reference").

use std::collections::HashMap;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use anyhow::Result;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::{Json, Router, routing::get};
use passport_test_issuer::{Key, github_actions};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::world::{World, now};

/// What it has to be shown.
pub const SHOWN: &str = "of-the-runner";

/// A runner. It is gone when this is dropped.
pub struct Runner {
    url: String,
    serving: JoinHandle<()>,
    knows: Arc<Knows>,
}

struct Knows {
    issuer: String,
    key: Arc<Key>,
    /// Answers that are none before there is one.
    broken: AtomicUsize,
}

// === impl Runner ===

impl Runner {
    /// The runner of a job of the repository that a world knows.
    pub async fn start(world: &World, broken: usize) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/token?api-version=2.0", listener.local_addr()?);
        let knows = Arc::new(Knows {
            issuer: world.github.url().to_owned(),
            key: Arc::clone(&world.github_key),
            broken: broken.into(),
        });
        let router = Router::new().route("/token", get(token));
        let router = router.with_state(Arc::clone(&knows));
        let serving = tokio::spawn(async move {
            // It ends with the runner.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            url,
            serving,
            knows,
        })
    }

    /// What a job finds in its environment.
    pub fn environment(&self) -> [(&'static str, &str); 2] {
        [
            ("ACTIONS_ID_TOKEN_REQUEST_URL", self.url.as_str()),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", SHOWN),
        ]
    }

    /// Answers that it would still spoil.
    pub fn still_broken(&self) -> usize {
        self.knows.broken.load(Ordering::SeqCst)
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn token(
    State(knows): State<Arc<Knows>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    let spoil = |left: usize| left.checked_sub(1);
    let broken = &knows.broken;
    if broken
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, spoil)
        .is_ok()
    {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let shown = headers.get("authorization").and_then(|it| it.to_str().ok());
    let is_known = shown == Some(&format!("Bearer {SHOWN}"));
    let asked = query.get("audience").filter(|_| is_known);
    let is_documented = query.get("api-version").map(String::as_str) == Some("2.0");
    let audience = asked
        .filter(|_| is_documented)
        .ok_or(StatusCode::UNAUTHORIZED)?;
    let claims = github_actions(&knows.issuer, audience, now());
    let token = knows.key.token(&claims);
    let token = token.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(json!({ "count": token.len(), "value": token })))
}
