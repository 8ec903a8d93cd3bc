//! Questions over gRPC.

use std::fmt::Debug;

use anyhow::Result;
use futures::TryStreamExt as _;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, metrics_service_client::MetricsServiceClient,
};
use passport_integration_tests::workspace;
use passport_proto::{
    evidence::Scope,
    gateway::{
        CheckSourceRequest, CollectEvidenceRequest, EvaluateGateRequest, IngestEvidenceRequest,
        ListConnectorsRequest, ListSourcesRequest, StreamEvidenceRequest,
        gateway_service_client::GatewayServiceClient,
    },
};
use tonic::{Request, Response, Status, transport::Channel};

use crate::alike;
use crate::world::{Deployment, PUSHER, READER, TOKEN};

/// A deployment that is asked, and what it answered so far to what.
pub struct Asked {
    gateway: GatewayServiceClient<Channel>,
    metrics: MetricsServiceClient<Channel>,
    answers: Vec<(String, String)>,
}

/// Everything that is asked, with the answers of a deployment. The service pushes `exports`.
pub async fn answers(
    of: &Deployment,
    exports: &[ExportMetricsServiceRequest],
) -> Result<Vec<(String, String)>> {
    let channel = |url: &str| Channel::from_shared(url.to_owned());
    let mut asked = Asked {
        gateway: GatewayServiceClient::new(channel(&of.gateway)?.connect().await?),
        metrics: MetricsServiceClient::new(channel(&of.metrics)?.connect().await?),
        answers: Vec::new(),
    };
    asked.lists().await?;
    asked.collects().await?;
    asked.deliveries().await?;
    asked.pushes(exports).await?;
    asked.collects().await?;
    asked.stream().await?;
    asked.checks().await?;
    asked.lists().await?;
    Ok(asked.answers)
}

// === impl Asked ===

impl Asked {
    /// A message without its times, or code, text and details of an error.
    fn note<T: Debug>(&mut self, what: &str, answered: Result<Response<T>, Status>) -> Result<()> {
        let answer = match answered {
            Ok(message) => alike::without_timestamps(message.get_ref())?,
            Err(status) => {
                let (code, message, details) = (status.code(), status.message(), status.details());
                format!("{code:?} {message} {details:?}")
            }
        };
        self.answers.push((what.to_owned(), answer));
        Ok(())
    }

    async fn collects(&mut self) -> Result<()> {
        let broken = CollectEvidenceRequest {
            scope: scope("*"),
            ..all()
        };
        let of_source = |source: String| CollectEvidenceRequest {
            sources: vec![source],
            ..all()
        };
        for (what, token, request) in [
            ("collect", Some(TOKEN), all()),
            ("collect without a token", None, all()),
            ("collect with a wrong token", Some("another"), all()),
            ("collect without the grant", Some(READER), all()),
            ("a broken scope", Some(TOKEN), broken),
            ("no scope", Some(TOKEN), CollectEvidenceRequest::default()),
            ("an unknown source", Some(TOKEN), of_source("nope".into())),
            ("too large", Some(TOKEN), of_source("nope".repeat(2 << 20))),
        ] {
            let answered = self.gateway.collect_evidence(shown(token, request)?).await;
            self.note(what, answered)?;
        }
        let gate = EvaluateGateRequest {
            scope: scope("checkout-api"),
            ..EvaluateGateRequest::default()
        };
        let answered = self.gateway.evaluate_gate(shown(Some(TOKEN), gate)?).await;
        let answered = answered.map(|mut answer| {
            // Every passport has an id of its own, made of its time.
            if let Some(passport) = &mut answer.get_mut().passport {
                passport.passport_id.clear();
            }
            answer
        });
        self.note("a gate", answered)
    }

    async fn deliveries(&mut self) -> Result<()> {
        let report = std::fs::read(workspace::root().join("deploy/examples/trivy-report.json"))?;
        for (what, body) in [
            ("a delivery", report.clone()),
            ("the same again", report),
            ("a broken delivery", b"{".to_vec()),
            ("a delivery that is too large", vec![b' '; (32 << 20) + 1]),
        ] {
            let delivery = IngestEvidenceRequest {
                scope: scope("checkout-api"),
                source: "scan".to_owned(),
                body: body.into(),
                ..IngestEvidenceRequest::default()
            };
            let delivery = shown(Some(TOKEN), delivery)?;
            let answered = self.gateway.ingest_evidence(delivery).await;
            self.note(what, answered)?;
        }
        Ok(())
    }

    async fn pushes(&mut self, exports: &[ExportMetricsServiceRequest]) -> Result<()> {
        for export in exports {
            for token in [Some(PUSHER), Some(TOKEN), None] {
                let answered = self.metrics.export(shown(token, export.clone())?).await;
                self.note(&format!("a push as {token:?}"), answered)?;
            }
        }
        Ok(())
    }

    /// Outcomes come as sources answer, so that their order may differ.
    async fn stream(&mut self) -> Result<()> {
        let all = StreamEvidenceRequest {
            collect: Some(all()),
        };
        let stream = self
            .gateway
            .stream_evidence(shown(Some(TOKEN), all)?)
            .await?;
        let outcomes: Vec<_> = stream.into_inner().try_collect().await?;
        let outcomes: Result<Vec<_>> = outcomes.iter().map(alike::without_timestamps).collect();
        let mut outcomes = outcomes?;
        outcomes.sort();
        self.answers
            .push(("a stream".to_owned(), outcomes.join("\n")));
        Ok(())
    }

    async fn checks(&mut self) -> Result<()> {
        for source in ["prom", "gone", "scan", "pushed", "nope"] {
            let check = CheckSourceRequest {
                scope: scope("checkout-api"),
                source: source.to_owned(),
            };
            let answered = self.gateway.check_source(shown(Some(TOKEN), check)?).await;
            self.note(source, answered)?;
        }
        Ok(())
    }

    async fn lists(&mut self) -> Result<()> {
        let connectors = shown(Some(TOKEN), ListConnectorsRequest::default())?;
        let answered = self.gateway.list_connectors(connectors).await;
        self.note("the connectors", answered)?;
        let sources = ListSourcesRequest {
            scope: scope("checkout-api"),
        };
        let answered = self
            .gateway
            .list_sources(shown(Some(TOKEN), sources)?)
            .await;
        self.note("the sources", answered)
    }
}

fn scope(service: &str) -> Option<Scope> {
    Some(Scope {
        workspace_id: "workspace-acme-prod".to_owned(),
        service: service.to_owned(),
        environment: "production".to_owned(),
    })
}

fn all() -> CollectEvidenceRequest {
    CollectEvidenceRequest {
        scope: scope("checkout-api"),
        ..CollectEvidenceRequest::default()
    }
}

fn shown<T>(token: Option<&str>, message: T) -> Result<Request<T>> {
    let mut request = Request::new(message);
    if let Some(token) = token {
        let bearer = format!("Bearer {token}").parse()?;
        request.metadata_mut().insert("authorization", bearer);
    }
    Ok(request)
}
