//! One question of a tenant, over gRPC or HTTP, and what it is told.

use std::fmt::Debug;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use chrono::{SecondsFormat, TimeDelta};
use futures::TryStreamExt as _;
use passport_proto::collector::{Header, IngestResult, SourceState};
use passport_proto::evidence::{Evidence, FailureCode, Scope, Subject, outcome::Kind};
use passport_proto::gateway::{
    CheckSourceRequest, CollectEvidenceRequest, EvaluateGateRequest, IngestEvidenceRequest,
    ListConnectorsRequest, ListPassportsRequest, ListSourcesRequest, StreamEvidenceRequest,
};
use serde_json::{Value, json};
use tonic::{Code, Request, Response, Status};

use crate::mesh::{ARTIFACT, Mesh};
use crate::step::{Want, Way};

/// More than anything here takes.
const AMPLE: Duration = Duration::from_secs(30);

/// A question.
pub struct Asked<'a> {
    pub mesh: &'a Mesh,
    pub way: Way,
    pub token: &'static str,
    pub workspace: String,
    /// Its id in the log.
    pub request: String,
}

/// What is told, as far as it is looked at, and all of it as text.
#[derive(Debug, Default)]
pub struct Told {
    pub text: String,
    pub evidence: Vec<Found>,
    /// Sources that failed, with the code.
    pub failures: Vec<(String, String)>,
    /// Sources, and whether each is failing.
    pub sources: Vec<(String, bool)>,
}

/// Evidence of a source.
#[derive(Debug)]
pub struct Found {
    pub workspace: String,
    pub source: String,
    /// Names of facts with their values.
    pub facts: Vec<(String, String)>,
}

// === impl Asked ===

