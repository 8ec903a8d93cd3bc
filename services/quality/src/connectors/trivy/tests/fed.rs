//! A source without a collector around it, for as many uploads as one likes.

use std::cell::OnceCell;

use futures::FutureExt as _;
use passport_connector_sdk::{CollectRequest, Connector, Kept, Record};
use passport_evidence::{Fact, Subject};
use passport_testkit::connector;
use serde_json::json;

use super::bench::{ARTIFACT, at, digest, source, upload};
use crate::connectors::trivy::Trivy;

thread_local! {
    static SOURCE: OnceCell<Box<dyn Connector>> = const { OnceCell::new() };
    static OF_IMAGE: OnceCell<Box<dyn Connector>> = const { OnceCell::new() };
    static OF_RESOURCE: OnceCell<Box<dyn Connector>> = const { OnceCell::new() };
}

/// The resource of a cluster that a source is about.
pub const RESOURCE: &str = "shop/Deployment/checkout-api";

/// What a source that takes reports of `services/checkout`, whose pipeline hides nothing, says of an upload; nothing
/// where it does not take it.
pub fn judged(body: impl Into<Vec<u8>>) -> Vec<Fact> {
    SOURCE.with(|it| says(&**it.get_or_init(of_files), body.into()))
}

/// What a source of the image says of an upload, where the image with the digest `a` is released.
pub fn of_image(body: impl Into<Vec<u8>>) -> Vec<Fact> {
    let build = || built(ARTIFACT);
    OF_IMAGE.with(|it| says(&**it.get_or_init(build), body.into()))
}

/// The same, of a source of one resource of a cluster.
pub fn of_resource(body: impl Into<Vec<u8>>) -> Vec<Fact> {
    let build = || built(RESOURCE);
    OF_RESOURCE.with(|it| says(&**it.get_or_init(build), body.into()))
}

fn of_files() -> Box<dyn Connector> {
    built("services/checkout")
}

fn built(artifact: &str) -> Box<dyn Connector> {
    let source = source(json!({"scope": {"artifact": artifact}}));
    connector::built::<Trivy>(&source, &connector::hub(&[])).unwrap()
}

fn says(source: &dyn Connector, body: Vec<u8>) -> Vec<Fact> {
    let Ok(accepted) = source.accept(&upload(body, None, -60)) else {
        return Vec::new();
    };
    let record = |body| Record {
        received_at: at(-60),
        body,
    };
    let kept = Kept {
        records: accepted.records.into_iter().map(record).collect(),
        first_delivery_at: Some(at(-60)),
        ..Kept::default()
    };
    let request = CollectRequest {
        subject: Some(Subject {
            artifact_digests: vec![digest('a')],
            ..Subject::default()
        }),
        ..connector::request(at(0))
    };
    // Nothing is waited for.
    let collected = source.collect(&request, &kept).now_or_never();
    collected.unwrap().unwrap().facts
}
