//! The connector docker-compose against a real Docker Engine.

mod engines;

use anyhow::{Context, Result, ensure};
use passport_integration_tests::docker::{FilteringProxy, RealDocker, Service, TlsPort};
use passport_testkit::env::Env;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::json;

use engines::{RESTARTING, STOPPED, facts, facts_with, has, once};

const HEALTHY: Service<'_> = Service {
    name: "api",
    options: &["--health-cmd=true", "--health-interval=1s"],
    command: &["/bin/sleep", "3000"],
};
const UNHEALTHY: Service<'_> = Service {
    name: "worker",
    options: &[
        "--health-cmd=false",
        "--health-interval=1s",
        "--health-retries=1",
    ],
    command: &["/bin/sleep", "3000"],
};
const UNCHECKED: Service<'_> = Service {
    name: "plain",
    options: &[],
    command: &["/bin/sleep", "3000"],
};

#[tokio::test]
async fn each_state_of_a_real_container_is_told_as_what_it_is() -> Result<()> {
    let engine = RealDocker::start().await?;
    for service in [&HEALTHY, &UNHEALTHY, &UNCHECKED, &RESTARTING, &STOPPED] {
        engine.run("shop", service)?;
    }

    let healthy = "container_health | Passed | - | healthy";
    let found = once(&engine.endpoint(), "api", json!({}), healthy).await?;
    let of_all = [
        "available_replicas | Passed | - | 1",
        "recent_restarts | Passed | - | 0",
        "image_digest | Unknown | NO_DATA | -",
        "rollout_condition | NotApplicable | INFORMATIONAL | uniform",
        "credential_scope | Failed | TOO_BROAD | write_capable",
    ];
    has(&found, &of_all)?;
    let wants_two = json!({ "expected_replicas": 2 });
    let found = facts(&engine.endpoint(), "api", &wants_two).await?;
    has(
        &found,
        &["available_replicas | Failed | THRESHOLD_MISSED | 1"],
    )?;

    let unhealthy = "container_health | Failed | BAD_STATE | unhealthy";
    let found = once(&engine.endpoint(), "worker", json!({}), unhealthy).await?;
    has(
        &found,
        &["available_replicas | Failed | THRESHOLD_MISSED | 0"],
    )?;

    let found = facts(&engine.endpoint(), "plain", &json!({})).await?;
    let unchecked = "container_health | Unknown | NOT_CONFIGURED | running";
    has(&found, &[unchecked, "available_replicas | Passed | - | 1"])?;
    let lenient = json!({ "require_healthcheck": false });
    let found = facts(&engine.endpoint(), "plain", &lenient).await?;
    has(
        &found,
        &["container_health | Warning | NOT_CONFIGURED | running"],
    )?;

    let restarting = "container_health | Failed | BAD_STATE | restarting";
    let found = once(&engine.endpoint(), "cron", json!({}), restarting).await?;
    has(
        &found,
        &["available_replicas | Failed | THRESHOLD_MISSED | 0"],
    )?;
    ensure!(
        found
            .iter()
            .any(|it| it.starts_with("recent_restarts | Failed"))
    );

    let exited = "container_health | Failed | BAD_STATE | exited";
    once(&engine.endpoint(), "done", json!({}), exited).await?;
    let one_shot = json!({ "service_kind": "one_shot" });
    let found = facts(&engine.endpoint(), "done", &one_shot).await?;
    has(&found, &["container_health | Passed | - | completed"])?;

    let found = facts(&engine.endpoint(), "nobody", &json!({})).await?;
    let missing = [
        "available_replicas | Failed | THRESHOLD_MISSED | 0",
        "container_health | Unknown | NO_DATA | -",
        "recent_restarts | Unknown | NO_DATA | -",
    ];
    has(&found, &missing)
}

#[tokio::test]
async fn a_container_that_is_stopped_or_removed_passes_no_more() -> Result<()> {
    let engine = RealDocker::start().await?;
    engine.run("shop", &HEALTHY)?;
    once(
        &engine.endpoint(),
        "api",
        json!({}),
        "container_health | Passed | - | healthy",
    )
    .await?;
    let id = engine.docker(&["ps", "--quiet"])?;
    engine.docker(&["stop", "--time=0", id.trim()])?;
    let found = facts(&engine.endpoint(), "api", &json!({})).await?;
    has(&found, &["container_health | Failed | BAD_STATE | exited"])?;
    engine.docker(&["rm", id.trim()])?;
    let found = facts(&engine.endpoint(), "api", &json!({})).await?;
    has(&found, &["container_health | Unknown | NO_DATA | -"])
}

