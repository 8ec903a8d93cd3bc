//! A ledger that is taken out of a running gateway and checked without it, by the command as auditors
//! run it.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

mod attestations;
mod retention;
mod world;

use std::fs;

use anyhow::{Context as _, Result};
use passport_integration_tests::all_in_one;
use serde_json::{Value, json};

use crate::world::{WORKSPACE, World, json_of, openssl};

#[tokio::test]
async fn a_ledger_is_taken_out_and_verified_without_its_gateway() -> Result<()> {
    let world = World::start().await?;
    let none = world.run(&["ledger", "head"]).await?;
    assert_eq!(none.status.code(), Some(3), "nothing was recorded yet");
    let (exit, found) = world.verified(&world.exported().await?, &[]).await?;
    assert_eq!((exit, &found["entries"]), (Some(0), &json!(0)), "{found:#}");

    world.decide(&[]).await?;
    let early = world.head().await?;
    for _ in 0..3 {
        world.decide(&[]).await?;
    }
    let late = world.head().await?;
    let early = world.written("early.json", &early.to_string())?;
    let late_file = world.written("late.json", &late.to_string())?;
    let lines = world.exported().await?;
    assert_eq!(lines.len(), 5);
    for checkpoint in [&early, &late_file] {
        let (exit, found) = world
            .verified(&lines, &["--checkpoint", checkpoint])
            .await?;
        assert_eq!((exit, &found["verified"]), (Some(0), &json!(true)));
        assert_eq!((&found["entries"], &found["head"]), (&json!(4), &late));
        assert_eq!(found["notChecked"], Value::Null);
    }
    let (_, found) = world.verified(&lines, &[]).await?;
    assert_eq!(found["notChecked"].as_array().context("none")?.len(), 1);

    // Rows removed at the end: with the head left, and with a shorter ledger's head put back.
    let without = [&lines[..2], &lines[4..]].concat();
    let (exit, found) = world.verified(&without, &[]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("HEAD_DIFFERS")));
    assert_eq!(found["missing"], json!({ "from": 3, "to": 4 }));
    let head: Value = serde_json::from_str(&fs::read_to_string(&early)?)?;
    let shorter = [lines[0].clone(), json!({ "head": head }).to_string()];
    assert_eq!(world.verified(&shorter, &[]).await?.0, Some(0));
    let (exit, found) = world
        .verified(&shorter, &["--checkpoint", &late_file])
        .await?;
    assert_eq!(
        (exit, &found["code"]),
        (Some(1), &json!("CHECKPOINT_NOT_ON_CHAIN"))
    );
    assert_eq!(found["missing"], json!({ "from": 2, "to": 4 }));

    // A row that was changed, and one that is gone.
    let mut changed = lines.clone();
    changed[2] = changed[2].replace("checkout-api", "checkout-apj");
    let (exit, found) = world.verified(&changed, &[]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("HASH_DIFFERS")));
    assert_eq!(found["firstBreak"], json!({ "sequence": 3, "line": 3 }));
    let mut gone = lines.clone();
    gone.remove(1);
    let (exit, found) = world.verified(&gone, &[]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("GAP")));
    assert_eq!(found["firstBreak"], json!({ "sequence": 2, "line": 2 }));
    Ok(())
}

#[tokio::test]
async fn a_ledger_that_somebody_else_sealed_or_that_is_another_s_is_not_verified() -> Result<()> {
    let world = World::start().await?;
    world.decide(&[]).await?;
    let lines = world.exported().await?;
    let (key, stranger) = (world.file("other.pem"), world.file("other.pub"));
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", &key]).await?;
    openssl(&["pkey", "-in", &key, "-pubout", "-out", &stranger]).await?;
    let file = world.written("to-verify.jsonl", &(lines.join("\n") + "\n"))?;
    let verify = ["ledger", "verify", &file, "-o", "json", "--keys"];
    let of_stranger = [verify.as_slice(), &[&stranger], &WORKSPACE].concat();
    let found = all_in_one::run(of_stranger).await?;
    assert_eq!(found.status.code(), Some(1));
    assert_eq!(json_of(&found)?["code"], "SEAL_INVALID");
    let keys = world.file("trusted.pem");
    let other = [&keys, "--workspace", "workspace-globex"];
    let found = all_in_one::run([verify.as_slice(), &other].concat()).await?;
    assert_eq!(found.status.code(), Some(1));
    assert_eq!(json_of(&found)?["code"], "OTHER_WORKSPACE");

    // A key that was in other hands when the head was sealed.
    let public = fs::read_to_string(&keys)?;
    let revoked =
        json!({ "keys": [{ "publicKey": public, "revokedFrom": "2020-01-01T00:00:00Z" }] });
    let revoked = world.written("revoked.json", &revoked.to_string())?;
    let found = all_in_one::run([verify.as_slice(), &[&revoked], &WORKSPACE].concat()).await?;
    assert_eq!(json_of(&found)?["code"], "SEAL_INVALID");

    let table = world.run(&["ledger", "head"]).await?;
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(
        table.contains("sha256:") && table.contains("workspace-acme-prod"),
        "{table}"
    );
    Ok(())
}