impl Asked<'_> {
    /// Evidence about a release.
    pub async fn collect(&self, release: u32) -> Result<Told> {
        let version = format!("1.{release}");
        match self.way {
            Way::Grpc => {
                let request = self.grpc(self.about(version))?;
                let answer = self.mesh.grpc.clone().collect_evidence(request).await?;
                let mut told = Told::of(&answer);
                let answer = answer.into_inner();
                told.evidence = answer.evidence.into_iter().map(Found::from).collect();
                let failures = answer.failures.into_iter();
                told.failures = failures
                    .map(|it| (it.source.clone(), it.code().as_str_name().to_owned()))
                    .collect();
                Ok(told)
            }
            Way::Stream => self.streamed(version).await,
            Way::Http | Way::Events => self.over_http(version).await,
        }
    }

    /// What is decided about a release, with the evidence that it rests on.
    pub async fn decide(&self, release: u32) -> Result<Told> {
        let version = format!("1.{release}");
        if self.way == Way::Grpc {
            let about = self.about(version);
            let request = self.grpc(EvaluateGateRequest {
                scope: about.scope,
                subject: about.subject,
                ..EvaluateGateRequest::default()
            })?;
            let answer = self.mesh.grpc.clone().evaluate_gate(request).await?;
            let mut told = Told::of(&answer);
            let passport = answer.into_inner().passport.context("no passport")?;
            told.evidence = passport.evidence.into_iter().map(Found::from).collect();
            let failures = passport.failures.into_iter();
            told.failures = failures
                .map(|it| (it.source.clone(), it.code().as_str_name().to_owned()))
                .collect();
            return Ok(told);
        }
        let request = self.http(reqwest::Method::POST, "/v1/gate/evaluate");
        let (status, mut told) = sent(request.json(&self.body(&version))).await?;
        ensure!(status == 200, "{status}: {}", told.text);
        told.read_collected()?;
        Ok(told)
    }

    /// What was decided in the workspace.
    pub async fn passports(&self) -> Result<Told> {
        if self.way == Way::Grpc {
            let request = self.grpc(ListPassportsRequest {
                scope: self.scope(),
                ..ListPassportsRequest::default()
            })?;
            let answer = self.mesh.grpc.clone().list_passports(request).await?;
            return Ok(Told::of(&answer));
        }
        let request = self.scoped(self.http(reqwest::Method::GET, "/v1/passports"));
        let (status, told) = sent(request).await?;
        ensure!(status == 200, "{status}: {}", told.text);
        Ok(told)
    }

    fn body(&self, version: &str) -> Value {
        let scope = json!({
            "workspaceId": self.workspace, "service": "checkout-api", "environment": "production",
        });
        json!({ "scope": scope, "subject": { "version": version } })
    }

    fn about(&self, version: String) -> CollectEvidenceRequest {
        CollectEvidenceRequest {
            scope: self.scope(),
            subject: Some(Subject {
                version,
                ..Subject::default()
            }),
            ..CollectEvidenceRequest::default()
        }
    }

    async fn streamed(&self, version: String) -> Result<Told> {
        let collect = Some(self.about(version));
        let request = self.grpc(StreamEvidenceRequest { collect })?;
        let answer = self.mesh.grpc.clone().stream_evidence(request).await?;
        let mut told = Told::of(&answer);
        let outcomes: Vec<_> = answer.into_inner().try_collect().await?;
        for outcome in outcomes {
            told.text += &format!("{outcome:?}");
            match outcome.outcome.and_then(|it| it.kind) {
                Some(Kind::Evidence(evidence)) => told.evidence.push(evidence.into()),
                Some(Kind::Failure(failure)) => {
                    let code = failure.code().as_str_name().to_owned();
                    told.failures.push((failure.source, code));
                }
                None => bail!("an outcome that is none"),
            }
        }
        Ok(told)
    }

    async fn over_http(&self, version: String) -> Result<Told> {
        let request = self
            .http(reqwest::Method::POST, "/v1/evidence/collect")
            .json(&self.body(&version));
        let (request, events) = match self.way {
            Way::Events => (request.header("accept", "text/event-stream"), true),
            Way::Grpc | Way::Http | Way::Stream => (request, false),
        };
        let (status, mut told) = sent(request).await?;
        ensure!(status == 200, "{status}: {}", told.text);
        match events {
            true => told.read_events()?,
            false => told.read_collected()?,
        }
        Ok(told)
    }

    /// Delivers a report. What became of it is told over gRPC only.
    pub async fn deliver(&self, report: u64) -> Result<(Option<IngestResult>, Told)> {
        let at = self.mesh.first_report + TimeDelta::seconds(report.try_into()?);
        let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = json!({
            "SchemaVersion": 2,
            "ArtifactName": ARTIFACT,
            "ArtifactType": "container_image",
            "Metadata": { "RepoDigests": [format!("{ARTIFACT}@sha256:{report:064x}")] },
            "Results": [{ "Target": "alpine", "Class": "os-pkgs", "Type": "alpine" }],
        });
        if self.way == Way::Grpc {
            let headers = vec![Header {
                name: "passport-observed-at".to_owned(),
                value: at.into(),
            }];
            let request = self.grpc(IngestEvidenceRequest {
                scope: self.scope(),
                source: "scan".to_owned(),
                headers,
                body: body.to_string().into(),
            })?;
            let answer = self.mesh.grpc.clone().ingest_evidence(request).await?;
            return Ok((Some(answer.get_ref().result()), Told::of(&answer)));
        }
        let request = self.http(reqwest::Method::POST, "/v1/evidence/ingest/scan");
        let request = self.scoped(request).header("passport-observed-at", at);
        let (status, told) = sent(request.body(body.to_string())).await?;
        ensure!(status == 202, "{status}: {}", told.text);
        Ok((None, told))
    }

    /// Sources of the scope.
    pub async fn list(&self) -> Result<Told> {
        if self.way == Way::Grpc {
            let scope = self.scope();
            let request = self.grpc(ListSourcesRequest { scope })?;
            let answer = self.mesh.grpc.clone().list_sources(request).await?;
            let mut told = Told::of(&answer);
            for source in answer.into_inner().sources {
                let fails = source.state() == SourceState::Failing;
                told.sources.push((source.name, fails));
            }
            return Ok(told);
        }
        let request = self.scoped(self.http(reqwest::Method::GET, "/v1/sources"));
        let (status, mut told) = sent(request).await?;
        ensure!(status == 200, "{status}: {}", told.text);
        let list: Value = serde_json::from_str(&told.text)?;
        for source in listed(&list, "sources") {
            let fails = text(source, "state") == "failing";
            told.sources.push((text(source, "name"), fails));
        }
        Ok(told)
    }

    /// Whether the source that is pulled from works.
    pub async fn check(&self) -> Result<Told> {
        if self.way == Way::Grpc {
            let request = self.grpc(CheckSourceRequest {
                scope: self.scope(),
                source: "prom".to_owned(),
            })?;
            let answer = self.mesh.grpc.clone().check_source(request).await?;
            return Ok(Told::of(&answer));
        }
        let request = self.http(reqwest::Method::POST, "/v1/sources/prom/check");
        let (status, told) = sent(self.scoped(request)).await?;
        ensure!(status == 200, "{status}: {}", told.text);
        Ok(told)
    }

    /// Connectors, which belong to nobody.
    pub async fn connectors(&self) -> Result<Told> {
        if self.way == Way::Grpc {
            let request = self.grpc(ListConnectorsRequest {})?;
            let answer = self.mesh.grpc.clone().list_connectors(request).await?;
            return Ok(Told::of(&answer));
        }
        let request = self.http(reqwest::Method::GET, "/v1/connectors");
        let (status, told) = sent(request).await?;
        ensure!(status == 200, "{status}: {}", told.text);
        Ok(told)
    }

    /// Asks for what was not granted.
    ///
    /// # Errors
    /// It is given, or refused in other words than to somebody who asks for what there is not.
    pub async fn refused(&self, want: Want) -> Result<Told> {
        let error = match want {
            Want::Collect => self.collect(0).await.err(),
            Want::Deliver => self.deliver(1).await.err(),
            Want::List => self.list().await.err(),
            Want::Check => self.check().await.err(),
            Want::Decide => self.decide(0).await.err(),
            Want::Passports => self.passports().await.err(),
        };
        let error = error.context("it was given")?;
        let text = match error.downcast_ref::<Status>() {
            Some(status) => {
                let refused = [Code::PermissionDenied, Code::Unauthenticated];
                ensure!(refused.contains(&status.code()), "{status:?}");
                format!("{status:?}")
            }
            None => {
                let text = error.to_string();
                ensure!(
                    text.starts_with("403: ") || text.starts_with("401: "),
                    "{text}"
                );
                text
            }
        };
        Ok(Told {
            text,
            ..Told::default()
        })
    }

    fn scope(&self) -> Option<Scope> {
        Some(Scope {
            workspace_id: self.workspace.clone(),
            service: "checkout-api".to_owned(),
            environment: "production".to_owned(),
        })
    }

    fn grpc<T>(&self, message: T) -> Result<Request<T>> {
        let mut request = Request::new(message);
        request.set_timeout(AMPLE);
        let metadata = request.metadata_mut();
        metadata.insert("authorization", format!("Bearer {}", self.token).parse()?);
        metadata.insert("x-request-id", self.request.parse()?);
        Ok(request)
    }

    fn http(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.mesh.url);
        let request = self.mesh.http.request(method, url).bearer_auth(self.token);
        request
            .header("x-request-id", &self.request)
            .header("passport-timeout", "30s")
    }

    fn scoped(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        request.query(&[
            ("workspaceId", self.workspace.as_str()),
            ("service", "checkout-api"),
            ("environment", "production"),
        ])
    }
}

