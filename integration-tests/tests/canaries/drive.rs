//! Everything that callers can ask, in every way that they can, and all that they are told.

mod commands;
mod grpc;

use anyhow::{Context as _, Result};
use futures::future::try_join_all;
use passport_integration_tests::configuration::scope;
use passport_integration_tests::{http, workspace};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};

pub use commands::printed;

use crate::planted::{Planted, now};
use crate::search::Output;

/// Longer than any mood but one takes.
const SECONDS: &str = "3s";
const COLLECT: &str = "/v1/evidence/collect";
const SCOPE: &str = "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";

/// A caller of one gateway.
pub struct Caller<'a> {
    pub planted: &'a Planted,
    /// The gateway.
    pub url: &'a str,
    /// Who takes metrics.
    pub metrics: &'a str,
}

impl Caller<'_> {
    /// All that it is told.
    pub async fn everything(&self) -> Result<Vec<Output>> {
        let mut told = self.deliver().await?;
        let (http, grpc, commands) =
            tokio::join!(self.over_http(), self.over_grpc(), self.commands());
        told.extend(http?);
        told.extend(grpc?);
        told.extend(commands?);
        Ok(told)
    }

    async fn http(&self, method: Method, path: &str, token: &str, body: Vec<u8>) -> Result<Output> {
        self.http_as(
            method,
            self.url,
            path,
            &[("authorization", &format!("Bearer {token}"))],
            body,
        )
        .await
    }

    async fn http_as(
        &self,
        method: Method,
        origin: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Output> {
        let mut request = http::client()?
            .request(method.clone(), format!("{origin}{path}"))
            .body(body);
        let always = [
            ("content-type", "application/json"),
            ("passport-timeout", SECONDS),
        ];
        for (name, value) in always.iter().chain(headers) {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.with_context(|| path.to_owned())?;
        let head = format!("{} {:?}\n", answer.status(), answer.headers());
        let body = answer.bytes().await?;
        // A path may hold a secret here, which is no output.
        let name = format!(
            "HTTP {method} {}",
            path.split('?').next().unwrap_or_default()
        );
        Ok(Output::new(name, [head.as_bytes(), &body].concat()))
    }

    /// What is pushed, and pushed wrongly.
    async fn deliver(&self) -> Result<Vec<Output>> {
        let own = format!("Bearer {}", self.planted.ingest_token);
        let gateway = format!("Bearer {}", self.planted.token);
        let half = own.get(..own.len() / 2).unwrap_or_default();
        let mut told = Vec::new();
        for (shown, body) in [
            (own.as_str(), metrics(&own)),
            (&own, json!({ "resourceMetrics": own })),
            (half, metrics(&own)),
            (&gateway, metrics(&own)),
        ] {
            let headers = [("authorization", shown), ("cookie", &own)];
            let body = body.to_string().into_bytes();
            told.push(
                self.http_as(Method::POST, self.metrics, "/v1/metrics", &headers, body)
                    .await?,
            );
        }
        let report = std::fs::read(workspace::root().join("deploy/examples/trivy-report.json"))?;
        let path = format!(
            "/v1/evidence/ingest/scan?{SCOPE}&access_token={}",
            self.planted.token
        );
        let observed_at = passport_evidence::json::time(now());
        for (shown, body) in [
            (&gateway, report.clone()),
            (
                &gateway,
                format!("{{\"ArtifactName\": \"{gateway}\"}}").into_bytes(),
            ),
            (&gateway, format!("{{\"{gateway}").into_bytes()),
            (&own, report),
        ] {
            let headers = [
                ("authorization", shown.as_str()),
                ("passport-observed-at", &observed_at),
                ("cookie", &gateway),
                ("x-api-key", &gateway),
                ("private-token", &gateway),
            ];
            told.push(
                self.http_as(Method::POST, self.url, &path, &headers, body)
                    .await?,
            );
        }
        let accepted = |output: &Output, status: &str| output.bytes.starts_with(status.as_bytes());
        anyhow::ensure!(
            told.iter().any(|it| accepted(it, "202")),
            "no report was taken: {told:?}"
        );
        anyhow::ensure!(
            told.first().is_some_and(|it| accepted(it, "200")),
            "no metrics were taken: {told:?}"
        );
        Ok(told)
    }

    /// What is asked over HTTP: method, path and body.
    fn asked(&self) -> Vec<(Method, String, Value)> {
        let token = self.planted.token.as_str();
        let get = |path: &str| (Method::GET, path.to_owned(), Value::Null);
        let collect = |body: Value| (Method::POST, COLLECT.to_owned(), body);
        let check = |source: &str| {
            let path = format!("/v1/sources/{source}/check?{SCOPE}");
            (Method::POST, path, Value::Null)
        };
        let open = [
            "/metrics",
            "/readyz",
            "/healthz",
            "/openapi.json",
            "/",
            "/v1/connectors",
        ];
        let mut asked: Vec<_> = open.map(get).into();
        asked.push(collect(question()));
        asked.extend(self.planted.sources().iter().map(|source| check(source)));
        // A secret where none belongs is not repeated.
        for secret in [token, &self.planted.ingest_token].map(encoded) {
            asked.push(get(&format!(
                "/v1/sources?workspaceId={secret}&service=a&environment=b"
            )));
            asked.push(get(&format!("/v1/sources?{SCOPE}&access_token={secret}")));
            asked.push(get(&format!("/{secret}")));
            asked.push(check(&secret));
            let hook = format!("/v1/hooks/{secret}/flagger/confirm-rollout");
            asked.push((Method::POST, hook, json!({ "metadata": {} })));
        }
        asked.push(collect(json!({ "scope": token })));
        asked.push(collect(json!({ "scope": { "workspaceId": token } })));
        asked.push(collect(
            json!({ "scope": scope(), "sources": [token], "maxAgeSeconds": token }),
        ));
        asked.push(collect(json!({ token: token })));
        asked
    }

    async fn over_http(&self) -> Result<Vec<Output>> {
        let token = self.planted.token.as_str();
        let bearer = format!("Bearer {token}");
        let as_events = [
            ("authorization", bearer.as_str()),
            ("accept", "text/event-stream"),
        ];
        let body = question().to_string().into_bytes();
        let asked = self
            .asked()
            .into_iter()
            .map(|(method, path, body)| async move {
                let body = if body.is_null() {
                    Vec::new()
                } else {
                    body.to_string().into_bytes()
                };
                self.http(method, &path, token, body).await
            });
        let mut told = try_join_all(asked).await?;
        met_every_failure(&told)?;
        told.push(
            self.http_as(Method::POST, self.url, COLLECT, &as_events, body.clone())
                .await?,
        );
        told.push(
            self.http(Method::POST, COLLECT, &format!("{token}x"), body)
                .await?,
        );
        // Now that there is something to count.
        told.push(
            self.http(Method::GET, "/metrics", token, Vec::new())
                .await?,
        );
        for path in ["/metrics", "/readyz"] {
            told.push(
                self.http_as(Method::GET, self.metrics, path, &[], Vec::new())
                    .await?,
            );
        }
        told.push(
            self.http(
                Method::GET,
                &format!("/v1/sources?{SCOPE}"),
                token,
                Vec::new(),
            )
            .await?,
        );
        Ok(told)
    }
}

/// Every code that a provider can cause is among the answers, and evidence is too.
fn met_every_failure(told: &[Output]) -> Result<()> {
    let all: String = told
        .iter()
        .map(|it| String::from_utf8_lossy(&it.bytes))
        .collect();
    for word in [
        "DENIED",
        "MALFORMED",
        "NOT_FOUND",
        "THROTTLED",
        "TIMED_OUT",
        "TOO_LARGE",
        "UNAUTHENTICATED",
        "UNREACHABLE",
        "0.02%",
    ] {
        anyhow::ensure!(
            all.contains(&format!("\"{word}\"")),
            "nothing answered {word}"
        );
    }
    Ok(())
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn question() -> Value {
    json!({ "scope": scope() })
}

/// One figure, with an attribute that a careless sender may add.
fn metrics(secret: &str) -> Value {
    let text = |key: &str, value: &str| json!({ "key": key, "value": { "stringValue": value } });
    let nanoseconds = now().timestamp_nanos_opt().unwrap_or_default().to_string();
    json!({ "resourceMetrics": [{
        "resource": { "attributes": [
            text("service.name", "checkout-api"),
            text("deployment.environment.name", "production"),
            text("authorization", secret),
        ] },
        "scopeMetrics": [{ "metrics": [{ "name": "cpu", "unit": "1", "gauge": { "dataPoints": [{
            "timeUnixNano": nanoseconds,
            "asDouble": 0.5,
            "attributes": [text("authorization", secret)],
        }] } }] }],
    }] })
}
