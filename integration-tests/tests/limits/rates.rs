//! Callers who ask too fast, and strangers.

use anyhow::Result;
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, scope, with};
use passport_integration_tests::http;
use reqwest::Client;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

fn configuration(limits: &Value) -> Value {
    let token = |id: &str| {
        json!({ "id": id, "sha256": hex::encode(Sha256::digest(id)), "grants": [{
            "workspace": "workspace-acme-prod",
            "services": ["*"], "environments": ["*"], "verbs": ["collect"],
        }] })
    };
    let tokens = [token("pipeline"), token("robot")];
    let gateway = json!({ "tokens": tokens, "limits": limits });
    with(of_sources(json!({})), "gateway", gateway)
}

/// The status of a question, and when to ask again.
async fn ask(
    client: &Client,
    mesh: &AllInOne,
    token: Option<&str>,
) -> Result<(u16, Option<String>)> {
    let request = client.post(format!("{}/v1/evidence/collect", mesh.url()));
    let request = request.json(&json!({ "scope": scope() }));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = request.send().await?;
    let wait = answer.headers().get("retry-after");
    let wait = wait.map(|it| it.to_str().map(str::to_owned)).transpose()?;
    Ok((answer.status().as_u16(), wait))
}

#[tokio::test]
async fn each_caller_is_limited_by_itself() -> Result<()> {
    // Nothing is put back while the test runs.
    let limits = json!({ "per_caller": { "per_second": 1, "burst": 100 } });
    let client = http::client()?;
    let mesh = AllInOne::up(&configuration(&limits), &[]).await?;
    let mut refused = None;
    for _ in 0..10_000 {
        match ask(&client, &mesh, Some("pipeline")).await? {
            (200, None) => {}
            other => {
                refused = Some(other);
                break;
            }
        }
    }
    assert_eq!(refused, Some((429, Some("1".to_owned()))));
    assert_eq!(ask(&client, &mesh, Some("robot")).await?.0, 200);
    Ok(())
}

#[tokio::test]
async fn strangers_are_limited_by_their_address_and_known_callers_there_are_not() -> Result<()> {
    let limits = json!({ "unverified": { "per_second": 1, "burst": 10 } });
    let client = http::client()?;
    let mesh = AllInOne::up(&configuration(&limits), &[]).await?;
    let mut statuses = Vec::new();
    for call in 0..2_000 {
        let token = (call % 2 == 0).then_some("wrong");
        statuses.push(ask(&client, &mesh, token).await?.0);
        if statuses.last() == Some(&429) {
            break;
        }
    }
    let (last, before) = statuses.split_last().unwrap_or((&0, &[]));
    assert_eq!(*last, 429);
    assert!(
        before.len() >= 10 && before.iter().all(|it| *it == 401),
        "{before:?}"
    );
    assert_eq!(ask(&client, &mesh, Some("pipeline")).await?.0, 200);
    Ok(())
}
