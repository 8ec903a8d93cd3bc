//! A provider that is well, and notes how it is asked.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header::AUTHORIZATION};
use axum::{Json, Router};
use passport_evidence::Clock as _;
use passport_service_kit::clock::SystemClock;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::asked::Asked;

/// A part of its address that nobody else needs to know.
pub const PATH: &str = "hidden-path";

/// A provider on loopback.
pub struct Provider {
    url: String,
    asked: Arc<Mutex<Asked>>,
}

// === impl Provider ===

impl Provider {
    /// Starts it on a free port.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/{PATH}", listener.local_addr()?);
        let asked = Arc::default();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&asked));
        tokio::spawn(async { axum::serve(listener, router).await });
        Ok(Self { url, asked })
    }

    /// A source that asks it with the token of this variable.
    pub fn source(&self, variable: &str) -> Value {
        json!({
            "connector": "prometheus",
            "endpoint": self.url,
            "credential": { "env": variable },
            "scope": { "labels": { "service": "checkout-api" } },
            "max_age": "5m",
            "queries": { "error_rate": {
                "promql": "sum(rate(http_requests_total{${scope}}[5m]))",
                "unit": "ratio",
                "threshold": "< 1%",
            } },
        })
    }

    /// How it was asked so far.
    pub fn asked(&self) -> Asked {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }
}

async fn answer(
    State(asked): State<Arc<Mutex<Asked>>>,
    headers: HeaderMap,
    uri: Uri,
) -> Json<Value> {
    let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
    asked.requests += 1;
    asked.traced |= headers.contains_key("traceparent") || headers.contains_key("tracestate");
    let credential = headers.get(AUTHORIZATION).map(|it| it.to_str());
    let credential = credential.and_then(Result::ok).unwrap_or_default();
    asked.credentials.push(credential.to_owned());
    let now = SystemClock.now().timestamp();
    let value = match uri.to_string().contains("timestamp") {
        true => now.to_string(),
        false => "0.001".to_owned(),
    };
    let result = json!([{ "metric": {}, "value": [now, value] }]);
    Json(json!({ "status": "success", "data": { "resultType": "vector", "result": result } }))
}
