//! Lines of five log stores hold secrets: what stands in the corpus of redaction, and random ones. Evidence is
//! collected, a gate is evaluated and recorded, and no secret of a line shows in an answer, in a log, in metrics,
//! or in a file of the store.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "the provider stands in for stores whose lines are of now"
)]

mod lines;
mod provider;
#[path = "../canaries/search.rs"]
mod search;
mod sources;

use std::path::Path;

use anyhow::{Result, ensure};
use chrono::{TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use passport_integration_tests::configuration::{File, of_sources, scope};
use passport_integration_tests::http;
use passport_integration_tests::program::Program;
use serde_json::{Value, json};
use sha2::Sha256;

use lines::{corpus, generated};
use provider::{SHOWN, script};
use search::{Canary, Output, Searcher};
use sources::sources;

const UPLOAD_SECRET: &str = "what-uploads-are-signed-with";
const QUERY: &str = "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";

fn signed(body: &str) -> Result<[(&'static str, String); 2]> {
    let now = Utc::now().timestamp().to_string();
    let mac = Hmac::<Sha256>::new_from_slice(UPLOAD_SECRET.as_bytes())?;
    let mac = mac.chain_update(&now).chain_update(".").chain_update(body);
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    Ok([
        ("passport-timestamp", now),
        ("passport-signature", signature),
    ])
}

/// An upload with every line in it, and the answer to its sender.
async fn upload(url: &str, lines: &[String]) -> Result<Output> {
    let newest = passport_evidence::json::time(Utc::now() - TimeDelta::seconds(5));
    let document = json!({
        "summary": {"matched": 12, "complete": true, "newest": newest, "total": 4_021}, "lines": lines,
    });
    let body = document.to_string();
    let path = format!("{url}/v1/evidence/ingest/uploads?{QUERY}");
    let mut request = http::client()?
        .post(path)
        .header("content-type", "application/json");
    for (name, value) in signed(&body)? {
        request = request.header(name, value);
    }
    let answer = request.body(body).send().await?;
    let (status, body) = (answer.status(), answer.bytes().await?);
    ensure!(
        status.as_u16() == 202,
        "{status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(Output::new("the answer to an upload", body))
}

async fn got(url: &str, path: &str) -> Result<Output> {
    let answer = http::client()?.get(format!("{url}{path}")).send().await?;
    let status = answer.status();
    let body = answer.bytes().await?;
    ensure!(status.is_success(), "{path}: {status}");
    Ok(Output::new(path.split('?').next().unwrap_or(path), body))
}

async fn gated(url: &str) -> Result<Output> {
    let asked = json!({"scope": scope(), "subject": {"revision": "0123456789abcdef0123456789abcdef01234567"}});
    let request = http::client()?
        .post(format!("{url}/v1/gate/evaluate"))
        .json(&asked);
    let answer = request.send().await?;
    let (status, body) = (answer.status(), answer.bytes().await?);
    ensure!(
        status.is_success(),
        "{status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(Output::new("the passport", body))
}

/// Every file of the store, with those of the write-ahead log.
fn files(folder: &Path) -> Result<Vec<Output>> {
    let read = |path: std::path::PathBuf| {
        let bytes = std::fs::read(&path)?;
        Ok(Output::new(path.display().to_string(), bytes))
    };
    let entries = std::fs::read_dir(folder)?;
    entries.map(|entry| read(entry?.path())).collect()
}

/// What of the secrets shows, in whatever form; of short ones the text itself.
fn shown(canaries: &[Canary], outputs: &[Output]) -> Result<Vec<String>> {
    let mut found: Vec<_> = Searcher::new(canaries)?
        .search(outputs)
        .into_iter()
        .collect();
    for output in outputs {
        for canary in canaries {
            let mut windows = output.bytes.windows(canary.secret.len());
            if windows.any(|it| it == canary.secret) {
                found.push(format!("{}: {}", output.name, canary.kind));
            }
        }
    }
    Ok(found)
}

/// Facts of the evidence that show lines, and whether all of them passed.
fn showing(collected: &Value, connector: &str) -> (usize, bool) {
    let all = collected["evidence"].as_array().into_iter().flatten();
    let own = all.filter(|it| it["connector"] == connector);
    let facts = own.flat_map(|it| it["facts"].as_array().into_iter().flatten());
    let facts: Vec<_> = facts.filter(|it| it["name"] == "error_log_count").collect();
    let shows = |it: &&&Value| it["excerpts"].as_array().is_some_and(|it| !it.is_empty());
    let passed = facts.iter().all(|it| it["status"] == "passed");
    (
        facts.iter().filter(shows).count(),
        passed && !facts.is_empty(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_line_is_told_logged_or_kept() -> Result<()> {
    let (corpus, generated) = (corpus()?, generated()?);
    let texts = [corpus.texts, generated.texts].concat();
    let canaries = [corpus.canaries, generated.canaries].concat();
    let chunks = texts.chunks(SHOWN).count();
    let provider = script(&texts).start().await?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut configuration = of_sources(sources(&provider.base(), chunks));
    configuration["store"] = json!({ "folder": data });
    configuration["workspaces"]["workspace-acme-prod"]["policy"] =
        json!({ "require": [{ "source": "loki", "facts": ["error_log_count"] }] });
    let file = File::of(&configuration)?;
    let arguments = [
        "up",
        "--listen",
        "127.0.0.1:0",
        "--log",
        "trace",
        "--config",
        file.name(),
    ];
    let environment = [
        ("AWS_ID", "an-id-of-a-key"),
        ("AWS_SECRET", "the-key-that-it-signs-with"),
        ("UPLOAD_SECRET", UPLOAD_SECRET),
    ];
    let mut mesh = Program::start_in(file.folder(), "passport", arguments, &environment).await?;
    let url = mesh.url().to_owned();
    let mut outputs = vec![upload(&url, &texts).await?];
    let collected = http::collect(&url, &json!({ "scope": scope() })).await?;
    // What is shown of the lines is what is looked through: it must be there, and every line of it.
    for (connector, facts) in [
        ("loki", chunks),
        ("opensearch", chunks),
        ("elasticsearch", chunks),
        ("cloudwatch-logs", chunks),
        ("log-upload", 0),
    ] {
        assert_eq!(
            showing(&collected, connector),
            (facts, true),
            "{connector}: {collected:#}"
        );
    }
    outputs.push(Output::new("the evidence", collected.to_string()));
    outputs.push(gated(&url).await?);
    for path in [
        "/",
        "/metrics",
        &format!("/v1/sources?{QUERY}"),
        &format!("/v1/passports?{QUERY}"),
    ] {
        outputs.push(got(&url, path).await?);
    }
    let kept = files(&data)?;
    ensure!(
        kept.iter().any(|it| it.name.ends_with("-wal")),
        "there is no write-ahead log"
    );
    // The redacted lines are kept, so the store is the place to look at.
    let marker = b"[REDACTED:";
    let holds = |it: &Output| it.bytes.windows(marker.len()).any(|it| it == marker);
    ensure!(kept.iter().any(holds), "no line was kept");
    outputs.extend(kept);
    let status = mesh.terminate().await?;
    ensure!(status.success(), "it ended with {status}");
    let printed = mesh.output();
    ensure!(
        printed.contains("TRACE") || printed.contains("DEBUG"),
        "it logs too little"
    );
    outputs.push(Output::new("the log", printed));
    outputs.extend(files(&data)?);
    let found = shown(&canaries, &outputs)?;
    ensure!(
        found.is_empty(),
        "{} times a secret shows:\n{}",
        found.len(),
        found.join("\n")
    );
    Ok(())
}

/// The search itself finds what it is to find.
#[test]
fn a_line_that_is_told_as_it_was_written_is_found() -> Result<()> {
    let (corpus, generated) = (corpus()?, generated()?);
    for lines in [corpus, generated] {
        for text in &lines.texts {
            let output = Output::new("a line", text.as_bytes());
            let own = lines.canaries.iter();
            let own: Vec<_> = own
                .filter(|it| {
                    text.as_bytes()
                        .windows(it.secret.len())
                        .any(|part| part == it.secret)
                })
                .cloned()
                .collect();
            ensure!(
                own.is_empty() || !shown(&own, &[output])?.is_empty(),
                "{text}"
            );
        }
    }
    Ok(())
}
