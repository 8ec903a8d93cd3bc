//! Answers of a real Docker Engine 20.10, and of podman 4.3, read.

use passport_connector_sdk::Object;
use passport_evidence::{Fact, Reason, Status};
use serde_json::{Value, json};

use super::world::{subject, wanted};
use crate::connectors::docker_compose::{
    client::{Member, Service},
    facts,
    model::{Container, Listed},
    settings::{ServiceKind, Wanted},
    version::Version,
};

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/connectors/docker_compose/testdata"
);

fn recorded(name: &str) -> Value {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap();
    let found: Value = serde_json::from_str(&text).unwrap();
    found["response"].clone()
}

/// Where the answers of an engine lie, and when they were recorded.
type Engine = (&'static str, &'static str);

const DOCKER: Engine = ("", "2026-11-25T15:12:16Z");
const PODMAN: Engine = ("podman/", "2026-11-27T05:57:39.5Z");

/// The facts of a service of which one container was recorded.
fn facts_of((folder, at): Engine, name: &str, kind: ServiceKind) -> Vec<Fact> {
    let list = recorded(&format!("{folder}containers"))["body"].clone();
    let list: Vec<Object<Listed>> = serde_json::from_value(list).unwrap();
    let found = recorded(&format!("{folder}inspect-{name}"))["body"].clone();
    let found: Object<Container> = serde_json::from_value(found).unwrap();
    let listed = list.into_iter().find(|it| it.id == found.id).unwrap().0;
    assert_eq!(listed.label("service"), Some(name));
    let at = at.parse().unwrap();
    let service = Service {
        listed_at: at,
        members: Ok(vec![Member {
            listed,
            seen: Ok((found.0, at)),
        }]),
        is_recreating: false,
        has_moved: false,
        images: Default::default(),
    };
    let wanted = Wanted {
        replicas: 1,
        ..wanted(kind)
    };
    facts::of(&service, &wanted, Some(&subject()), at)
}

type Health = (Option<String>, Status, Option<Reason>);

fn health(engine: Engine, name: &str, kind: ServiceKind) -> Health {
    let facts = facts_of(engine, name, kind);
    let mut named = facts
        .iter()
        .filter(|it| it.name().as_str() == "container_health");
    let fact = named.next().unwrap();
    (fact.value_text(), fact.status(), fact.reason())
}

#[test]
fn containers_are_as_the_engine_says() {
    let lasting = ServiceKind::LongRunning;
    let said = |word: &str| Some(word.to_owned());
    let bad = Some(Reason::BadState);
    assert_eq!(
        health(DOCKER, "api", lasting),
        (said("healthy"), Status::Passed, None)
    );
    assert_eq!(
        health(DOCKER, "worker", lasting),
        (said("unhealthy"), Status::Failed, bad)
    );
    assert_eq!(
        health(DOCKER, "cron", lasting),
        (said("restarting"), Status::Failed, bad)
    );
    assert_eq!(
        health(DOCKER, "done", lasting),
        (said("exited"), Status::Failed, bad)
    );
    let done = health(DOCKER, "done", ServiceKind::OneShot);
    assert_eq!(done, (said("completed"), Status::Passed, None));
    let unchecked = (
        said("running"),
        Status::Unknown,
        Some(Reason::NotConfigured),
    );
    assert_eq!(health(DOCKER, "plain", lasting), unchecked);
}

#[test]
fn what_restarts_is_told_by_a_lower_bound_and_serves_nobody() {
    let facts = facts_of(DOCKER, "cron", ServiceKind::LongRunning);
    let told = facts
        .iter()
        .map(|it| (it.name().as_str(), it.status(), it.value_text()));
    let told: Vec<_> = told.collect();
    let value = |text: &str| Some(text.to_owned());
    assert!(told.contains(&("recent_restarts", Status::Failed, value(">= 1"))));
    assert!(told.contains(&("available_replicas", Status::Failed, value("0"))));
}

#[test]
fn the_engine_names_its_version_and_refuses_another() {
    let said = recorded("ping")["headers"]["Api-Version"].clone();
    let version = Version::parse(said.as_str().unwrap()).unwrap();
    assert_eq!(version.spoken().unwrap().to_string(), "v1.41");
    let old = recorded("too-old-version");
    assert_eq!(old["status"], json!(400));
    assert!(old["body"].as_str().unwrap().contains("is too old"));
}

#[test]
fn containers_are_as_podman_says() {
    let lasting = ServiceKind::LongRunning;
    let said = |word: &str| Some(word.to_owned());
    let bad = Some(Reason::BadState);
    let healthy = (said("healthy"), Status::Passed, None);
    assert_eq!(health(PODMAN, "api", lasting), healthy);
    let unchecked = (
        said("running"),
        Status::Unknown,
        Some(Reason::NotConfigured),
    );
    assert_eq!(health(PODMAN, "plain", lasting), unchecked);
    assert_eq!(
        health(PODMAN, "done", lasting),
        (said("exited"), Status::Failed, bad)
    );
    let done = health(PODMAN, "done", ServiceKind::OneShot);
    assert_eq!(done, (said("completed"), Status::Passed, None));
    // It says `stopped` while it starts it for the 168th time.
    assert_eq!(
        health(PODMAN, "cron", lasting),
        (said("restarting"), Status::Failed, bad)
    );
}
