//! Clients that a process has beside its sources: of the gateway for collectors and for issuers, and of everybody
//! for telemetry. Whoever starts it names where they go; where a name leads, somebody else may say.

use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::configuration::{
    File, SCOPE_ARGUMENTS, of_sources, prometheus, scope, with,
};
use passport_integration_tests::http;
use passport_integration_tests::program::{Program, built};
use passport_integration_tests::wait::until;
use serde_json::{Map, Value, json};
use tokio::process::Command;

use crate::alone::{Network, PUBLIC, alone};
use crate::targets::{self, ADDRESSES, Kind};

/// A name that leads to a public address.
const GOOD: &str = "good.example.com";
/// A name that leads to every address that no setting opens.
const BAD: &str = "bad.example.com";
/// A name that leads to all of these and to the public one.
const MIXED: &str = "mixed.example.com";

fn names() -> String {
    let never = ADDRESSES.iter().filter(|(_, kind)| *kind == Kind::Never);
    let bad: String = never
        .map(|(it, _)| format!("{it} {BAD} {MIXED}\n"))
        .collect();
    let each: String = ADDRESSES
        .iter()
        .enumerate()
        .map(|(index, (it, _))| format!("{it} t{index}.example.com\n"))
        .collect();
    format!("{PUBLIC} {GOOD} {MIXED}\n{bad}{each}")
}

/// What no setting makes good, as origins of plain HTTP on the port that is listened on.
fn never() -> impl Iterator<Item = String> {
    let never = targets::origins().filter(|(_, kind)| *kind == Kind::Never);
    never.map(|(origin, _)| origin.replacen("https:", "http:", 1))
}

async fn checked(configuration: &Value) -> Result<Output> {
    let file = File::of(configuration)?;
    let path = file.folder().join(file.name());
    let path = path.to_str().context("a path that is no text")?.to_owned();
    all_in_one::run(["config", "check", &path]).await
}

/// Whether a configuration is refused, and by what it says at this place.
async fn is_refused_at(configuration: &Value, place: &str) -> Result<bool> {
    let output = checked(configuration).await?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let is_refused = !output.status.success();
    ensure!(!is_refused || said.contains(place), "{place}: {said}");
    Ok(is_refused)
}

fn with_collectors(address: &str) -> Value {
    let at = || json!({ "address": address, "allow_plain_http": true });
    let names = [
        "cicd",
        "runtime",
        "metrics",
        "logs",
        "incidents",
        "work-items",
        "quality",
        "manual",
    ];
    let collectors: Map<_, _> = names
        .map(|name| (name.to_owned(), at()))
        .into_iter()
        .collect();
    let sources = json!({ "prom": prometheus("https://prometheus.example.com", "5m") });
    with(of_sources(sources), "collectors", collectors.into())
}

/// Asks a gateway whose collectors are there, and gives what it said of them.
async fn gateway_asks(address: &str) -> Result<String> {
    let file = File::of(&with_collectors(address))?;
    let arguments = ["--listen", "127.0.0.1:0", "--config", file.name()];
    let gateway = Program::start_in(file.folder(), "passport-gateway", arguments, &[]).await?;
    let answer = http::collect(gateway.url(), &json!({ "scope": scope() })).await?;
    Ok(answer["failures"][0]["code"]
        .as_str()
        .unwrap_or("none")
        .to_owned())
}

#[test]
fn a_gateway_connects_to_no_collector_there() -> Result<()> {
    alone(
        "processes::a_gateway_connects_to_no_collector_there",
        &names(),
        collectors,
    )
}

async fn collectors(network: Network) -> Result<()> {
    let mut left = Vec::new();
    for origin in never() {
        if !is_refused_at(&with_collectors(&origin), "collectors.cicd.address").await? {
            left.push(origin);
        }
    }
    left.push(format!("http://{BAD}"));
    for address in &left {
        let code = gateway_asks(address).await?;
        assert_eq!(code, "UNREACHABLE", "{address}");
        assert_eq!(
            network.contacted(),
            [] as [std::net::IpAddr; 0],
            "{address}"
        );
    }
    // Those who are good are reached, so that the silence means something; and only they.
    for address in [GOOD, MIXED] {
        gateway_asks(&format!("http://{address}")).await?;
        assert_eq!(
            network.contacted(),
            [PUBLIC.parse::<std::net::IpAddr>()?],
            "{address}"
        );
    }
    Ok(())
}

