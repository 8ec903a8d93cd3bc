//! Attestations beside the ledger and the policy that they have to fit.

use std::fs;

use anyhow::{Context as _, Result};
use passport_integration_tests::wait;
use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_attestation_is_held_against_the_policy_file_and_the_ledger() -> Result<()> {
    let world = World::start().await?;
    world.exported().await?;
    fs::rename(world.file("ledger.jsonl"), world.file("before.jsonl"))?;
    let envelope = world.file("passport.dsse.json");
    world.decide(&["--attestation", &envelope]).await?;
    world.decide(&[]).await?;
    let lines = world.exported().await?;
    let ledger = world.file("ledger.jsonl");
    let policy = world.written("policy.yaml", &world.configuration.to_string())?;

    let both = ["--policy-file", &policy, "--ledger", &ledger];
    let (exit, found) = world.attested(&envelope, &both).await?;
    assert_eq!(
        (exit, &found["verified"]),
        (Some(0), &json!(true)),
        "{found:#}"
    );
    assert_eq!(
        found["ledger"],
        json!({ "sequence": 1, "checkedThrough": 2 })
    );
    let told = found["message"].as_str().context("none")?;
    assert!(told.contains("not withdrawn up to entry 2"), "{told}");

    let mut other = world.configuration.clone();
    other["workspaces"]["workspace-acme-prod"]["policy"]["approvals"] = json!(1);
    let other = world.written("other.yaml", &other.to_string())?;
    let (exit, found) = world
        .attested(&envelope, &["--policy-file", &other])
        .await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("other_policy")));

    let before = world.file("before.jsonl");
    let (exit, found) = world.attested(&envelope, &["--ledger", &before]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("not_in_ledger")));
    let broken = world.written("broken.jsonl", &lines[..2].join("\n"))?;
    let (exit, found) = world.attested(&envelope, &["--ledger", &broken]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("ledger_broken")));
    let nowhere = world.file("nowhere");
    let unread = world
        .attested_by(&envelope, &["--ledger", &nowhere])
        .await?;
    assert_eq!(unread.status.code(), Some(3));
    let no_policy = world.written("bad.yaml", "workspaces: []")?;
    let arguments = ["--policy-file", no_policy.as_str()];
    let wrong = world.attested_by(&envelope, &arguments).await?;
    assert_eq!(wrong.status.code(), Some(2));
    Ok(())
}

#[tokio::test]
async fn what_was_withdrawn_is_known_from_the_ledger() -> Result<()> {
    let world = World::start().await?;
    let envelope = world.file("passport.dsse.json");
    world.decide(&["--attestation", &envelope]).await?;
    let latency = json!({ "require": [{ "source": "prom", "facts": ["p95_latency"] }] });
    world.require(&latency)?;
    let after = wait::until("the policy is taken", async || {
        let after = world.decide(&[]).await?;
        Ok((after["decision"] == "block").then_some(after))
    });
    let after = after.await?;
    world.exported().await?;
    let ledger = world.file("ledger.jsonl");
    assert_eq!(
        world.attested(&envelope, &[]).await?.0,
        Some(0),
        "offline it is not known"
    );
    let (exit, found) = world.attested(&envelope, &["--ledger", &ledger]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("withdrawn")));
    let record = ["--ledger", &ledger, "--record"];
    let (exit, found) = world.attested(&envelope, &record).await?;
    let at = after["decidedAt"].as_str().context("none")?;
    assert_eq!(
        (exit, &found["message"]),
        (Some(0), &json!(format!("it was withdrawn at {at}")))
    );
    Ok(())
}
