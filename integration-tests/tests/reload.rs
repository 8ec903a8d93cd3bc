//! A configuration that changes while the process runs is swapped as a whole, or not at all.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use passport_evidence::Clock as _;
use passport_integration_tests::configuration::{File, of_sources, scope};
use passport_integration_tests::program::{Program, built};
use passport_integration_tests::wait::until;
use passport_integration_tests::{http, workspace};
use passport_service_kit::clock::SystemClock;
use serde_json::{Value, json};
use tokio::process::Command;

fn scanned(names: &[&str]) -> Value {
    let source =
        json!({ "connector": "trivy", "scope": { "artifact": "example.com/checkout-api" } });
    let sources = names
        .iter()
        .map(|name| ((*name).to_owned(), source.clone()));
    of_sources(Value::Object(sources.collect()))
}

async fn up(file: &File) -> Result<Program> {
    let arguments = ["up", "--listen", "127.0.0.1:0", "--config", file.name()];
    Program::start_in(file.folder(), "passport", arguments, &[]).await
}

/// Written beside it and moved, so that no half of a file is read.
fn write(file: &File, text: &[u8]) -> Result<()> {
    let whole = file.folder().join("whole");
    fs::write(&whole, text)?;
    Ok(fs::rename(whole, file.folder().join(file.name()))?)
}

async fn configuration(program: &Program) -> Result<Value> {
    let readiness = json_at(&format!("{}/readyz", program.url())).await?;
    let told = readiness.get("configuration").context("nothing is told")?;
    Ok(told.clone())
}

async fn json_at(url: &str) -> Result<Value> {
    let answer = http::client()?.get(url).send().await?;
    serde_json::from_str(&answer.text().await?).context("no JSON")
}

async fn hang_up(program: &Program) -> Result<()> {
    let id = program.pid().to_string();
    let told = Command::new("kill").args(["-HUP", &id]).status().await?;
    ensure!(told.success(), "SIGHUP could not be sent");
    Ok(())
}

async fn sources(program: &Program) -> Result<Vec<String>> {
    let answer = http::collect(program.url(), &json!({ "scope": scope() })).await?;
    let evidence = answer.get("evidence").and_then(Value::as_array);
    ensure!(answer.get("failures") == Some(&json!([])), "{answer}");
    let evidence = evidence.context("no evidence")?.iter();
    let names = evidence.filter_map(|it| it.get("source")?.as_str());
    Ok(names.map(str::to_owned).collect())
}