fn with_telemetry(endpoint: &str) -> Value {
    let sources = json!({ "prom": prometheus("https://prometheus.example.com", "5m") });
    with(
        of_sources(sources),
        "telemetry",
        json!({ "otlp_endpoint": endpoint }),
    )
}

/// Runs a process that sends its telemetry there, to its end: what it has not sent before, it sends then.
async fn telemetry_goes(endpoint: &str) -> Result<()> {
    let file = File::of(&with_telemetry(endpoint))?;
    let arguments = ["up", "--listen", "127.0.0.1:0", "--config", file.name()];
    let mut mesh = Program::start_in(file.folder(), "passport", arguments, &[]).await?;
    let url = format!("{}/v1/connectors", mesh.url());
    http::client()?.get(url).send().await?;
    mesh.terminate().await?;
    Ok(())
}

#[test]
fn telemetry_is_sent_to_nobody_there() -> Result<()> {
    alone(
        "processes::telemetry_is_sent_to_nobody_there",
        &names(),
        telemetry,
    )
}

async fn telemetry(network: Network) -> Result<()> {
    let mut left = Vec::new();
    for origin in never() {
        if !is_refused_at(&with_telemetry(&origin), "telemetry.otlp_endpoint").await? {
            left.push(origin);
        }
    }
    left.extend([format!("http://{BAD}"), format!("http://{MIXED}")]);
    for endpoint in &left {
        telemetry_goes(endpoint).await?;
        assert_eq!(
            network.contacted(),
            [] as [std::net::IpAddr; 0],
            "{endpoint}"
        );
    }
    telemetry_goes(&format!("http://{GOOD}")).await?;
    assert_eq!(network.contacted(), [PUBLIC.parse::<std::net::IpAddr>()?]);
    Ok(())
}

fn issuer(url: &str) -> Value {
    json!({
        "issuer": url,
        "kind": "gitlab_ci",
        "audience": "https://passport.example.com",
        "algorithms": ["RS256"],
        "mappings": [{
            "id": hex::encode(url),
            "claims": { "project_id": 22, "ref": "main", "ref_protected": true },
            "grants": [{
                "workspace": "workspace-acme-prod",
                "services": ["checkout-api"],
                "environments": ["production"],
                "verbs": ["collect"],
            }],
        }],
    })
}

/// Issuers under rules that open one network, and so not even this machine.
fn with_issuers(issuers: Vec<Value>) -> Value {
    let sources = json!({ "prom": prometheus("https://prometheus.example.com", "5m") });
    let configuration = with(of_sources(sources), "gateway", json!({ "oidc": issuers }));
    with(
        configuration,
        "addresses",
        json!({ "allow": ["10.99.0.0/16"] }),
    )
}

/// A token that an issuer may have made: who knows before its keys were asked for.
fn token_of(issuer: &str) -> String {
    let coded = |part: Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    let header = coded(json!({ "alg": "RS256", "typ": "JWT", "kid": "key-1" }));
    let claims = coded(json!({
        "iss": issuer, "aud": "https://passport.example.com", "sub": "x", "exp": 4_102_444_800_u64,
    }));
    format!("{header}.{claims}.{}", coded(json!("a signature")))
}

#[test]
fn an_issuers_keys_are_fetched_from_nobody_there() -> Result<()> {
    let name = "processes::an_issuers_keys_are_fetched_from_nobody_there";
    alone(name, &names(), issuers)
}

async fn issuers(network: Network) -> Result<()> {
    let mut left = Vec::new();
    for (origin, _) in targets::origins() {
        let configuration = with_issuers(vec![issuer(&origin)]);
        if !is_refused_at(&configuration, "gateway.oidc").await? {
            left.push(origin);
        }
    }
    let named = (0..ADDRESSES.len()).map(|index| format!("https://t{index}.example.com"));
    let bad: Vec<_> = named
        .chain([BAD, MIXED].map(|it| format!("https://{it}")))
        .chain(left)
        .collect();
    let good = format!("https://{GOOD}");
    let configured = bad.iter().chain([&good]).map(|it| issuer(it)).collect();
    let mesh = AllInOne::up(&with_issuers(configured), &[]).await?;
    for issuer in &bad {
        assert_eq!(shown(&mesh, issuer).await?, 401, "{issuer}");
        assert_eq!(network.contacted(), [] as [std::net::IpAddr; 0], "{issuer}");
    }
    assert_eq!(shown(&mesh, &good).await?, 401);
    let public = [PUBLIC.parse::<std::net::IpAddr>()?];
    let seen = until("the good one is asked", async || {
        let contacted = network.contacted();
        Ok((!contacted.is_empty()).then_some(contacted))
    });
    assert_eq!(seen.await?, public);
    Ok(())
}

