//! Nine processes with mutual TLS: who is known is served, and nobody else.

mod forged;

use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use futures::future::try_join_all;
use passport_evidence::Clock as _;
use passport_integration_tests::all_in_one::run;
use passport_integration_tests::configuration::{prometheus, scope};
use passport_integration_tests::mesh::{CALLER, GATEWAY, Mesh, Plan, STRANGER, Shown, services};
use passport_integration_tests::moody::{Mood, Moody};
use passport_integration_tests::otlp;
use passport_integration_tests::wait::until;
use passport_proto::collector::{
    ListConnectorsRequest, collector_service_client::CollectorServiceClient,
};
use passport_proto::gateway::{self, gateway_service_client::GatewayServiceClient};
use passport_service_kit::clock::SystemClock;
use prost::Message as _;
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::forged::Authority;

const PUSHER: &str = "token-of-the-service-that-pushes";

/// A mesh, and the provider that one of its sources asks.
async fn up() -> Result<(Mesh, Moody)> {
    let provider = Moody::start(Mood::Healthy, SystemClock.now().timestamp()).await?;
    let mut plan = Plan::of_sources(json!({
        "prom": prometheus(&provider.url(), "5m"),
        "pushed": {
            "connector": "otlp",
            "credential": { "env": "OTLP_INGEST_TOKEN" },
            "scope": { "service_name": "checkout-api", "deployment_environment": "production" },
            "max_age": "5m",
            "queries": { "request_volume": {
                "increase": "http.server.requests",
                "unit": "count",
                "window": "5m",
                "threshold": ">= 100",
            } },
        },
    }));
    let token = ("OTLP_INGEST_TOKEN".to_owned(), PUSHER.to_owned());
    plan.environment.push(token);
    Ok((Mesh::up(plan).await?, provider))
}

/// What `passport health --ready` says of a service, as its supervisor asks.
async fn is_ready(mesh: &Mesh, service: &str) -> Result<()> {
    let file = |name: &str| mesh.certificates().join(service).join(name);
    let mut arguments: Vec<OsString> = vec!["health".into(), "--ready".into(), "--gateway".into()];
    arguments.push(mesh.url_of(service).into());
    arguments.extend(["--ca".into(), file("ca.crt").into_os_string()]);
    if service != GATEWAY {
        arguments.extend(["--cert".into(), file("tls.crt").into_os_string()]);
        arguments.extend(["--key".into(), file("tls.key").into_os_string()]);
    }
    let asked = run(arguments).await?;
    let said = String::from_utf8_lossy(&asked.stderr);
    ensure!(asked.status.success(), "{service}: {said}");
    Ok(())
}

/// Asks a service over gRPC for what everybody may know who may ask at all.
async fn ask(mesh: &Mesh, service: &str, shown: Option<&Shown>) -> Result<Result<(), Status>> {
    let channel = mesh.channel(mesh.url_of(service), shown)?;
    Ok(match service {
        GATEWAY => {
            let mut gateway = GatewayServiceClient::new(channel);
            let asked = gateway::ListConnectorsRequest::default();
            gateway.list_connectors(asked).await.map(drop)
        }
        _ => {
            let mut collector = CollectorServiceClient::new(channel);
            let asked = ListConnectorsRequest::default();
            collector.list_connectors(asked).await.map(drop)
        }
    })
}

