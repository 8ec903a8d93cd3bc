//! A caller who hangs up ends what is asked for it, down to the provider.

use anyhow::{Context, Result};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, prometheus, scope};
use passport_integration_tests::services::{Services, with_collectors};
use passport_integration_tests::{http, wait};
use passport_proto::evidence::Scope;
use passport_proto::gateway::{
    CheckSourceRequest, CollectEvidenceRequest, StreamEvidenceRequest,
    gateway_service_client::GatewayServiceClient,
};
use serde_json::json;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tonic::transport::Channel;

/// A provider that takes requests and never answers one.
struct Hanging {
    url: String,
    counts: watch::Receiver<Counts>,
    serving: JoinHandle<()>,
}

/// Connections over which a request came, and those of them that have ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    asked: usize,
    ended: usize,
}

// === impl Hanging ===

impl Hanging {
    async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (count, counts) = watch::channel(Counts::default());
        let serving = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let count = count.clone();
                tokio::spawn(async move {
                    let mut bytes = [0; 4_096];
                    if !matches!(stream.read(&mut bytes).await, Ok(1..)) {
                        return;
                    }
                    count.send_modify(|it| it.asked += 1);
                    while let Ok(1..) = stream.read(&mut bytes).await {}
                    count.send_modify(|it| it.ended += 1);
                });
            }
        });
        Ok(Self {
            url,
            counts,
            serving,
        })
    }

    /// Waits until more was asked than before.
    async fn asked_since(&self, before: Counts) -> Result<()> {
        let mut counts = self.counts.clone();
        let asked = counts.wait_for(|it| it.asked > before.asked);
        tokio::time::timeout(wait::PATIENCE, asked).await??;
        Ok(())
    }

    /// Waits until nothing is asked any more.
    async fn left_alone(&self) -> Result<Counts> {
        let mut counts = self.counts.clone();
        let alone = counts.wait_for(|it| it.ended == it.asked);
        let alone = tokio::time::timeout(wait::PATIENCE, alone).await;
        let now = *self.counts.borrow();
        let alone = alone.with_context(|| format!("still asked: {now:?}"))??;
        Ok(*alone)
    }
}

impl Drop for Hanging {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn wire_scope() -> Option<Scope> {
    Some(Scope {
        workspace_id: "workspace-acme-prod".to_owned(),
        service: "checkout-api".to_owned(),
        environment: "production".to_owned(),
    })
}

async fn client(url: &str) -> Result<GatewayServiceClient<Channel>> {
    let channel = Channel::from_shared(url.to_owned())?.connect().await?;
    Ok(GatewayServiceClient::new(channel))
}

fn about() -> CollectEvidenceRequest {
    CollectEvidenceRequest {
        scope: wire_scope(),
        ..CollectEvidenceRequest::default()
    }
}

async fn over_http(url: String) -> Result<()> {
    http::collect(&url, &json!({ "scope": scope() }))
        .await
        .map(drop)
}

async fn over_grpc(url: String) -> Result<()> {
    client(&url).await?.collect_evidence(about()).await?;
    Ok(())
}

async fn as_a_stream(url: String) -> Result<()> {
    let collect = Some(about());
    let request = StreamEvidenceRequest { collect };
    let answer = client(&url).await?.stream_evidence(request).await?;
    answer.into_inner().message().await?;
    Ok(())
}

async fn as_a_check(url: String) -> Result<()> {
    let request = CheckSourceRequest {
        scope: wire_scope(),
        source: "prom".to_owned(),
    };
    client(&url).await?.check_source(request).await?;
    Ok(())
}

/// Asks, hangs up once the provider is asked, and waits until it is no more.
async fn hangs_up(
    provider: &Hanging,
    asking: impl Future<Output = Result<()>> + Send + 'static,
) -> Result<()> {
    let before = *provider.counts.borrow();
    let asking = tokio::spawn(asking);
    provider.asked_since(before).await?;
    asking.abort();
    let hung_up = asking.await.is_err_and(|it| it.is_cancelled());
    anyhow::ensure!(hung_up, "the call was answered before its caller hung up");
    provider.left_alone().await?;
    Ok(())
}

/// Each way of asking, again and again: the call that is given up leaves nothing that the next one
/// would wait for.
async fn all_hang_up(provider: &Hanging, url: &str) -> Result<()> {
    for _ in 0..3 {
        let url = || url.to_owned();
        hangs_up(provider, over_http(url())).await?;
        hangs_up(provider, over_grpc(url())).await?;
        hangs_up(provider, as_a_stream(url())).await?;
        hangs_up(provider, as_a_check(url())).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn in_one_process_the_provider_sees_that_nobody_waits_any_more() -> Result<()> {
    let provider = Hanging::start().await?;
    let configuration = of_sources(json!({ "prom": prometheus(&provider.url, "5m") }));
    let mesh = AllInOne::up(&configuration, &[]).await?;
    all_hang_up(&provider, mesh.url()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn through_the_collector_the_provider_sees_that_nobody_waits_any_more() -> Result<()> {
    let provider = Hanging::start().await?;
    let configuration = of_sources(json!({ "prom": prometheus(&provider.url, "5m") }));
    let mesh = Services::up(&with_collectors(&configuration)?, &[]).await?;
    all_hang_up(&provider, mesh.url()).await
}
