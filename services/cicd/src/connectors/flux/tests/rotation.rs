//! A token in a file that something keeps fresh.

use std::{fs, sync::Arc, time::Duration};

use passport_connector_sdk::{
    CollectRequest, Hub, HubOptions, Kept, provider::AddressPolicy, secrets::ProcessSecrets,
};
use passport_evidence::Subject;
use passport_testkit::{
    case::{Addresses, Case},
    connector,
    provider::Script,
};
use serde_json::json;

use super::CASES;
use crate::connectors::flux::Flux;

#[tokio::test]
async fn a_token_that_rotates_between_two_collections_is_obeyed() {
    let case = Case::load(format!("{CASES}/kustomization-ready.case.json")).unwrap();
    let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &case.rules);
    let provider = script.start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (token, next) = (folder.path().join("token"), folder.path().join("next"));
    fs::write(&token, "token-1\n").unwrap();

    let mut source = Addresses::base(provider.base()).fill_json(&case.source);
    source["credential"] = json!({"file": "token"});
    let secrets = ProcessSecrets {
        folder: Some(folder.path().to_owned()),
        ..ProcessSecrets::default()
    };
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        retry_wait: Duration::ZERO,
        ..HubOptions::default()
    };
    let hub = Hub::new(options, Arc::new(secrets));
    let source = connector::built::<Flux>(&source, &hub).unwrap();
    for rotated in ["token-2", "token-3"] {
        let request = CollectRequest {
            subject: case.subject.as_ref().map(Subject::from),
            ..connector::request(case.now)
        };
        source.collect(&request, &Kept::default()).await.unwrap();
        // Another file in its place, as whoever keeps it fresh does it.
        fs::write(&next, rotated).unwrap();
        fs::rename(&next, &token).unwrap();
    }
    let seen = provider.requests();
    let shown = seen.iter().map(|it| it.header("authorization").unwrap());
    assert!(shown.eq(["Bearer token-1", "Bearer token-2"]), "{seen:?}");
}