#[tokio::test]
async fn behind_the_proxy_of_the_connectors_page_an_engine_is_narrow() -> Result<()> {
    let engine = RealDocker::start().await?;
    engine.run("shop", &HEALTHY)?;
    let healthy = "container_health | Passed | - | healthy";
    once(&engine.endpoint(), "api", json!({}), healthy).await?;
    let proxy = FilteringProxy::before(&engine).await?;
    let found = facts(proxy.endpoint(), "api", &json!({})).await?;
    let of_all = [
        "credential_scope | Passed | - | narrow",
        healthy,
        "available_replicas | Passed | - | 1",
        "image_digest | Unknown | NO_DATA | -",
    ];
    has(&found, &of_all)?;
    // A read of the engine's own command goes through, and a change does not.
    let id = proxy.docker(&["ps", "--quiet"])?;
    let refused = proxy.docker(&["stop", "--time=0", id.trim()]);
    let refused = refused.err().context("the proxy let a change through")?;
    ensure!(refused.to_string().contains("403"), "{refused}");
    has(
        &facts(proxy.endpoint(), "api", &json!({})).await?,
        &[healthy],
    )?;
    Ok(())
}

#[tokio::test]
async fn an_engine_that_is_gone_is_unreachable() -> Result<()> {
    let engine = RealDocker::start().await?;
    let endpoint = engine.endpoint();
    drop(engine);
    let found = facts(&endpoint, "api", &json!({})).await?;
    assert_eq!(found, ["failure UNREACHABLE"]);
    Ok(())
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Result<Authority> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// A certificate and its key.
fn certified(by: &Authority, name: &str) -> Result<[String; 2]> {
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new([name.to_owned()])?.signed_by(&key, by)?;
    Ok([certificate.pem(), key.serialize_pem()])
}

/// What a source says of a service behind the port, with these authorities, certificate and key.
async fn over_tls(endpoint: &str, ca: &str, own: Option<&[String; 2]>) -> Result<Vec<String>> {
    let mut tls = json!({"ca": {"env": "CA"}});
    let mut env = vec![("CA".to_owned(), ca.to_owned())];
    if let Some([certificate, key]) = own {
        tls = json!({
            "ca": {"env": "CA"}, "client_cert": {"env": "CERT"}, "client_key": {"env": "KEY"},
        });
        env.push(("CERT".to_owned(), certificate.clone()));
        env.push(("KEY".to_owned(), key.clone()));
    }
    facts_with(endpoint, "api", &json!({ "tls": tls }), Env::from_iter(env)).await
}

#[tokio::test]
async fn over_its_port_an_engine_answers_who_shows_a_certificate_of_its_authority() -> Result<()> {
    let (ours, others) = (authority()?, authority()?);
    let [certificate, key] = certified(&ours, "127.0.0.1")?;
    let port = TlsPort::new(ours.pem(), certificate, key)?;
    let engine = RealDocker::start_with_port(&port).await?;
    engine.run("shop", &HEALTHY)?;
    let healthy = "container_health | Passed | - | healthy";
    once(&engine.endpoint(), "api", json!({}), healthy).await?;

    let client = certified(&ours, "collector")?;
    let found = over_tls(&port.endpoint(), &ours.pem(), Some(&client)).await?;
    let of_all = [
        healthy,
        "available_replicas | Passed | - | 1",
        // Whoever has the certificate may do all that the engine can.
        "credential_scope | Failed | TOO_BROAD | write_capable",
    ];
    has(&found, &of_all)?;

    // A client of another authority is sent away, and an engine of another is not believed.
    let stranger = certified(&others, "collector")?;
    let found = over_tls(&port.endpoint(), &ours.pem(), Some(&stranger)).await?;
    assert_eq!(found, ["failure UNREACHABLE"]);
    let found = over_tls(&port.endpoint(), &others.pem(), Some(&client)).await?;
    assert_eq!(found, ["failure UNREACHABLE"]);
    // Without one of its own no source may name such a port.
    let found = over_tls(&port.endpoint(), &ours.pem(), None).await;
    let refused = found.err().context("a source without a certificate")?;
    ensure!(
        refused.to_string().contains("names no client certificate"),
        "{refused}"
    );
    Ok(())
}
