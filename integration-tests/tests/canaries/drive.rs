//! Everything that callers can ask, in every way that they can, and all that they are told.

use anyhow::{Context as _, Result};
use futures::StreamExt as _;
use futures::future::{join_all, try_join_all};
use passport_integration_tests::configuration::scope;
use passport_integration_tests::{http, program, workspace};
use passport_proto::collector::Header;
use passport_proto::evidence::Scope;
use passport_proto::gateway::gateway_service_client::GatewayServiceClient;
use passport_proto::gateway::{
    CheckSourceRequest, CollectEvidenceRequest, IngestEvidenceRequest, ListConnectorsRequest,
    ListSourcesRequest, StreamEvidenceRequest,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::Command;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

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

    fn request<T>(&self, message: T) -> Result<Request<T>> {
        let mut request = Request::new(message);
        request.set_timeout(std::time::Duration::from_secs(3));
        let bearer = format!("Bearer {}", self.planted.token);
        request
            .metadata_mut()
            .insert("authorization", bearer.parse()?);
        Ok(request)
    }

    async fn over_grpc(&self) -> Result<Vec<Output>> {
        let channel = Channel::from_shared(self.url.to_owned())?.connect().await?;
        let mut client = GatewayServiceClient::new(channel);
        let scope = Some(Scope {
            workspace_id: "workspace-acme-prod".to_owned(),
            service: "checkout-api".to_owned(),
            environment: "production".to_owned(),
        });
        let collect = CollectEvidenceRequest {
            scope: scope.clone(),
            ..CollectEvidenceRequest::default()
        };
        let mut foreign = collect.clone();
        foreign.sources = vec![self.planted.token.clone()];
        let checks = self.planted.sources().into_iter().map(|source| {
            let mut client = client.clone();
            let check = CheckSourceRequest {
                scope: scope.clone(),
                source,
            };
            async move {
                Ok::<_, anyhow::Error>(said(
                    "CheckSource",
                    client.check_source(self.request(check)?).await,
                ))
            }
        });
        let checks: Vec<_> = checks.collect();
        let header = |name: &str| Header {
            name: name.to_owned(),
            value: self.planted.token.clone().into(),
        };
        let delivery = IngestEvidenceRequest {
            scope: scope.clone(),
            source: "scan".to_owned(),
            headers: vec![
                header("authorization"),
                header("cookie"),
                header("passport-observed-at"),
            ],
            body: format!("{{\"ArtifactName\": \"{}\"}}", self.planted.token).into(),
        };
        let mut told = vec![
            said(
                "CollectEvidence",
                client
                    .collect_evidence(self.request(collect.clone())?)
                    .await,
            ),
            said(
                "CollectEvidence",
                client.collect_evidence(self.request(foreign)?).await,
            ),
            said(
                "CollectEvidence",
                client.collect_evidence(Request::new(collect.clone())).await,
            ),
            said(
                "IngestEvidence",
                client.ingest_evidence(self.request(delivery)?).await,
            ),
            said(
                "ListConnectors",
                client
                    .list_connectors(self.request(ListConnectorsRequest {})?)
                    .await,
            ),
            said(
                "ListSources",
                client
                    .list_sources(self.request(ListSourcesRequest { scope })?)
                    .await,
            ),
        ];
        told.extend(try_join_all(checks).await?);
        let stream = StreamEvidenceRequest {
            collect: Some(collect),
        };
        let stream = client
            .stream_evidence(self.request(stream)?)
            .await?
            .into_inner();
        let items: Vec<_> = stream.collect().await;
        told.push(Output::new("gRPC StreamEvidence", format!("{items:#?}")));
        Ok(told)
    }

    async fn commands(&self) -> Result<Vec<Output>> {
        let scope = [
            "--workspace",
            "workspace-acme-prod",
            "--service",
            "checkout-api",
            "--environment",
            "production",
        ];
        let with_scope = |words: &[&str]| -> Vec<String> {
            words
                .iter()
                .chain(&scope)
                .map(|it| (*it).to_owned())
                .collect()
        };
        let mut commands = Vec::new();
        for form in ["json", "table", "yaml", "markdown"] {
            commands.push(with_scope(&["collect", "-o", form]));
            commands.push(with_scope(&["sources", "list", "-o", form]));
        }
        commands.push(with_scope(&["sources", "check", "status-401-basic"]));
        commands.push(vec!["connectors".to_owned()]);
        let with_password = format!("http://user:{}@127.0.0.1:1", encoded(&self.planted.token));
        commands.push(with_scope(&["collect", "--gateway", &with_password]));
        let run = |arguments: Vec<String>| async move {
            let mut command = Command::new(program::built("passport")?);
            command.args(["--timeout", SECONDS]).args(&arguments);
            command
                .env("PASSPORT_GATEWAY", self.url)
                .env("PASSPORT_TOKEN", &self.planted.token);
            printed(
                command,
                &format!("passport {}", arguments.first().map_or("", String::as_str)),
            )
            .await
        };
        join_all(commands.into_iter().map(run))
            .await
            .into_iter()
            .collect()
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

/// What a command prints on either stream.
pub async fn printed(mut command: Command, name: &str) -> Result<Output> {
    let output = command.stdin(std::process::Stdio::null()).output().await?;
    Ok(Output::new(name, [output.stdout, output.stderr].concat()))
}

/// An answer with its metadata, or an error with its details.
fn said<T: std::fmt::Debug>(call: &str, answer: Result<Response<T>, Status>) -> Output {
    let text = match answer {
        Ok(answer) => format!("{answer:#?}").into_bytes(),
        Err(status) => [format!("{status:#?}").as_bytes(), status.details()].concat(),
    };
    Output::new(format!("gRPC {call}"), text)
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
