//! One collection is one trace: the command, the gateway, the collector and the call to the
//! provider, each below the one that asked it.

mod asked;
mod provider;

use std::net::Ipv4Addr;

use anyhow::{Context as _, Result, ensure};
use opentelemetry_proto::tonic::trace::v1::Span;
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{File, of_sources, scope, with};
use passport_integration_tests::program::Program;
use passport_integration_tests::receiver::{Receiver, Traced};
use passport_integration_tests::wait::until;
use passport_integration_tests::{http, port};
use serde_json::{Value, json};

use asked::Asked;
use provider::{PATH, Provider};

const SECRET: &str = "canary-of-the-trace";
const ENVIRONMENT: [(&str, &str); 1] = [("TRACE_TOKEN", SECRET)];
/// What a span of a provider's call may say, beside where in the program it was made.
const TOLD: [&str; 5] = [
    "connector",
    "source",
    "server.address",
    "http.request.method",
    "http.response.status_code",
];

/// A gateway and a collector as programs of their own.
struct Apart {
    gateway: Program,
    metrics: Program,
    // Goes after the processes that work in its folder.
    _file: File,
}

// === impl Apart ===

impl Apart {
    /// Starts both; they write a line for each request.
    async fn up(configuration: Value) -> Result<Self> {
        let address = format!("{}:{}", Ipv4Addr::LOCALHOST, port::free()?);
        let collectors = json!({ "metrics": { "address": format!("http://{address}") } });
        let file = File::of(&with(configuration, "collectors", collectors))?;
        let start = async |name: &str, listen: &str| {
            let log = ["--log", "info,passport_service_kit=debug"];
            let arguments = ["--listen", listen, "--config", file.name()];
            let arguments = arguments.into_iter().chain(log);
            Program::start_in(file.folder(), name, arguments, &ENVIRONMENT).await
        };
        Ok(Self {
            metrics: start("passport-metrics", &address).await?,
            gateway: start("passport-gateway", "127.0.0.1:0").await?,
            _file: file,
        })
    }
}

fn configuration(provider: &Provider, receiver: &str) -> Value {
    let file = of_sources(json!({ "prom": provider.source("TRACE_TOKEN") }));
    with(file, "telemetry", json!({ "otlp_endpoint": receiver }))
}

/// The spans from the call to a provider up to the command, by name.
fn chain(spans: &[Traced]) -> Result<Vec<&Traced>> {
    let call = spans.iter().find(|it| it.span.name == "provider call");
    let mut chain = vec![call.context("no span of a call to the provider")?];
    while let Some(child) = chain.last() {
        if child.span.parent_span_id.is_empty() {
            break;
        }
        let parent = spans
            .iter()
            .find(|it| it.span.span_id == child.span.parent_span_id);
        chain.push(parent.with_context(|| format!("{} has a lost parent", child.span.name))?);
    }
    Ok(chain)
}

/// By service and name, from the command down.
fn told<'a>(chain: &[&'a Traced]) -> Vec<(&'a str, &'a str)> {
    let told = chain.iter().rev();
    told.map(|it| (it.service.as_str(), it.span.name.as_str()))
        .collect()
}

fn is_one_trace(chain: &[&Traced]) -> bool {
    let mut ids = chain.iter().map(|it| &it.span.trace_id);
    let first = ids.next();
    ids.all(|id| Some(id) == first)
}

fn keys(span: &Span) -> Vec<&str> {
    let keys = span.attributes.iter().map(|it| it.key.as_str());
    let ours = keys.filter(|key| {
        let of_the_library = ["code.", "thread.", "target"];
        !of_the_library.iter().any(|it| key.starts_with(it)) && !key.ends_with("_ns")
    });
    ours.collect()
}

/// Nothing that came speaks of what the provider was asked, or with which credential.
fn nothing_leaks(receiver: &Receiver, asked: &Asked) -> Result<()> {
    for came in receiver.came() {
        let text = String::from_utf8_lossy(&came.bytes);
        for secret in [SECRET, PATH, "http_requests_total"] {
            ensure!(!text.contains(secret), "{secret} shows in {}", came.kind);
        }
    }
    ensure!(asked.requests > 0, "the provider was not asked");
    ensure!(asked.shows(SECRET), "the provider was not shown the secret");
    ensure!(!asked.traced, "the provider was told of the trace");
    Ok(())
}