/// Status and text of an answer, its headers with it.
async fn sent(request: reqwest::RequestBuilder) -> Result<(u16, Told)> {
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let headers = format!("{:?}", answer.headers());
    let text = answer.text().await?;
    for line in [&headers, &text] {
        ensure!(!line.contains("token-of-the-"), "a token: {line}");
    }
    Ok((
        status,
        Told {
            text,
            ..Told::default()
        },
    ))
}

// === impl Told ===

impl Told {
    fn of<T: Debug>(answer: &Response<T>) -> Self {
        Self {
            text: format!("{answer:?}"),
            ..Self::default()
        }
    }

    fn read_collected(&mut self) -> Result<()> {
        let collected: Value = serde_json::from_str(&self.text)?;
        for evidence in listed(&collected, "evidence") {
            self.evidence.push(Found::of_json(evidence));
        }
        for failure in listed(&collected, "failures") {
            self.fails(failure);
        }
        Ok(())
    }

    fn read_events(&mut self) -> Result<()> {
        for event in self.text.clone().split("\n\n") {
            let mut lines = event.lines();
            let name = lines.find_map(|line| line.strip_prefix("event: "));
            let data = event.lines().find_map(|line| line.strip_prefix("data: "));
            let (Some(name), Some(data)) = (name, data) else {
                continue;
            };
            let data: Value = serde_json::from_str(data)?;
            match name {
                "evidence" => self.evidence.push(Found::of_json(&data)),
                "failure" => self.fails(&data),
                "done" => {}
                other => bail!("{other} is no event"),
            }
        }
        Ok(())
    }

    fn fails(&mut self, failure: &Value) {
        let named = (text(failure, "source"), text(failure, "code"));
        self.failures.push(named);
    }
}

/// Of HTTP, codes have no prefix.
pub fn is_internal(code: &str) -> bool {
    let internal = FailureCode::Internal.as_str_name();
    internal == code || internal.strip_prefix("FAILURE_CODE_") == Some(code)
}

fn listed<'a>(of: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    of.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn text(of: &Value, key: &str) -> String {
    let text = of.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

// === impl Found ===

impl Found {
    fn of_json(evidence: &Value) -> Self {
        let scope = evidence.get("scope").unwrap_or(&Value::Null);
        let facts = listed(evidence, "facts");
        Self {
            workspace: text(scope, "workspaceId"),
            source: text(evidence, "source"),
            facts: facts
                .map(|fact| (text(fact, "name"), text(fact, "value")))
                .collect(),
        }
    }

    /// The value of a fact; empty where it has none.
    pub fn value(&self, name: &str) -> &str {
        let found = self.facts.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }
}

impl From<Evidence> for Found {
    fn from(evidence: Evidence) -> Self {
        let facts = evidence.facts.into_iter();
        Self {
            workspace: evidence.scope.map(|it| it.workspace_id).unwrap_or_default(),
            source: evidence.source,
            facts: facts
                .map(|fact| (fact.name, fact.value.map(|it| it.text).unwrap_or_default()))
                .collect(),
        }
    }
}
