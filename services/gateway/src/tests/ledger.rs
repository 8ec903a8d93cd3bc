//! The ledger of a workspace, given as a whole and verified elsewhere.

use axum::{Router, body::Body, response::Response};
use chrono::{DateTime, Utc};
use http::{Request, StatusCode};
use passport_evidence::WorkspaceId;
use passport_policy::attest::{Ed25519Signer, PublicKey};
use passport_proto::gateway as api;
use passport_store::{
    Entry, Head, Seal, Verifier,
    ledger::{Broken, Reason, Verified, chain},
};
use serde::Deserialize;
use serde_json::json;

use super::world::{World, good, json as body_of, says, scope, send, text};

/// The one key that is trusted.
struct Key(PublicKey);

impl Verifier for Key {
    fn verify(&self, seal: &Seal, message: &[u8], _: DateTime<Utc>) -> bool {
        seal.key_id == self.0.id() && self.0.has_signed(message, &seal.signature)
    }
}

#[derive(Deserialize)]
struct LastLine {
    head: Option<Head>,
}

/// A gateway that signs, and its key.
fn signing() -> (World, Key) {
    let pem = include_str!("key.pem").to_owned().into();
    let signer = Ed25519Signer::from_pem(&pem).unwrap();
    let key = Key(signer.public_key().clone());
    let mut world = World::metrics_says(vec![says(good("errors"))]);
    world.records = world.records.clone().signed_with(signer);
    (world, key)
}

async fn decided(router: &Router) {
    let request = Request::post("/v1/gate/evaluate").header("content-type", "application/json");
    let body = json!({ "scope": scope() }).to_string();
    let response = send(router.clone(), request.body(Body::from(body)).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
}

async fn get(router: &Router, path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    send(router.clone(), request).await
}

async fn over_grpc(world: &World) -> String {
    let request = api::ExportLedgerRequest {
        workspace_id: "acme".to_owned(),
    };
    let answer = world.grpc().await.export_ledger(request).await.unwrap();
    let mut parts = answer.into_inner();
    let mut whole = Vec::new();
    while let Some(part) = parts.message().await.unwrap() {
        assert!(part.text.len() <= 1 << 20);
        whole.extend_from_slice(&part.text);
    }
    String::from_utf8(whole).unwrap()
}

fn read(exported: &str) -> (Vec<Entry>, Option<Head>) {
    let mut lines: Vec<_> = exported.lines().collect();
    let last: LastLine = serde_json::from_str(lines.pop().unwrap()).unwrap();
    let entries = lines.iter().map(|line| serde_json::from_str(line).unwrap());
    (entries.collect(), last.head)
}

fn verified(exported: &str, checkpoint: Option<&Head>, key: &Key) -> Result<Verified, Broken> {
    let (entries, head) = read(exported);
    let acme: WorkspaceId = "acme".parse().unwrap();
    chain::verify(&acme, &entries, head.as_ref(), checkpoint, key)
}

#[tokio::test]
async fn what_is_given_is_whole_by_itself_and_from_a_head_that_was_given_before() {
    let (world, key) = signing();
    let router = world.router().await;
    decided(&router).await;
    let head = get(&router, "/v1/ledger/head?workspaceId=acme").await;
    let checkpoint: Head = serde_json::from_str(&text(head).await).unwrap();
    assert_eq!(checkpoint.sequence, 1);
    for _ in 0..300 {
        decided(&router).await;
    }
    let response = get(&router, "/v1/ledger?workspaceId=acme").await;
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let exported = text(response).await;
    let whole = verified(&exported, Some(&checkpoint), &key).unwrap();
    assert_eq!((whole.entries, whole.oldest, whole.newest), (301, 1, 301));
    assert_eq!(over_grpc(&world).await, exported);
}

#[tokio::test]
async fn what_was_changed_in_it_is_found_in_its_place() {
    let (world, key) = signing();
    let router = world.router().await;
    for _ in 0..5 {
        decided(&router).await;
    }
    let exported = text(get(&router, "/v1/ledger?workspaceId=acme").await).await;
    let lines: Vec<_> = exported.lines().collect();
    let without = |left_out: usize| {
        let left = lines.iter().enumerate().filter(|(at, _)| *at != left_out);
        left.map(|(_, line)| format!("{line}\n"))
            .collect::<String>()
    };
    let broken = verified(&without(2), None, &key).unwrap_err();
    assert_eq!((broken.sequence, broken.reason), (3, Reason::Gap));
    let broken = verified(&without(4), None, &key).unwrap_err();
    assert_eq!((broken.sequence, broken.reason), (5, Reason::HeadDiffers));
    let other = exported.replace("production", "staging");
    let broken = verified(&other, None, &key).unwrap_err();
    assert_eq!((broken.sequence, broken.reason), (1, Reason::HashDiffers));
}

#[tokio::test]
async fn of_a_workspace_without_records_the_last_line_alone_is_given() {
    let router = signing().0.router().await;
    decided(&router).await;
    let exported = text(get(&router, "/v1/ledger?workspaceId=globex").await).await;
    assert_eq!(exported, "{\"head\":null}\n");
    let response = get(&router, "/v1/ledger/head?workspaceId=globex").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    let wrong = get(&router, "/v1/ledger?workspaceId=%20").await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    assert_eq!(body_of(wrong).await["errors"][0]["field"], "workspaceId");
}