#[tokio::test]
async fn a_file_that_changed_is_taken_without_a_restart_and_a_bad_one_is_not() -> Result<()> {
    let file = File::of(&scanned(&["first"]))?;
    let program = up(&file).await?;
    let before = configuration(&program).await?;
    assert_eq!(sources(&program).await?, ["first"]);

    write(&file, &serde_json::to_vec(&scanned(&["first", "second"]))?)?;
    let taken = until("the change is taken", async || {
        let now = configuration(&program).await?;
        Ok((now["digest"] != before["digest"]).then_some(now))
    })
    .await?;
    assert_eq!(sources(&program).await?, ["first", "second"]);
    assert_eq!(taken["refused"], Value::Null);

    write(&file, b"workspaces: { acme: { servises: {} } }\nextra: 1\n")?;
    hang_up(&program).await?;
    let refused = until("the bad file is refused", async || {
        let now = configuration(&program).await?;
        Ok((now["refused"] != Value::Null).then_some(now))
    })
    .await?;
    assert_eq!(refused["digest"], taken["digest"], "the good one stays");
    assert!(
        refused["refused"]["problems"].as_u64() > Some(1),
        "{refused}"
    );
    assert_eq!(sources(&program).await?, ["first", "second"]);
    let said = program.output();
    assert!(
        said.contains("servises") && said.contains("extra"),
        "{said}"
    );

    write(&file, &serde_json::to_vec(&scanned(&["third"]))?)?;
    hang_up(&program).await?;
    until("the mended file is taken", async || {
        Ok((sources(&program).await? == ["third"]).then_some(()))
    })
    .await?;
    assert_eq!(configuration(&program).await?["refused"], Value::Null);
    let metrics = http::client()?.get(format!("{}/metrics", program.url()));
    let metrics = metrics.send().await?.text().await?;
    for line in [
        "passport_configuration_reloads_total{outcome=\"taken\"} 2",
        "passport_configuration_reloads_total{outcome=\"refused\"} 1",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_process_holds_open_is_not_changed_while_it_runs() -> Result<()> {
    let file = File::of(&scanned(&["first"]))?;
    let program = up(&file).await?;
    let mut elsewhere = scanned(&["first"]);
    elsewhere["store"] = json!({ "folder": "elsewhere" });
    write(&file, &serde_json::to_vec(&elsewhere)?)?;
    hang_up(&program).await?;
    until("the change is refused", async || {
        let now = configuration(&program).await?;
        Ok((now["refused"]["problems"] == json!(1)).then_some(()))
    })
    .await?;
    assert!(program.output().contains("start the process anew"));
    assert!(!file.folder().join("elsewhere").exists());
    Ok(())
}

#[tokio::test]
async fn what_was_delivered_and_every_call_outlive_a_swap() -> Result<()> {
    let file = File::of(&scanned(&["first"]))?;
    let program = up(&file).await?;
    deliver(&program, &workspace::root()).await?;
    for round in 0..20 {
        let names: &[&str] = if round % 2 == 0 {
            &["first", "other"]
        } else {
            &["first"]
        };
        write(&file, &serde_json::to_vec(&scanned(names))?)?;
        hang_up(&program).await?;
        until("the swap is made", async || {
            let names_now = sources(&program).await?;
            Ok((names_now == names).then_some(()))
        })
        .await?;
        let answer = http::collect(program.url(), &json!({ "scope": scope() })).await?;
        let of_first = &answer["evidence"][0];
        assert_ne!(of_first["freshness"]["observedAt"], Value::Null, "{answer}");
    }
    Ok(())
}

async fn deliver(program: &Program, root: &Path) -> Result<()> {
    let report = fs::read(root.join("deploy/examples/trivy-report.json"))?;
    let mut report: Value = serde_json::from_slice(&report)?;
    let name = report.get_mut("ArtifactName").context("no artifact")?;
    *name = json!("example.com/checkout-api:1");
    let url = format!(
        "{}/v1/evidence/ingest/first?workspaceId=workspace-acme-prod&service=checkout-api&environment=production",
        program.url()
    );
    let scanned_at = SystemClock.now().to_rfc3339();
    let delivery = http::client()?.post(url).json(&report);
    let delivery = delivery.header("passport-observed-at", scanned_at);
    let sent = delivery.send().await?;
    let status = sent.status().as_u16();
    ensure!(status == 202, "{status}: {}", sent.text().await?);
    Ok(())
}

/// What `passport config show` tells of a process and of the file that it should use.
async fn shown(program: &Program, file: &File) -> Result<(Option<i32>, Value)> {
    let mut command = Command::new(built("passport")?);
    command.current_dir(file.folder());
    command.args(["config", "show", file.name(), "-o", "json", "--gateway"]);
    let output = command.arg(program.url()).output().await?;
    let told = serde_json::from_slice(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok((output.status.code(), told.context(said)?))
}

#[tokio::test]
async fn the_command_shows_what_is_in_use_and_not_what_stands_in_the_file() -> Result<()> {
    let file = File::of(&scanned(&["first"]))?;
    let program = up(&file).await?;
    let in_use = configuration(&program).await?;
    let (code, same) = shown(&program, &file).await?;
    assert_eq!((code, &same["inUse"]), (Some(0), &in_use));
    assert_eq!(same["file"]["isInUse"], true);

    let other = File::of(&scanned(&["first", "second"]))?;
    let (code, another) = shown(&program, &other).await?;
    assert_eq!((code, &another["inUse"]), (Some(1), &in_use));
    assert_eq!(another["file"]["isInUse"], false);
    assert_ne!(another["file"]["digest"], another["inUse"]["digest"]);

    write(&file, b"workspaces: 1\n")?;
    hang_up(&program).await?;
    until("the bad file is refused", async || {
        let now = configuration(&program).await?;
        Ok((now["refused"] != Value::Null).then_some(()))
    })
    .await?;
    let (code, problems) = shown(&program, &file).await?;
    assert_eq!(code, Some(2), "{problems}");
    let mut command = Command::new(built("passport")?);
    command.args(["config", "show", "--gateway", program.url()]);
    let output = command.output().await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let digest = in_use["digest"].as_str().context("no digest")?;
    assert!(
        said.starts_with(&format!("{digest} is in use since ")),
        "{said}"
    );
    assert!(said.contains("a newer file was refused at "), "{said}");
    Ok(())
}
