//! The whole mesh in one process: what it refuses, what it serves, how it ends.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures::TryStreamExt as _;
use passport_http_guard::{
    AddressPolicy, ClientOptions, Endpoint, EndpointRules, GuardedClient, Request,
};
use tonic::{codegen::http::HeaderValue, transport::Channel};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tonic_reflection::pb::v1::{
    ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
    server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
};

use crate::run::{passport, run};

const FREE_PORT: &str = "127.0.0.1:0";

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/config");
    folder.join(name).to_str().unwrap().to_owned()
}

/// A running `passport up`.
struct Up {
    child: Child,
    url: String,
}

impl Up {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_passport"))
            .args(["up", "--listen", FREE_PORT, "--config", &file("good.yaml")])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.as_mut().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("passport listens on ");
        let url = url.unwrap().to_owned();
        Self { child, url }
    }

    /// Asks it to end, and gives its exit code and what it said meanwhile.
    fn end(mut self, signal: &str) -> (i32, String) {
        let id = self.child.id().to_string();
        Command::new("kill").args([signal, &id]).status().unwrap();
        let code = self.child.wait().unwrap().code().unwrap();
        let mut said = String::new();
        let stderr = self.child.stderr.as_mut().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        (code, said)
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // It has ended already where a test ended it.
        let _ = self.child.kill();
    }
}

#[tokio::test]
async fn a_bad_file_tells_everything_and_starts_nothing() {
    let mut command = passport();
    command.args(["up", "--listen", FREE_PORT, "--config", &file("bad.yaml")]);
    let ran = run(command).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("nothing was started"), "{}", ran.err);
    assert!(!ran.err.contains("s3cr3t"));
}

#[tokio::test]
async fn without_tokens_it_serves_this_machine_only() {
    for (args, next) in [
        (vec!["up", "--config"], "passport token new"),
        (vec!["demo", "--once"], "leave --listen out"),
    ] {
        let mut command = passport();
        command.args(&args);
        if args.contains(&"up") {
            command.arg(file("good.yaml"));
        }
        command.args(["--listen", "0.0.0.0:0"]);
        let ran = run(command).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains(next), "{}", ran.err);
        let has_configuration = args.contains(&"up");
        assert_eq!(ran.err.contains("gateway.tokens"), has_configuration);
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let taken = std::net::TcpListener::bind(FREE_PORT).unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let mut command = passport();
    command.args(["up", "--config", &file("good.yaml"), "--listen", &listen]);
    let ran = run(command).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("--listen"), "{}", ran.err);
}