async fn traces(receiver: &Receiver) -> Result<Vec<Traced>> {
    until("the trace has come whole", async || {
        let spans = receiver.spans()?;
        Ok(chain(&spans).is_ok().then_some(spans))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mesh_in_one_process_gives_one_trace_from_the_command_to_the_provider() -> Result<()> {
    let provider = Provider::start().await?;
    let (receiver, origin) = Receiver::start().await?;
    let mesh = AllInOne::up(&configuration(&provider, &origin), &ENVIRONMENT).await?;
    let answer = asked::collect(mesh.url(), Some(&origin)).await?;
    assert!(answer.status.success(), "{answer:?}");
    let spans = traces(&receiver).await?;
    let chain = chain(&spans)?;
    assert!(is_one_trace(&chain), "{chain:?}");
    assert_eq!(
        told(&chain),
        [
            ("passport", "passport collect"),
            (
                "passport",
                "passport.gateway.v1.GatewayService/StreamEvidence"
            ),
            ("passport", "collect source"),
            ("passport", "provider call"),
        ]
    );
    nothing_leaks(&receiver, &provider.asked())
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_of_their_own_give_one_trace_and_their_metrics() -> Result<()> {
    let provider = Provider::start().await?;
    let (receiver, origin) = Receiver::start().await?;
    let mut apart = Apart::up(configuration(&provider, &origin)).await?;
    let answer = asked::collect(apart.gateway.url(), Some(&origin)).await?;
    assert!(answer.status.success(), "{answer:?}");
    let spans = traces(&receiver).await?;
    let chain = chain(&spans)?;
    assert!(is_one_trace(&chain), "{chain:?}");
    assert_eq!(
        told(&chain),
        [
            ("passport", "passport collect"),
            (
                "passport-gateway",
                "passport.gateway.v1.GatewayService/StreamEvidence"
            ),
            (
                "passport-metrics",
                "passport.collector.v1.CollectorService/CollectStream"
            ),
            ("passport-metrics", "collect source"),
            ("passport-metrics", "provider call"),
        ]
    );
    let call = chain.first().context("no call")?;
    let unknown: Vec<_> = keys(&call.span)
        .into_iter()
        .filter(|key| !TOLD.contains(key))
        .collect();
    assert_eq!(unknown, [""; 0]);

    // What is counted is sent at the latest when the process ends.
    apart.gateway.terminate().await?;
    apart.metrics.terminate().await?;
    let counted = receiver.metrics()?;
    for (service, metric) in [
        ("passport-gateway", "passport.gateway.outcomes"),
        ("passport-gateway", "passport.server.requests"),
        ("passport-metrics", "passport.collect.outcomes"),
        ("passport-metrics", "passport.server.request.duration"),
    ] {
        let metric = (service.to_owned(), metric.to_owned());
        assert!(
            counted.contains(&metric),
            "{metric:?} is not in {counted:?}"
        );
    }
    nothing_leaks(&receiver, &provider.asked())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_the_trace_changes_nothing_of_the_answer() -> Result<()> {
    let provider = Provider::start().await?;
    let configuration = of_sources(json!({ "prom": provider.source("TRACE_TOKEN") }));
    let mesh = AllInOne::up(&configuration, &ENVIRONMENT).await?;
    // Takes connections, and answers nothing.
    let silent = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let silent = format!("http://{}", silent.local_addr()?);
    let nobody = format!("http://{}:{}", Ipv4Addr::LOCALHOST, port::free()?);
    for endpoint in [None, Some(silent.as_str()), Some(nobody.as_str())] {
        let answer = asked::collect(mesh.url(), endpoint).await?;
        assert!(answer.status.success(), "{endpoint:?}: {answer:?}");
        assert_eq!(String::from_utf8_lossy(&answer.stderr), "", "{endpoint:?}");
        assert!(String::from_utf8_lossy(&answer.stdout).contains("error_rate"));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_name_the_trace_of_the_caller_though_nobody_takes_it() -> Result<()> {
    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
    let provider = Provider::start().await?;
    let sources = of_sources(json!({ "prom": provider.source("TRACE_TOKEN") }));
    let mut apart = Apart::up(sources).await?;
    let request = http::client()?
        .post(format!("{}/v1/evidence/collect", apart.gateway.url()))
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"))
        .json(&json!({ "scope": scope() }));
    ensure!(request.send().await?.status().is_success());
    apart.gateway.terminate().await?;
    apart.metrics.terminate().await?;
    for program in [&apart.gateway, &apart.metrics] {
        let output = program.output();
        let named = output
            .lines()
            .find(|line| line.contains("request answered"));
        let named = named.with_context(|| format!("no line of a request in {output}"))?;
        assert!(
            named.contains(&format!(" trace_id={TRACE} span_id=")),
            "{named}"
        );
    }
    Ok(())
}
