//! Three times as many callers as are answered at once.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use futures::future::try_join_all;
use futures::stream::{FuturesUnordered, StreamExt as _};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::with;
use passport_integration_tests::http;
use passport_integration_tests::services::{Services, with_collectors};
use passport_proto::evidence::{FailureCode, Scope, Subject};
use passport_proto::gateway::{
    CollectEvidenceRequest, CollectEvidenceResponse, gateway_service_client::GatewayServiceClient,
};
use passport_service_kit::status::retry_delay;
use serde_json::{Map, Value, json};
use tonic::{Code, Request, Status, transport::Channel};

use crate::provider::{Provider, label, shown};

const LIMIT: usize = 8;
const CALLERS: usize = 24;

/// More than any call here takes.
const AMPLE: Duration = Duration::from_secs(60);

type Client = GatewayServiceClient<Channel>;
type Answer = Result<CollectEvidenceResponse, Status>;

/// Each caller has a workspace of its own, so that no provider's budget comes before the limit.
fn configuration(provider: &str) -> Value {
    let of = |caller: usize| {
        let source = json!({
            "connector": "prometheus",
            "endpoint": provider,
            "scope": { "labels": { "app": label(caller) } },
            "queries": { "error_rate": {
                "promql": "sum(rate(http_errors_total{${scope}}[5m]))",
                "unit": "ratio",
                "threshold": "< 1%",
            } },
        });
        let environments = json!({ "production": { "sources": { "prom": source } } });
        let services = json!({ "checkout-api": { "environments": environments } });
        (label(caller), json!({ "services": services }))
    };
    let workspaces: Map<_, _> = (0..CALLERS).map(of).collect();
    json!({ "workspaces": workspaces })
}

async fn clients(url: &str) -> Result<Vec<Client>> {
    let connect = (0..CALLERS).map(async |_| {
        let channel = Channel::from_shared(url.to_owned())?.connect().await?;
        anyhow::Ok(Client::new(channel))
    });
    try_join_all(connect).await
}

/// The caller's own question; another release is another one, which no cache knows.
async fn ask(client: &Client, caller: usize, release: &str) -> (usize, Answer) {
    let mut request = Request::new(CollectEvidenceRequest {
        scope: Some(Scope {
            workspace_id: label(caller),
            service: "checkout-api".to_owned(),
            environment: "production".to_owned(),
        }),
        subject: Some(Subject {
            version: release.to_owned(),
            ..Subject::default()
        }),
        ..CollectEvidenceRequest::default()
    });
    request.set_timeout(AMPLE);
    let answer = client.clone().collect_evidence(request).await;
    (caller, answer.map(tonic::Response::into_inner))
}

/// The one outcome is the caller's own evidence.
fn is_right(caller: usize, answer: &CollectEvidenceResponse) -> Result<()> {
    ensure!(answer.failures.is_empty(), "{:?}", answer.failures);
    let [evidence] = answer.evidence.as_slice() else {
        anyhow::bail!("not one evidence: {answer:?}");
    };
    let workspace = evidence.scope.as_ref().map(|it| it.workspace_id.as_str());
    let fact = evidence.facts.first().context("no fact")?;
    let value = fact.value.as_ref().map(|it| it.text.as_str());
    let expected = (label(caller), shown(caller));
    let (workspace, value) = (workspace.unwrap_or_default(), value.unwrap_or_default());
    ensure!(
        (workspace, value) == (&expected.0, &expected.1),
        "{evidence:?}"
    );
    Ok(())
}