/// What somebody is told who shows a token of an issuer.
async fn shown(mesh: &AllInOne, issuer: &str) -> Result<u16> {
    let request = http::client()?
        .post(format!("{}/v1/evidence/collect", mesh.url()))
        .bearer_auth(token_of(issuer))
        .json(&json!({ "scope": scope() }));
    Ok(request.send().await?.status().as_u16())
}

/// Runs the command with these variables, to its end.
async fn typed(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Output> {
    let mut command = Command::new(built("passport")?);
    command.args(arguments).envs(variables.iter().copied());
    command.env_remove("PASSPORT_TOKEN").stdin(Stdio::null());
    Ok(command.output().await?)
}

/// What no setting makes good, as it is written.
fn never_as_written() -> impl Iterator<Item = String> {
    let never = targets::origins().filter(|(_, kind)| *kind == Kind::Never);
    // What stands in a variable ends at a zero byte, and names lead to more than one kind of place.
    let written = never
        .map(|(origin, _)| origin)
        .filter(|it| !it.contains('\0'));
    written.chain([BAD, MIXED].map(|it| format!("https://{it}")))
}

/// Asks with a job's own token, which a runner at this address gives.
async fn asked_as_a_job(runner: &str) -> Result<Output> {
    let collect = ["collect", "--gateway", "http://127.0.0.1:9"];
    let arguments = [&collect[..], &SCOPE_ARGUMENTS].concat();
    let variables = [
        ("PASSPORT_TOKEN_AUDIENCE", "https://passport.example.com"),
        ("ACTIONS_ID_TOKEN_REQUEST_URL", runner),
        ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "not-a-real-token"),
    ];
    typed(&arguments, &variables).await
}

#[test]
fn a_jobs_token_is_fetched_from_nobody_there() -> Result<()> {
    let name = "processes::a_jobs_token_is_fetched_from_nobody_there";
    alone(name, &names(), runners)
}

async fn runners(network: Network) -> Result<()> {
    for runner in never_as_written() {
        let output = asked_as_a_job(&runner).await?;
        assert!(!output.status.success(), "{runner}");
        assert_eq!(network.contacted(), [] as [std::net::IpAddr; 0], "{runner}");
    }
    asked_as_a_job(&format!("https://{GOOD}")).await?;
    assert_eq!(network.contacted(), [PUBLIC.parse::<std::net::IpAddr>()?]);
    Ok(())
}

/// Looks into the cluster whose API server is there.
async fn looked_into(server: &str) -> Result<Output> {
    let folder = tempfile::tempdir()?;
    let kubeconfig = json!({
        "apiVersion": "v1", "kind": "Config",
        "clusters": [{ "name": "cluster", "cluster": { "server": server } }],
        "users": [{ "name": "reader", "user": { "token": "not-a-real-token" } }],
        "contexts": [{ "name": "shop", "context": { "cluster": "cluster", "user": "reader" } }],
    });
    let file = folder.path().join("config");
    std::fs::write(&file, kubeconfig.to_string())?;
    let file = file.to_str().context("a path that is no text")?;
    let arguments = ["detect", "--kube-context", "shop", "--namespace", "shop"];
    typed(&arguments, &[("KUBECONFIG", file)]).await
}

#[test]
fn no_cluster_is_looked_into_there() -> Result<()> {
    let name = "processes::no_cluster_is_looked_into_there";
    alone(name, &names(), clusters)
}

async fn clusters(network: Network) -> Result<()> {
    for server in never_as_written() {
        let output = looked_into(&server).await?;
        assert!(!output.status.success(), "{server}");
        assert_eq!(network.contacted(), [] as [std::net::IpAddr; 0], "{server}");
    }
    looked_into(&format!("https://{GOOD}")).await?;
    assert_eq!(network.contacted(), [PUBLIC.parse::<std::net::IpAddr>()?]);
    Ok(())
}
