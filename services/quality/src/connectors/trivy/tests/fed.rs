//! A source without a collector around it, for as many uploads as one likes.

use std::cell::OnceCell;

use futures::FutureExt as _;
use passport_connector_sdk::{Connector, Kept, Record};
use passport_evidence::Fact;
use passport_testkit::connector;
use serde_json::json;

use super::bench::{at, source, upload};
use crate::connectors::trivy::Trivy;

thread_local! {
    static SOURCE: OnceCell<Box<dyn Connector>> = const { OnceCell::new() };
}

/// What a source that takes reports of `services/checkout`, whose pipeline hides nothing, says of an upload; nothing
/// where it does not take it.
pub fn judged(body: impl Into<Vec<u8>>) -> Vec<Fact> {
    SOURCE.with(|it| says(&**it.get_or_init(of_files), body.into()))
}

fn of_files() -> Box<dyn Connector> {
    let source = source(json!({"scope": {"artifact": "services/checkout"}}));
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
    // Nothing is waited for.
    let collected = source
        .collect(&connector::request(at(0)), &kept)
        .now_or_never();
    collected.unwrap().unwrap().facts
}
