//! A copy that was made under load, put back as `deploy/README.md` says, has all that was acknowledged
//! before it was begun.

use std::fs;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use passport_integration_tests::configuration::{File, scope, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::numbered::{Client, client, configuration, deliver};
use passport_integration_tests::program::Program;
use passport_integration_tests::wait::until;
use passport_proto::collector::{CollectRequest, CollectResponse, IngestResult};
use passport_proto::evidence::Scope;
use serde_json::Value;
use tokio::process::Command;

/// What the quality collector keeps in SQLite.
const FILE: &str = "quality.sqlite3";

/// How many senders go on while the copy is made.
const SENDERS: usize = 4;

/// How many deliveries have been acknowledged when it is begun.
const BEFORE: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_sqlite_has_all_that_was_acknowledged_before_it() -> Result<()> {
    drill(Database::sqlite()?, Database::sqlite()?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_postgresql_has_all_that_was_acknowledged_before_it() -> Result<()> {
    drill(Database::postgres().await?, Database::postgres().await?).await
}

async fn drill(lost: Database, new: Database) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("copy");
    let copy = copy.to_str().context("a path that is no text")?;
    let (mut collector, _file) = start(&lost).await?;
    let acknowledged = backed_up(&collector, &lost, copy).await?;
    collector.kill().await?;
    lost.remove().await?;

    restore(&new, copy).await?;
    let (mut restored, _file) = start(&new).await?;
    let mut again = client(&restored).await?;
    let known = judged(&mut again).await?;
    ensure!(known.outcomes.len() == 1, "{known:?}");
    for number in &acknowledged {
        let result = deliver(&mut again, *number).await?;
        ensure!(result == IngestResult::Duplicate, "{number} was {result:?}");
    }
    let next = deliver(&mut again, u64::MAX).await?;
    ensure!(next == IngestResult::Accepted, "what is new was {next:?}");
    restored.kill().await?;
    new.remove().await
}

async fn start(database: &Database) -> Result<(Program, File)> {
    let file = File::of(&with(configuration(), "store", database.store()))?;
    let arguments = ["--listen", "127.0.0.1:0", "--config", file.name()];
    let environment = database.environment();
    let started = Program::start_in(file.folder(), "passport-quality", arguments, &environment);
    Ok((started.await?, file))
}

/// Copies the database while deliveries come in, and gives those that were acknowledged before.
async fn backed_up(collector: &Program, database: &Database, copy: &str) -> Result<Vec<u64>> {
    let (next, ends) = (AtomicU64::new(0), AtomicBool::new(false));
    let acknowledged = Mutex::new(Vec::new());
    let so_far = || {
        acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    };
    let send = async || {
        let mut client = client(collector).await?;
        while !ends.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            deliver(&mut client, number).await?;
            let mut all = acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(number);
        }
        anyhow::Ok(())
    };
    let copying = async {
        until("enough is acknowledged", async || {
            Ok((so_far().len() >= BEFORE).then_some(()))
        })
        .await?;
        let before = so_far();
        let copied = back_up(database, copy).await;
        let during = so_far().len() - before.len();
        ends.store(true, Ordering::Relaxed);
        copied?;
        ensure!(during > 0, "nothing came in while the copy was made");
        Ok(before)
    };
    let (before, sent) = tokio::join!(copying, try_join_all((0..SENDERS).map(|_| send())));
    sent?;
    before
}

async fn back_up(database: &Database, copy: &str) -> Result<()> {
    match database {
        Database::Sqlite(folder) => {
            let file = folder.path().join(FILE);
            let into = format!(".backup '{copy}'");
            run("sqlite3", &[file.to_str().context("no text")?, &into]).await
        }
        Database::Postgres { url, .. } => {
            let form = [
                "--format=custom",
                "--schema=passport_*",
                "--no-owner",
                "--file",
                copy,
            ];
            run("pg_dump", &[form.as_slice(), &["--dbname", url]].concat()).await
        }
    }
}

/// Into a folder or a database that has nothing yet.
async fn restore(database: &Database, copy: &str) -> Result<()> {
    match database {
        Database::Sqlite(folder) => {
            fs::copy(copy, folder.path().join(FILE))?;
            Ok(())
        }
        Database::Postgres { url, .. } => {
            let how = ["--no-owner", "--exit-on-error", "--single-transaction"];
            run(
                "pg_restore",
                &[how.as_slice(), &["--dbname", url, copy]].concat(),
            )
            .await
        }
    }
}

async fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let ran = Command::new(program).args(arguments).output().await;
    let ran = ran.with_context(|| format!("{program} can't be run"))?;
    let said = String::from_utf8_lossy(&ran.stderr);
    ensure!(ran.status.success(), "{program}: {said}");
    Ok(())
}

async fn judged(client: &mut Client) -> Result<CollectResponse> {
    let scope = scope();
    let text = |key: &str| {
        scope
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let request = CollectRequest {
        scope: Some(Scope {
            workspace_id: text("workspaceId"),
            service: text("service"),
            environment: text("environment"),
        }),
        ..CollectRequest::default()
    };
    Ok(client.collect(request).await?.into_inner())
}