/// The call was refused in words that say when to come again.
fn is_shed(status: &Status) -> Result<()> {
    let refused = (status.code(), retry_delay(status));
    let expected = (Code::ResourceExhausted, Some(Duration::from_secs(1)));
    ensure!(refused == expected, "{status:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_as_may_be_are_answered_and_the_others_are_told_to_come_again() -> Result<()> {
    let provider = Provider::closed().await?;
    let limits = json!({ "limits": { "in_flight": LIMIT } });
    let configuration = with(configuration(&provider.url), "gateway", limits);
    let mesh = AllInOne::up(&configuration, &[]).await?;
    let clients = clients(mesh.url()).await?;
    let clients = || clients.iter().enumerate();
    let asked = clients().map(|(caller, client)| ask(client, caller, "1.0"));
    let mut asked: FuturesUnordered<_> = asked.collect();
    for _ in LIMIT..CALLERS {
        let (_, answer) = asked.next().await.context("no answer")?;
        is_shed(&answer.err().context("answered by nobody")?)?;
    }
    full(mesh.url()).await?;
    provider.open();
    while let Some((caller, answer)) = asked.next().await {
        is_right(caller, &answer?)?;
    }
    assert_eq!(provider.most_at_once(), LIMIT);
    let (caller, client) = clients().next_back().context("no caller")?;
    let (_, answer) = ask(client, caller, "1.1").await;
    is_right(caller, &answer?)
}

/// What a gateway says over HTTP that answers as many calls as may be.
async fn full(url: &str) -> Result<()> {
    let client = http::client()?;
    let request = json!({ "scope": {
        "workspaceId": label(0), "service": "checkout-api", "environment": "production",
    } });
    let collect = client.post(format!("{url}/v1/evidence/collect"));
    let answer = collect.json(&request).send().await?;
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "1");
    let problem: Value = answer.json().await?;
    assert_eq!(problem.get("code"), Some(&json!("OVERLOADED")), "{problem}");
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = client.get(format!("{url}{path}")).send().await?;
        assert_eq!(answer.status(), 200, "{path}");
    }
    let metrics = client.get(format!("{url}/metrics")).send().await?;
    let metrics = metrics.text().await?;
    let counted = |series: &str| {
        let line = metrics.lines().find(|line| line.starts_with(series));
        line.and_then(|line| line.rsplit(' ').next().map(str::to_owned))
    };
    let in_flight = counted("passport_limits_in_flight ").context("not measured")?;
    assert_eq!(in_flight, LIMIT.to_string());
    let refused = counted("passport_limits_refused_total{limit=\"in_flight\"");
    let refused = refused.context("not counted")?;
    assert_eq!(refused, (CALLERS - LIMIT + 1).to_string());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn under_overload_every_reply_is_right_or_refused() -> Result<()> {
    const CALLS: usize = 12;
    let provider = Provider::closed().await?;
    provider.open();
    let limits = json!({ "limits": { "in_flight": LIMIT } });
    let configuration = with(configuration(&provider.url), "gateway", limits);
    let mesh = AllInOne::up(&configuration, &[]).await?;
    let clients = clients(mesh.url()).await?;
    let callers = clients.iter().enumerate().map(async |(caller, client)| {
        let mut right = 0;
        for call in 0..CALLS {
            match ask(client, caller, &format!("1.{call}")).await.1 {
                Ok(answer) => {
                    is_right(caller, &answer)?;
                    right += 1;
                }
                Err(status) => is_shed(&status)?,
            }
        }
        anyhow::Ok(right)
    });
    let right: usize = try_join_all(callers).await?.into_iter().sum();
    ensure!(right >= LIMIT, "only {right} were answered");
    let most = provider.most_at_once();
    ensure!(most <= LIMIT, "{most} callers at once reached the provider");
    for (caller, client) in clients.iter().enumerate() {
        let (_, answer) = ask(client, caller, "2.0").await;
        is_right(caller, &answer?)?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_with_too_much_to_do_is_throttled_and_never_a_pass() -> Result<()> {
    let provider = Provider::closed().await?;
    let mut configuration = with_collectors(&configuration(&provider.url))?;
    let metrics = configuration.pointer_mut("/collectors/metrics");
    let metrics = metrics.context("no metrics collector")?;
    *metrics = with(metrics.clone(), "limits", json!({ "in_flight": LIMIT }));
    let mesh = Services::up(&configuration, &[]).await?;
    let clients = clients(mesh.url()).await?;
    let asked = clients.iter().enumerate();
    let asked = asked.map(|(caller, client)| ask(client, caller, "1.0"));
    let mut asked: FuturesUnordered<_> = asked.collect();
    for _ in LIMIT..CALLERS {
        let (_, answer) = asked.next().await.context("no answer")?;
        is_throttled(&answer?)?;
    }
    let ready = http::client()?.get(format!("{}/readyz", mesh.url()));
    assert_eq!(ready.send().await?.status(), 200);
    provider.open();
    while let Some((caller, answer)) = asked.next().await {
        is_right(caller, &answer?)?;
    }
    assert_eq!(provider.most_at_once(), LIMIT);
    provider.close();
    provider.open();
    let client = clients.first().context("no caller")?;
    is_right(0, &ask(client, 0, "1.1").await.1?)
}

fn is_throttled(answer: &CollectEvidenceResponse) -> Result<()> {
    let [failure] = answer.failures.as_slice() else {
        anyhow::bail!("not one failure: {answer:?}");
    };
    ensure!(answer.evidence.is_empty(), "{answer:?}");
    ensure!(failure.code() == FailureCode::Throttled, "{failure:?}");
    ensure!(failure.retry_at.is_some(), "{failure:?}");
    Ok(())
}