#[tokio::test]
async fn what_it_serves_is_what_the_command_asks() {
    let up = Up::start();
    let ask = async |args: &[&str]| {
        let mut command = passport();
        command
            .args(["--gateway", &up.url, "-o", "json"])
            .args(args);
        run(command).await
    };
    let connectors = ask(&["connectors"]).await;
    assert_eq!(connectors.code, 0, "{}", connectors.err);
    let offline = ask(&["connectors", "--offline"]).await;
    assert_eq!(connectors.out, offline.out);
    let scope = crate::run::SCOPE;
    let sources = ask(&[&["sources", "list"], scope.as_slice()].concat()).await;
    assert!(sources.out.contains(r#""name":"prom""#), "{}", sources.out);
    let collected = ask(&[&["collect"], scope.as_slice()].concat()).await;
    assert_eq!(collected.code, 3, "{}", collected.err);
    assert!(
        collected.out.contains(r#""source":"prom""#),
        "{}",
        collected.out
    );
    assert_eq!(up.end("-TERM").0, 0);
}

#[tokio::test]
async fn json_is_byte_for_byte_what_the_http_interface_answers() {
    let up = Up::start();
    let scope = [
        "workspaceId=acme",
        "service=checkout-api",
        "environment=production",
    ];
    let body =
        r#"{"scope":{"workspaceId":"acme","service":"checkout-api","environment":"production"}}"#;
    let sources = Request::get(["v1", "sources"]);
    let sources = scope.iter().fold(sources, |request, pair| {
        let (name, value) = pair.split_once('=').unwrap();
        request.query(name, value)
    });
    let json = HeaderValue::from_static("application/json");
    let collect = Request::post(["v1", "evidence", "collect"]).body(json, body);
    for (request, args) in [
        (Request::get(["v1", "connectors"]), vec!["connectors"]),
        (
            sources,
            [&["sources", "list"], crate::run::SCOPE.as_slice()].concat(),
        ),
        (
            collect,
            [&["collect"], crate::run::SCOPE.as_slice()].concat(),
        ),
    ] {
        let over_http = client(&up.url).send(request).await.unwrap();
        let mut command = passport();
        command
            .args(["--gateway", &up.url, "-o", "json"])
            .args(&args);
        let ran = run(command).await;
        let body = String::from_utf8(over_http.body.to_vec()).unwrap();
        assert_eq!(ran.out, format!("{body}\n"), "{args:?}");
    }
}

fn client(url: &str) -> GuardedClient {
    let addresses = AddressPolicy::with_loopback();
    let rules = EndpointRules {
        allow_plain_http: false,
        addresses: &addresses,
    };
    let endpoint = Endpoint::parse(url, rules).unwrap();
    let options = ClientOptions {
        addresses: addresses.clone(),
        ..ClientOptions::default()
    };
    GuardedClient::new(endpoint, options).unwrap()
}

#[tokio::test]
async fn health_and_reflection_know_what_providers_push_to() {
    const OTLP: &str = "opentelemetry.proto.collector.metrics.v1.MetricsService";
    let up = Up::start();
    let channel = Channel::from_shared(up.url.clone()).unwrap().connect_lazy();
    let asked = HealthCheckRequest {
        service: OTLP.to_owned(),
    };
    let health = HealthClient::new(channel.clone()).check(asked).await;
    let serving = ServingStatus::Serving as i32;
    assert_eq!(health.unwrap().into_inner().status, serving);
    let requests = [
        MessageRequest::ListServices(String::new()),
        MessageRequest::FileContainingSymbol(OTLP.to_owned()),
    ];
    let requests = requests.map(|request| ServerReflectionRequest {
        message_request: Some(request),
        ..ServerReflectionRequest::default()
    });
    let answers = ServerReflectionClient::new(channel)
        .server_reflection_info(tokio_stream::iter(requests))
        .await;
    let answers: Vec<_> = answers.unwrap().into_inner().try_collect().await.unwrap();
    let told: Vec<_> = answers
        .into_iter()
        .filter_map(|it| it.message_response)
        .collect();
    let [
        MessageResponse::ListServicesResponse(list),
        MessageResponse::FileDescriptorResponse(file),
    ] = told.as_slice()
    else {
        panic!("{told:?}");
    };
    assert!(list.service.iter().any(|it| it.name == OTLP), "{list:?}");
    assert!(!file.file_descriptor_proto.is_empty());
}

#[tokio::test]
async fn a_signal_ends_it_in_good_order() {
    for signal in ["-TERM", "-INT"] {
        let (code, said) = Up::start().end(signal);
        assert_eq!(code, 0, "{signal}: {said}");
    }
}

#[tokio::test]
async fn the_demo_judges_every_fact_from_its_own_telemetry() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = passport();
    command
        .current_dir(folder.path())
        .env("TMPDIR", folder.path())
        .args(["demo", "--once", "--listen", FREE_PORT]);
    let ran = run(command).await;
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
    let json = ran.out.lines().find(|line| line.starts_with('{')).unwrap();
    let answer: serde_json::Value = serde_json::from_str(json).unwrap();
    let [scan, evidence] = answer["evidence"].as_array().unwrap().as_slice() else {
        panic!("{answer}");
    };
    assert_eq!(
        (&scan["source"], &scan["connector"]),
        (&"example-scan".into(), &"trivy".into())
    );
    assert_eq!(evidence["connector"], "otlp");
    let critical = scan["facts"].as_array().unwrap().iter().find(|fact| {
        (&fact["name"], &fact["item"]) == (&"vulnerabilities".into(), &"critical".into())
    });
    assert_eq!(critical.unwrap()["status"], "passed", "{scan}");
    assert!(
        ran.out.contains("example-scan is an EXAMPLE"),
        "{}",
        ran.out
    );
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    let facts = evidence["facts"].as_array().unwrap();
    for name in ["error_rate", "p95_latency", "request_volume"] {
        let fact = facts.iter().find(|fact| fact["name"] == name).unwrap();
        assert!(fact["value"].is_string(), "{fact}");
        assert!(
            fact["status"] == "passed" || fact["status"] == "failed",
            "{fact}"
        );
    }
    assert!(ran.out.contains("passport up --config passport.yaml"));
    assert!(!ran.out.contains("pm_demo_") && !ran.err.contains("pm_demo_"));
}