/// The facts of an answer, as `source name=value`.
fn facts(answer: &Value) -> Vec<String> {
    let evidence = answer["evidence"].as_array();
    let facts = evidence.into_iter().flatten().flat_map(|it| {
        let facts = it["facts"].as_array().into_iter().flatten();
        facts.map(|fact| format!("{} {}={}", it["source"], fact["name"], fact["value"]))
    });
    facts.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nine_processes_are_ready_and_the_gateway_asks_collectors_over_mutual_tls() -> Result<()> {
    let (mesh, _provider) = up().await?;
    for service in services() {
        is_ready(&mesh, service).await?;
    }
    let answer = mesh.collect(&json!({ "scope": scope() })).await?;
    let found = facts(&answer);
    for fact in [
        r#""prom" "error_rate"="0.02%""#,
        r#""prom" "p95_latency"="742ms""#,
    ] {
        ensure!(found.iter().any(|it| it == fact), "{fact} in {answer}");
    }
    let said = mesh.output("metrics");
    ensure!(
        said.lines().any(|line| {
            line.contains("admitted") && line.contains("gateway") && line.contains("pipeline")
        }),
        "the collector writes down who asked, and for whom: {said}"
    );
    let caller = mesh.shown(CALLER)?;
    assert!(
        ask(&mesh, GATEWAY, Some(&caller)).await?.is_ok(),
        "a caller by its certificate"
    );
    Ok(())
}

/// A stranger, and the words of the line that tells of it.
struct Stranger {
    what: &'static str,
    shown: Option<Shown>,
    logged: [&'static str; 2],
    /// Whether it comes as far as the service, which then tells it so.
    is_heard: bool,
}

fn strangers(mesh: &Mesh, service: &str) -> Result<Vec<Stranger>> {
    const HANDSHAKE: &str = "a handshake failed";
    const UNKNOWN: &str = "a certificate of nobody who is known was refused";
    let own = Authority::of_mesh(mesh)?;
    let (named, alike) = (Authority::named("Another CA")?, Authority::alike()?);
    let identity = match service {
        GATEWAY => CALLER,
        _ => GATEWAY,
    };
    let is_open = service == GATEWAY;
    let refused = |what, shown, reason| Stranger {
        what,
        shown,
        logged: [HANDSHAKE, reason],
        is_heard: false,
    };
    Ok(vec![
        Stranger {
            what: "no certificate",
            shown: None,
            logged: match is_open {
                true => ["a caller without a credential was refused", "WARN"],
                false => [HANDSHAKE, "no_certificate"],
            },
            is_heard: is_open,
        },
        refused(
            "of another CA",
            Some(named.issue(identity)?),
            "unknown_authority",
        ),
        refused(
            "of a CA of the same name",
            Some(alike.issue(identity)?),
            "bad_certificate",
        ),
        refused("expired", Some(own.issue_expired(identity)?), "expired"),
        Stranger {
            what: "a good one of another identity",
            shown: Some(mesh.shown(STRANGER)?),
            logged: [UNKNOWN, "spiffe://mesh.example/passport-stranger"],
            is_heard: true,
        },
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_refused_by_each_service_and_written_down() -> Result<()> {
    let (mesh, _provider) = up().await?;
    for service in services() {
        // What is forged is refused for that alone: the same identity is served when it is real.
        let real = Authority::of_mesh(&mesh)?.issue(match service {
            GATEWAY => CALLER,
            _ => GATEWAY,
        })?;
        let served = ask(&mesh, service, Some(&real)).await?;
        ensure!(served.is_ok(), "{service}: {served:?}");
        for stranger in strangers(&mesh, service)? {
            let what = format!("{service}, {}", stranger.what);
            let before = mesh.output(service).len();
            let answer = ask(&mesh, service, stranger.shown.as_ref()).await?;
            let refusal = answer.err().with_context(|| format!("{what} was served"))?;
            let is_told = refusal.code() == Code::Unauthenticated;
            ensure!(is_told == stranger.is_heard, "{what}: {refusal:?}");
            until(&format!("{what} is written down"), async || {
                let said = mesh.output(service);
                let new = said.get(before..).unwrap_or_default();
                let told = new
                    .lines()
                    .any(|line| stranger.logged.iter().all(|word| line.contains(word)));
                Ok(told.then_some(()))
            })
            .await?;
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_at_the_gateway_is_refused_whatever_certificate_is_shown() -> Result<()> {
    let (mesh, _provider) = up().await?;
    let shown = mesh.shown(CALLER)?;
    for certificate in [None, Some(&shown)] {
        let url = format!("{}/v1/connectors", mesh.url());
        let asked = mesh.client(certificate)?.get(url).bearer_auth("another");
        assert_eq!(asked.send().await?.status().as_u16(), 401);
    }
    let said = mesh.output(GATEWAY);
    assert!(
        said.contains("an unknown token was refused") && !said.contains("another"),
        "{said}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_rotated_during_calls_and_no_call_is_lost() -> Result<()> {
    const CALLERS: usize = 4;
    let (mesh, _provider) = up().await?;
    let (ends, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    let callers = (0..CALLERS).map(async |_| {
        while !ends.load(Ordering::Relaxed) {
            let asked = json!({ "scope": scope(), "sources": ["prom"] });
            // A client of its own, so that handshakes too are made all the time.
            let answer = mesh.collect(&asked).await?;
            let found = facts(&answer);
            ensure!(
                found.len() == 2 && answer["failures"] == json!([]),
                "{answer}"
            );
            answered.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    });
    let rotating = async {
        let rotated = rotated(&mesh, &answered).await;
        ends.store(true, Ordering::Relaxed);
        rotated
    };
    let (rotated, called) = futures::join!(rotating, try_join_all(callers));
    called?;
    rotated
}

/// Gives all nine new certificates three times, and waits for each until all have taken them and
/// calls went on.
async fn rotated(mesh: &Mesh, answered: &AtomicU64) -> Result<()> {
    let all: Vec<_> = services().collect();
    for round in 1..=3 {
        mesh.issue(&all).await?;
        mesh.hang_up().await?;
        until("all have taken their new certificates", async || {
            let taken = |service: &&str| {
                let said = mesh.output(service);
                said.matches("certificates were read anew").count() >= round
            };
            Ok(all.iter().all(taken).then_some(()))
        })
        .await?;
        let before = answered.load(Ordering::Relaxed);
        until("calls go on", async || {
            Ok((answered.load(Ordering::Relaxed) > before + 20).then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// What `checkout-api` counted a while ago.
fn export() -> opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest {
    let now = SystemClock.now();
    let (started, by) = (now - TimeDelta::seconds(90), now - TimeDelta::seconds(5));
    otlp::counted(started, by, &[("http.server.requests", 500)])
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_of_otlp_show_their_token_alone_and_reach_nothing_else() -> Result<()> {
    use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;

    let (mesh, _provider) = up().await?;
    let push = async |at: String, token: &str, shown: Option<&Shown>| {
        let pushed = mesh.client(shown)?.post(format!("{at}/v1/metrics"));
        let pushed = pushed.bearer_auth(token).body(export().encode_to_vec());
        let pushed = pushed.header("content-type", "application/x-protobuf");
        anyhow::Ok(pushed.send().await?.status().as_u16())
    };
    assert_eq!(push(mesh.otlp(), PUSHER, None).await?, 200);
    assert_eq!(push(mesh.otlp(), "another", None).await?, 401);
    // The collector's own port takes no OTLP beside it, whoever comes.
    let gateway = mesh.shown(GATEWAY)?;
    let own = mesh.url_of("metrics");
    assert_eq!(push(own.clone(), PUSHER, Some(&gateway)).await?, 404);

    let over_grpc = async |at: String, shown: Option<&Shown>| {
        let mut request = tonic::Request::new(export());
        let bearer = format!("Bearer {PUSHER}").parse()?;
        request.metadata_mut().insert("authorization", bearer);
        let mut sender = MetricsServiceClient::new(mesh.channel(at, shown)?);
        anyhow::Ok(sender.export(request).await.map(drop))
    };
    let pushed = over_grpc(mesh.otlp(), None).await?;
    ensure!(pushed.is_ok(), "{pushed:?}");
    let refused = over_grpc(own, Some(&gateway)).await?;
    assert_eq!(refused.map_err(|it| it.code()), Err(Code::Unimplemented));

    // The collector can't be asked there, by nobody and not by the gateway.
    for shown in [None, Some(&gateway)] {
        let mut collector = CollectorServiceClient::new(mesh.channel(mesh.otlp(), shown)?);
        let asked = collector.list_connectors(ListConnectorsRequest::default());
        assert_eq!(
            asked.await.map_err(|it| it.code()).err(),
            Some(Code::Unimplemented)
        );
        for path in ["metrics", "readyz", "v1/connectors"] {
            let asked = mesh.client(shown)?.get(format!("{}/{path}", mesh.otlp()));
            assert_eq!(asked.send().await?.status().as_u16(), 404, "{path}");
        }
    }
    let health = mesh.client(None)?.get(format!("{}/healthz", mesh.otlp()));
    assert_eq!(health.send().await?.status().as_u16(), 200);

    let answer = mesh
        .collect(&json!({ "scope": scope(), "sources": ["pushed"] }))
        .await?;
    assert_eq!(answer["failures"], json!([]), "{answer}");
    assert_eq!(answer["evidence"][0]["source"], "pushed", "{answer}");
    Ok(())
}

#[tokio::test]
async fn beyond_loopback_tokens_of_senders_are_not_taken_in_the_clear() -> Result<()> {
    use passport_integration_tests::configuration::{File, of_sources};
    use passport_integration_tests::program::Program;

    let file = File::of(&of_sources(json!({})))?;
    let arguments = ["--listen", "127.0.0.1:0", "--config", file.name()];
    let exposed = arguments.into_iter().chain(["--otlp-listen", "0.0.0.0:0"]);
    let refused = Program::start_in(file.folder(), "passport-metrics", exposed, &[]).await;
    let said = format!("{:#}", refused.err().context("it listens")?);
    assert!(
        said.contains("in the clear") && said.contains("`tls`"),
        "{said}"
    );
    // Beside those who send it may, as a collector may beside its gateway.
    let loopback = arguments
        .into_iter()
        .chain(["--otlp-listen", "127.0.0.1:0"]);
    let program = Program::start_in(file.folder(), "passport-metrics", loopback, &[]).await?;
    assert!(
        program
            .output()
            .contains("passport-metrics takes OTLP on http://127.0.0.1:")
    );
    Ok(())
}
