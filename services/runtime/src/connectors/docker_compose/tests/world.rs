//! A service about which nothing is wrong, and the facts of such.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use passport_evidence::{Fact, Reason, Status, Subject, Threshold};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::connectors::docker_compose::{
    client::{Member, Seen, Service},
    facts,
    members::Members,
    model::{Container, Image, Listed},
    settings::{Scope, ServiceKind, Wanted},
};

/// The digest that is released.
pub const DIGEST: &str = "sha256:4444444444444444444444444444444444444444444444444444444444444444";
/// How many containers are wanted.
pub const REPLICAS: u32 = 2;

pub fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

fn listed(id: &str) -> Value {
    json!({
        "Id": id, "Names": [format!("/shop-api-{id}")],
        "Labels": {
            "com.docker.compose.project": "shop", "com.docker.compose.service": "api",
            "com.docker.compose.oneoff": "False", "com.docker.compose.config-hash": "1",
            "com.docker.compose.project.working_dir": "/srv/shop",
        },
    })
}

fn of_project(id: &str, service: &str) -> Value {
    let mut found = listed(id);
    found["State"] = json!("running");
    found["Labels"]["com.docker.compose.service"] = json!(service);
    found
}

fn container(id: &str) -> Value {
    json!({
        "Id": id, "Image": "image-1", "RestartCount": 2,
        "State": {
            "Status": "running", "Running": true, "ExitCode": 0,
            "StartedAt": "2026-05-03T07:00:00Z", "FinishedAt": "2026-05-03T06:59:00Z",
            "Health": {"Status": "healthy", "Log": [
                {"End": "2026-05-03T09:29:30Z"}, {"End": "2026-05-03T09:29:40Z"},
            ]},
        },
        "Config": {"Healthcheck": {"Interval": 10_000_000_000_i64, "Timeout": 2_000_000_000}},
        "HostConfig": {"RestartPolicy": {"Name": "always"}},
    })
}

/// A service of two containers about which nothing is wrong.
pub fn good(kind: ServiceKind) -> Value {
    let mut all = json!({
        "list": [listed("c1"), listed("c2")],
        "project": [
            of_project("c1", "api"), of_project("c2", "api"), of_project("c3", "db"),
        ],
        "containers": {"c1": container("c1"), "c2": container("c2")},
        "images": {"image-1": {"Id": "image-1", "RepoDigests": [format!("repo@{DIGEST}")]}},
    });
    if kind == ServiceKind::OneShot {
        for id in ["c1", "c2"] {
            all["containers"][id]["State"]["Status"] = json!("exited");
        }
    }
    all
}

fn read<T: DeserializeOwned>(found: &Value) -> Option<T> {
    let read = serde_json::from_value::<Object<T>>(found.clone());
    read.ok().map(|it| it.0)
}

pub fn wanted(kind: ServiceKind) -> Wanted {
    Wanted {
        scope: Scope {
            project: "shop".to_owned(),
            service: "api".to_owned(),
            working_dir: None,
        },
        replicas: REPLICAS,
        services: Some([("api".to_owned(), 2), ("db".to_owned(), 1)].into()),
        kind,
        requires_healthcheck: true,
        restart_window: serde_json::from_value(json!("1h")).unwrap(),
        restarts: "<= 0".parse::<Threshold>().unwrap().into(),
        allow_info: false,
    }
}

pub fn subject() -> Subject {
    Subject {
        artifact_digests: vec![DIGEST.to_owned()],
        ..Subject::default()
    }
}

fn seen<T: DeserializeOwned>(all: &Value, id: &str, is_it: fn(&T) -> &str) -> Seen<T> {
    let found = all.get(id).ok_or(Reason::Unavailable)?;
    let found: T = read(found).ok_or(Reason::UnexpectedShape)?;
    match is_it(&found) == id {
        true => Ok((found, now())),
        false => Err(Reason::UnexpectedShape),
    }
}

/// The service as the client would have read it; `None`: not even a list.
pub fn service(all: &Value) -> Option<Service> {
    let listed = all["list"].as_array()?;
    let listed: Option<Vec<Listed>> = listed.iter().map(read).collect();
    let found = Members::of(listed?, &wanted(ServiceKind::LongRunning).scope);
    let is_recreating = found.as_ref().is_ok_and(|it| it.is_recreating);
    let members = found.map(|it| {
        let members = it.kept.into_iter().map(|listed| Member {
            seen: seen(&all["containers"], &listed.id, |it: &Container| &it.id),
            listed,
        });
        members.collect::<Vec<_>>()
    });
    let ids = members
        .iter()
        .flatten()
        .filter_map(|it| it.seen.as_ref().ok());
    let images: BTreeMap<_, Seen<Image>> = ids
        .map(|(it, _)| {
            let image = seen(&all["images"], &it.image, |it: &Image| &it.id);
            (it.image.clone(), image)
        })
        .collect();
    Some(Service {
        listed_at: now(),
        members,
        is_recreating,
        has_moved: false,
        images,
    })
}

/// The project's containers as the client would have read them.
fn project(all: &Value) -> Seen<Vec<Listed>> {
    let listed = all["project"].as_array().ok_or(Reason::UnexpectedShape)?;
    let listed: Option<Vec<Listed>> = listed.iter().map(read).collect();
    Ok((listed.ok_or(Reason::UnexpectedShape)?, now()))
}

/// What passes of these objects.
pub fn passed(all: &Value, kind: ServiceKind) -> Vec<Fact> {
    let Some(service) = service(all) else {
        return Vec::new();
    };
    let mut facts = facts::of(&service, &wanted(kind), Some(&subject()), now());
    facts.extend(facts::declared::facts(&project(all), &wanted(kind)));
    let passed = facts.into_iter().filter(|it| it.status() == Status::Passed);
    passed.collect()
}
