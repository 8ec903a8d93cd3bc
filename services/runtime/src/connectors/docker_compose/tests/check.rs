//! What a check says of sockets.

use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    connector::{built, hub, request},
    provider::{Provider, Reply, Script},
};
use serde_json::json;

use super::world::now;
use crate::connectors::docker_compose::DockerCompose;

/// What a check says where these answer.
async fn checked(script: Script) -> Result<(Option<String>, Status), FailureCode> {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "docker-compose", "endpoint": provider.base(),
        "scope": {"project": "shop", "service": "api"},
    });
    let connector = built::<DockerCompose>(&source, &hub(&[])).unwrap();
    let observed = connector
        .check(&request(now()))
        .await
        .map_err(|it| it.code)?;
    let [fact] = observed.facts.as_slice() else {
        panic!("{:?}", observed.facts);
    };
    Ok((fact.value_text(), fact.status()))
}

fn engine(version: &str) -> Script {
    let ping = Reply::text(200, "OK").header("Api-Version", version);
    let script = Provider::script().on("GET", "/_ping").respond(ping);
    script
        .on("GET", "/v1.47/containers/json")
        .reply(200, json!([]))
}

#[tokio::test]
async fn a_socket_is_as_broad_as_what_it_lets_through() {
    let with = |volumes, secrets| {
        let script = engine("1.47")
            .on("GET", "/v1.47/volumes")
            .reply(volumes, json!({}));
        script.on("GET", "/v1.47/secrets").reply(secrets, json!({}))
    };
    let said = |word: &str, status| Ok((Some(word.to_owned()), status));
    let narrow = said("narrow", Status::Passed);
    for refusal in [401, 403, 404, 405] {
        assert_eq!(checked(with(refusal, 403)).await, narrow, "{refusal}");
    }
    let broad = said("write_capable", Status::Failed);
    assert_eq!(checked(with(200, 403)).await, broad);
    assert_eq!(checked(with(403, 200)).await, broad);
    let untold = said("unverifiable", Status::Unknown);
    for other in [301, 400, 429, 500, 503] {
        assert_eq!(checked(with(403, other)).await, untold, "{other}");
    }
}

#[tokio::test]
async fn a_proxy_that_lets_a_whole_section_through_is_not_narrow() {
    const FILES: &str = "/v1.47/containers/passport-mesh-probe/archive";
    const PROCESSES: &str = "/v1.47/exec/passport-mesh-probe/json";
    let kept = || {
        let refused = Reply::json(403, json!({"message": "forbidden"}));
        engine("1.47").otherwise(refused)
    };
    let said = |word: &str, status| Ok((Some(word.to_owned()), status));
    assert_eq!(checked(kept()).await, said("narrow", Status::Passed));
    let answers = [
        (FILES, "No such container: passport-mesh-probe"),
        (
            FILES,
            "no container with name or ID \"passport-mesh-probe\" found: no such container",
        ),
        (PROCESSES, "No such exec instance: passport-mesh-probe"),
    ];
    for (path, message) in answers {
        let script = kept()
            .on("GET", path)
            .reply(404, json!({"message": message}));
        let broad = said("write_capable", Status::Failed);
        assert_eq!(checked(script).await, broad, "{message}");
    }
    // One that keeps it back with 404 knows nothing of containers.
    for body in [
        json!({"message": "page not found"}),
        json!({"message": "no such container"}),
    ] {
        let script = kept().on("GET", FILES).reply(404, body);
        assert_eq!(checked(script).await, said("narrow", Status::Passed));
    }
    let untold = kept().on("GET", PROCESSES).reply(502, json!({}));
    assert_eq!(checked(untold).await, said("unverifiable", Status::Unknown));
}

#[tokio::test]
async fn what_a_check_can_not_read_fails() {
    let old = checked(engine("1.40")).await;
    assert_eq!(old, Err(FailureCode::NotSupported));
    let denied = Provider::script().any().reply(403, json!({}));
    assert_eq!(checked(denied).await, Err(FailureCode::Denied));
    let rejected = Provider::script().any().reply(400, json!({}));
    assert_eq!(checked(rejected).await, Err(FailureCode::Internal));
}

#[test]
fn the_tls_port_is_asked_with_a_client_certificate() {
    let pair = rcgen::generate_simple_self_signed(["docker.example".to_owned()]).unwrap();
    let (certificate, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
    let hub = hub(&[("CERTIFICATE", &certificate), ("KEY", &key)]);
    let with = |tls| {
        let source = json!({
            "connector": "docker-compose", "endpoint": "https://docker.example:2376", "tls": tls,
            "scope": {"project": "shop", "service": "api"},
        });
        built::<DockerCompose>(&source, &hub).map(drop)
    };
    let (ca, certificate, key) = (
        json!({"env": "CERTIFICATE"}),
        json!({"env": "CERTIFICATE"}),
        json!({"env": "KEY"}),
    );
    let whole = with(json!({"ca": ca, "client_cert": certificate, "client_key": key}));
    assert_eq!(whole, Ok(()));
    let authority_alone = with(json!({"ca": ca})).unwrap_err();
    assert!(
        authority_alone.contains("names no client certificate"),
        "{authority_alone}"
    );
    let half = with(json!({"ca": ca, "client_cert": certificate})).unwrap_err();
    assert!(half.contains("only one half"), "{half}");
}
