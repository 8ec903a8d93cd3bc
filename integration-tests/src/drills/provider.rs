//! A provider that is always well, and gives each source a number of its own.

use anyhow::Result;
use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::Uri;
use axum::{Json, Router};
use passport_evidence::Clock as _;
use passport_service_kit::clock::SystemClock;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Metrics that sources ask for, each with its number, and how evidence shows that.
pub(super) const METRICS: [(&str, &str, &str); 3] = [
    ("drill_first_total", "0.001", "0.1%"),
    ("drill_second_total", "0.002", "0.2%"),
    ("drill_other_total", "0.003", "0.3%"),
];

/// Ended when dropped.
#[derive(Debug)]
pub(super) struct Provider {
    url: String,
    serving: JoinHandle<()>,
}

#[derive(Debug, Deserialize)]
struct Asked {
    query: String,
}

// === impl Provider ===

impl Provider {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let serving = tokio::spawn(async move {
            // It serves until it is dropped.
            let _ = axum::serve(listener, Router::new().fallback(answer)).await;
        });
        Ok(Self { url, serving })
    }

    /// A source that asks for one of the metrics.
    pub fn source(&self, metric: &str) -> Value {
        json!({
            "connector": "prometheus",
            "endpoint": self.url,
            "scope": { "labels": { "service": "checkout-api" } },
            // Answers are kept for a tenth of that.
            "max_age": "10s",
            "queries": { "error_rate": {
                "promql": format!("sum(rate({metric}{{${{scope}}}}[5m]))"),
                "unit": "ratio",
                "threshold": "< 1%",
            } },
        })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(uri: Uri, form: Result<Form<Asked>, FormRejection>) -> Json<Value> {
    let query = match form {
        Ok(Form(asked)) => asked.query,
        Err(_) => uri.to_string(),
    };
    let now = SystemClock.now().timestamp();
    let number = METRICS.iter().find(|(metric, _, _)| query.contains(metric));
    let number = number.map_or("NaN", |(_, number, _)| number);
    let value = match query.contains("timestamp") {
        true => now.to_string(),
        false => number.to_owned(),
    };
    Json(
        json!({ "status": "success", "data": { "resultType": "vector", "result": [
            { "metric": {}, "value": [now, value] },
        ] } }),
    )
}
