//! A Prometheus that answers everything after the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;
use axum::extract::Query;
use axum::{Json, Router};
use passport_evidence::Clock as _;
use passport_service_kit::clock::SystemClock;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::sleep;

/// Reads of one collection: the query, and the time of the newest sample behind it.
pub const READS: u64 = 2;
/// The number that it gives to every query, and how evidence shows it.
const NUMBER: &str = "0.001";
pub const SHOWN: &str = "0.1%";

/// Listeners on loopback, each an origin of its own.
#[derive(Debug)]
pub struct Provider {
    /// Where it is asked.
    pub origins: Vec<String>,
    asked: Arc<AtomicU64>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    query: String,
}

// === impl Provider ===

impl Provider {
    /// Listens on as many ports, and answers after `delay`.
    ///
    /// # Errors
    /// No port is free.
    pub async fn serve(origins: usize, delay: Duration) -> Result<Self> {
        let mut provider = Self {
            origins: Vec::new(),
            asked: Arc::default(),
        };
        for _ in 0..origins {
            let listener = TcpListener::bind("127.0.0.1:0").await?;
            let url = format!("http://{}", listener.local_addr()?);
            provider.origins.push(url);
            let asked = Arc::clone(&provider.asked);
            let answer = move |Query(Asked { query })| async move {
                asked.fetch_add(1, Ordering::Relaxed);
                sleep(delay).await;
                Json(vector(&query))
            };
            let served = axum::serve(listener, Router::new().fallback(answer));
            tokio::spawn(async { served.await });
        }
        Ok(provider)
    }

    /// Reads so far.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }
}

fn vector(query: &str) -> Value {
    let now = SystemClock.now().timestamp();
    let value = match query.contains("timestamp(") {
        true => now.to_string(),
        false => NUMBER.to_owned(),
    };
    json!({ "status": "success", "data": { "resultType": "vector", "result": [
        { "metric": {}, "value": [now, value] },
    ] } })
}
