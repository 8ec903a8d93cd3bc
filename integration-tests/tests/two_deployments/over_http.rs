//! Questions over HTTP.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use http::Method;
use passport_evidence::json::time;
use passport_integration_tests::{configuration, workspace};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::alike;
use crate::world::{Deployment, PUSHER, READER, TOKEN};

const SCOPE: &str = "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";

/// A request.
pub struct Question {
    method: Method,
    path: String,
    token: Option<&'static str>,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// Whether it goes to where metrics are pushed.
    pushed: bool,
}

/// All of an answer that has to be the same.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<String>,
    pub body: String,
}

fn ask(method: Method, path: impl Into<String>) -> Question {
    Question {
        method,
        path: path.into(),
        token: Some(TOKEN),
        headers: Vec::new(),
        body: Vec::new(),
        pushed: false,
    }
}

fn collect(body: &Value) -> Question {
    ask(Method::POST, "/v1/evidence/collect")
        .with("content-type", "application/json")
        .of(body.to_string())
}

fn ingest(source: &str, body: impl Into<Vec<u8>>) -> Question {
    ask(
        Method::POST,
        format!("/v1/evidence/ingest/{source}?{SCOPE}"),
    )
    .of(body)
}

fn push(body: impl Into<Vec<u8>>) -> Question {
    let mut push = ask(Method::POST, "/v1/metrics").of(body);
    push.pushed = true;
    push.shows(Some(PUSHER))
        .with("content-type", "application/x-protobuf")
}

/// What is asked, in this order. The scan ended `at`, and the service pushed twice.
pub fn questions(at: DateTime<Utc>, [first, second]: [Vec<u8>; 2]) -> Result<Vec<Question>> {
    let scope = configuration::scope();
    let at = time(at);
    let report = std::fs::read(workspace::root().join("deploy/examples/trivy-report.json"))?;
    let other = String::from_utf8(report.clone())?.replace("checkout-api", "other-api");
    let all = json!({ "scope": scope });
    let broken = configuration::with(scope.clone(), "service", json!("*"));
    let get = |path: &str| ask(Method::GET, path);
    let list = || get(&format!("/v1/sources?{SCOPE}"));
    let check = |source| ask(Method::POST, format!("/v1/sources/{source}/check?{SCOPE}"));
    let events = |body: &Value| collect(body).with("accept", "text/event-stream");
    Ok(vec![
        // Before anything was asked or delivered.
        list(),
        get("/v1/connectors"),
        collect(&all),
        // Deliveries.
        ingest("scan", report.clone()).with("passport-observed-at", &at),
        ingest("scan", report.clone()).with("passport-observed-at", &at),
        ingest("scan", other),
        ingest("scan", "{"),
        ingest("scan", report.clone()).with("passport-observed-at", "yesterday"),
        ingest("nope", report.clone()),
        ingest("prom", report.clone()),
        ingest("pushed", first.clone()),
        ingest("scan", report.clone()).shows(None),
        ingest("scan", report).shows(Some(READER)),
        push(first.clone()),
        push(first.clone()),
        push(second),
        push("{"),
        push(first.clone()).shows(Some(TOKEN)),
        push(first).shows(None),
        push(vec![b' '; (4 << 20) + 1]),
        // What became of them.
        collect(&all),
        events(&all),
        list(),
        check("prom"),
        check("scan"),
        check("pushed"),
        check("gone"),
        check("nope"),
        list(),
        collect(&json!({ "scope": scope, "sources": ["scan"], "subject": {
            "version": "2026.05.03-1",
            "artifactDigests": [format!("sha256:{}", "1".repeat(64))],
        } })),
        collect(&json!({ "scope": scope, "sources": ["prom", "scan"], "maxAgeSeconds": 10 })),
        collect(&json!({ "scope": scope, "categories": ["security"] })),
        // What is refused.
        collect(&json!({ "scope": scope, "sources": ["nope"] })),
        collect(&json!({ "scope": scope, "categories": ["nope"] })),
        collect(&json!({ "scope": scope, "more": 1 })),
        collect(&json!({ "scope": broken })),
        events(&json!({ "scope": broken })),
        collect(&json!({})),
        collect(&all).of("{"),
        collect(&all).shows(None),
        collect(&all).shows(Some("another")),
        collect(&all).shows(Some(READER)),
        collect(&all).of(vec![b' '; 2 << 20]),
        get("/v1/sources?workspaceId=workspace-acme-prod"),
        list().shows(None),
        get("/v1/nothing"),
        get("/v1/evidence/collect"),
        get("/healthz"),
        get("/readyz"),
        get("/openapi.json"),
        get("/"),
    ])
}

// === impl Question ===

impl Question {
    fn shows(mut self, token: Option<&'static str>) -> Self {
        self.token = token;
        self
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn of(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Asks a deployment.
    pub async fn answer(&self, of: &Deployment) -> Result<Answer> {
        let server = if self.pushed {
            &of.metrics
        } else {
            &of.gateway
        };
        let mut request = passport_integration_tests::http::client()?
            .request(self.method.clone(), format!("{server}{}", self.path))
            .body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(token) = self.token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.with_context(|| self.to_string())?;
        let status = answer.status().as_u16();
        let headers = alike::headers(answer.headers());
        let body = alike::without_times(&answer.text().await?)?;
        let is_stream = headers.iter().any(|it| it.contains("event-stream"));
        let body = match is_stream {
            true => alike::events(&body).join("\n\n"),
            false => body,
        };
        Ok(Answer {
            status,
            headers,
            body,
        })
    }
}

impl std::fmt::Display for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        let body: String = body.chars().take(200).collect();
        write!(
            f,
            "{} {} as {:?} with {:?}: {body}",
            self.method, self.path, self.token, self.headers
        )
    }
}

/// The answer to a delivery that says that it is too large, and whose body nobody reads.
pub async fn too_large(of: &Deployment) -> Result<String> {
    let address = of.gateway.strip_prefix("http://").context("no address")?;
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "POST /v1/evidence/ingest/scan?{SCOPE} HTTP/1.1\r\nhost: {address}\r\n\
         authorization: Bearer {TOKEN}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        (32 << 20) + 1
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let kept = answer
        .lines()
        .filter(|line| !line.starts_with("date: ") && !line.starts_with("x-request-id: "));
    Ok(kept.collect::<Vec<_>>().join("\n"))
}
