//! Random secrets, one of every kind that a configuration knows, are planted, everything is driven
//! that can go well or wrong, and none of them shows in anything that comes out.
//!
//! Signing secrets of deliveries and secrets in headers of a connector's own are not among them: no
//! connector has them yet. They belong into [`planted`] with the first that does.

mod bad;
mod drive;
mod own_key;
mod panicking;
mod planted;
mod postgres;
mod search;
mod tls;

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use passport_integration_tests::configuration::File;
use passport_integration_tests::program::Program;
use passport_integration_tests::receiver::Receiver;
use serde_json::{Value, json};

use drive::Caller;
use planted::Planted;
use search::{Canary, Output, Searcher};

const LOOPBACK: &str = "127.0.0.1:0";

/// Fails with all that shows.
fn nothing_shows(canaries: &[Canary], outputs: &[Output]) -> Result<()> {
    let found: Vec<_> = Searcher::new(canaries)?
        .search(outputs)
        .into_iter()
        .collect();
    ensure!(
        found.is_empty(),
        "{} times a secret shows:\n{}",
        found.len(),
        found.join("\n")
    );
    Ok(())
}

async fn started(name: &str, listen: &str, file: &File, planted: &Planted) -> Result<Program> {
    let mut arguments = vec![
        "--listen",
        listen,
        "--log",
        "trace",
        "--config",
        file.name(),
    ];
    if name == "passport" {
        arguments.insert(0, "up");
    }
    let environment: Vec<_> = planted
        .environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    Program::start_in(file.folder(), name, arguments, &environment).await
}

/// Ends a program, and gives what it has printed.
async fn ended(name: &str, mut program: Program) -> Result<Output> {
    let status = program.terminate().await?;
    ensure!(status.success(), "{name} ended with {status}");
    let printed = program.output();
    ensure!(
        printed.contains("DEBUG") || printed.contains("TRACE"),
        "{name} logs too little: {printed}"
    );
    Ok(Output::new(format!("the output of {name}"), printed))
}

/// What came by OTLP. Spans must be among it.
fn exported(receiver: &Receiver) -> Result<Vec<Output>> {
    let came: Vec<_> = receiver.came().into_iter().map(Output::from).collect();
    for kind in ["exported spans", "exported metrics"] {
        ensure!(came.iter().any(|it| it.name == kind), "there are no {kind}");
    }
    Ok(came)
}

/// Every file in a folder, with those of the write-ahead log.
fn files(folder: &Path) -> Result<Vec<Output>> {
    let entries = std::fs::read_dir(folder)?;
    let read = |path: std::path::PathBuf| {
        Ok(Output::new(
            path.display().to_string(),
            std::fs::read(&path)?,
        ))
    };
    entries.map(|entry| read(entry?.path())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mesh_in_one_process_and_its_files_show_no_secret() -> Result<()> {
    let mut planted = Planted::new().await?;
    let (receiver, origin) = Receiver::start().await?;
    let data = planted.folder.path().join("data");
    planted.configuration["store"] = json!({ "folder": data });
    planted.configuration["telemetry"] = json!({ "otlp_endpoint": origin });
    let file = File::of(&planted.configuration)?;
    let mesh = started("passport", LOOPBACK, &file, &planted).await?;
    let url = mesh.url();
    let caller = Caller {
        planted: &planted,
        url,
        metrics: url,
    };
    let mut outputs = caller.everything().await?;
    let kept = files(&data)?;
    ensure!(
        kept.iter().any(|it| it.name.ends_with("-wal")),
        "there is no write-ahead log: {kept:?}"
    );
    outputs.extend(kept);
    outputs.push(ended("passport", mesh).await?);
    outputs.extend(files(&data)?);
    outputs.extend(exported(&receiver)?);
    planted.check_use()?;
    nothing_shows(&planted.canaries, &outputs)
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_and_their_database_show_no_secret() -> Result<()> {
    let mut planted = Planted::new().await?;
    let database = postgres::Scratch::new().await?;
    let (receiver, origin) = Receiver::start().await?;
    planted.canaries.push(database.canary.clone());
    planted
        .environment
        .push(("CANARY_DATABASE", database.url.clone()));
    planted.configuration["store"] = json!({ "postgres": { "env": "CANARY_DATABASE" } });
    planted.configuration["telemetry"] = json!({ "otlp_endpoint": origin, "log_format": "json" });
    let file = File::of(&planted.configuration)?;
    let listen = |collector: &str| -> Result<String> {
        let address = planted
            .configuration
            .pointer(&format!("/collectors/{collector}/address"));
        let address = address
            .and_then(Value::as_str)
            .and_then(|it| it.strip_prefix("http://"));
        Ok(address.context("no address")?.to_owned())
    };
    let metrics = started("passport-metrics", &listen("metrics")?, &file, &planted).await?;
    let quality = started("passport-quality", &listen("quality")?, &file, &planted).await?;
    let gateway = started("passport-gateway", LOOPBACK, &file, &planted).await?;
    let caller = Caller {
        planted: &planted,
        url: gateway.url(),
        metrics: metrics.url(),
    };
    let mut outputs = caller.everything().await?;
    let dump = database.dumped().await?;
    ensure!(
        String::from_utf8_lossy(&dump.bytes).contains("INSERT INTO"),
        "nothing was kept"
    );
    outputs.push(dump);
    outputs.push(ended("passport-gateway", gateway).await?);
    outputs.push(ended("passport-metrics", metrics).await?);
    outputs.push(ended("passport-quality", quality).await?);
    outputs.extend(exported(&receiver)?);
    planted.check_use()?;
    database.end().await?;
    nothing_shows(&planted.canaries, &outputs)
}
