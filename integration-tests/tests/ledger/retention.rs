//! Records that are kept for a time.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use chrono::TimeDelta;
use passport_evidence::{Clock as _, Scope};
use passport_integration_tests::{http, wait};
use passport_service_kit::clock::SystemClock;
use passport_store::{EntryKind, Ledger, Location, NewEntry, Seal, Sealer};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::World;

/// Seals nothing, as a gateway without a key.
struct Nobody;

impl Sealer for Nobody {
    fn seal(&self, _: &[u8]) -> Seal {
        Seal {
            key_id: String::new(),
            signature: Vec::new(),
        }
    }
}

/// A ledger whose entries are so many days old.
async fn recorded_before(folder: &Path, days: &[i64]) -> Result<()> {
    let ledger = Ledger::open(&Location::in_folder(folder, "gateway"), Arc::new(Nobody)).await?;
    for age in days {
        let new = NewEntry {
            id: Uuid::now_v7(),
            kind: EntryKind::Passport,
            scope: Scope {
                workspace: "workspace-acme-prod".parse()?,
                service: "checkout-api".parse()?,
                environment: "production".parse()?,
            },
            about: None,
            subject: None,
            at: SystemClock.now() - TimeDelta::days(*age),
            body: b"{}".to_vec().into(),
        };
        ledger.append(new).await?;
    }
    Ok(ledger.close().await?)
}

#[tokio::test]
async fn what_is_older_than_records_are_kept_is_cut_off_and_the_rest_is_whole() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store");
    recorded_before(&store, &[90, 31, 29, 1]).await?;
    let world = World::over(folder, |configuration| {
        configuration["store"] = json!({ "folder": store });
        configuration["gateway"]["keep_records"] = json!("30d");
    });
    let world = world.await?;
    let lines = wait::until("the ledger is cut", async || {
        let lines = world.exported().await?;
        let oldest: Value = serde_json::from_str(&lines[0])?;
        Ok((oldest["sequence"] == 3).then_some(lines))
    });
    let (exit, found) = world.verified(&lines.await?, &[]).await?;
    assert_eq!(
        (exit, &found["verified"]),
        (Some(0), &json!(true)),
        "{found:#}"
    );
    assert_eq!(
        (&found["oldest"], &found["entries"]),
        (&json!(3), &json!(3))
    );
    world.decide(&[]).await?;
    let (exit, found) = world.verified(&world.exported().await?, &[]).await?;
    assert_eq!((exit, &found["entries"]), (Some(0), &json!(4)));
    let metrics = http::client()?.get(format!("{}/metrics", world.program.url()));
    let metrics = metrics.send().await?.text().await?;
    let counted = metrics
        .lines()
        .find(|it| it.starts_with("passport_gateway_ledger_entries_cut"));
    assert!(counted.is_some_and(|it| it.ends_with(" 2")), "{counted:?}");
    Ok(())
}
