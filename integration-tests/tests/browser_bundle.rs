//! A real browser opens a page, good and broken; Playwright's runner, its archive of requests and a comparator of
//! images write down what they saw; and the bundle of that is taken in and judged.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::browser::{BROKEN, GOOD, Suite};
use passport_integration_tests::configuration::{SCOPE_ARGUMENTS, of_sources, scope};
use passport_integration_tests::workspace;
use serde_json::{Value, json};

const BEFORE: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const RELEASE: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";
const ANOTHER: &str = "sha256:3333333333333333333333333333333333333333333333333333333333333333";

/// Where the connector's page shows what a broken page looks like.
const PICTURE: &str = "services/quality/src/connectors/mobile_webview/diff.png";

fn source() -> Value {
    json!({
        "connector": "mobile-webview",
        "scope": { "producer": "playwright-web-suite", "platform": "web" },
        "allowed_hosts": ["127.0.0.1"],
        "thresholds": { "http_4xx_count": "<= 0" },
    })
}

async fn ingest(mesh: &AllInOne, source: &str, content_type: &str, bundle: &Path) -> Result<()> {
    let header = format!("Content-Type: {content_type}");
    let bundle = bundle.to_str().context("a path that is no text")?;
    let mut command = vec!["ingest", "--source", source, "--header", &header, bundle];
    command.extend(SCOPE_ARGUMENTS);
    command.extend(["--gateway", mesh.url()]);
    let output = all_in_one::run(command).await?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{source}: {said}");
    Ok(())
}

/// Name, status and reason of the facts that a source has about an artifact.
async fn facts(mesh: &AllInOne, source: &str, artifact: &str) -> Result<Vec<String>> {
    let subject = json!({ "artifactDigests": [artifact] });
    let asked = json!({ "scope": scope(), "sources": [source], "subject": subject });
    let answer = mesh.collect(&asked).await?;
    let facts = answer["evidence"][0]["facts"].as_array();
    let facts = facts.with_context(|| format!("{answer:#}"))?.iter();
    let told = facts.map(|fact| {
        let part = |key: &str| fact[key].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", part("name"), part("status"), part("reason"))
    });
    Ok(told.collect())
}

fn holds(facts: &[String], wanted: &[&str]) {
    for wanted in wanted {
        assert!(facts.iter().any(|it| it == wanted), "{wanted}: {facts:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_real_browser_saw_is_judged_and_of_another_artifact_nothing_passes() -> Result<()> {
    let suite = Suite::of_baseline(BEFORE).await?;
    let (good, broken) = (
        suite.run("good", GOOD).await?,
        suite.run("broken", BROKEN).await?,
    );
    assert!(good.passed && !broken.passed, "{good:?} {broken:?}");
    let sources = json!({ "good": source(), "broken": source() });
    let mesh = AllInOne::up(&of_sources(sources), &[]).await?;
    for (name, run) in [("good", &good), ("broken", &broken)] {
        let (content_type, bundle) = suite.bundle(run, RELEASE).await?;
        ingest(&mesh, name, &content_type, &bundle).await?;
    }
    holds(
        &facts(&mesh, "good", RELEASE).await?,
        &[
            "bundle_integrity passed -",
            "ui_test_result passed -",
            "screenshot_diff_ratio passed -",
            "console_error_count passed -",
            "network_failure_count passed -",
            "http_4xx_count passed -",
        ],
    );
    holds(
        &facts(&mesh, "broken", RELEASE).await?,
        &[
            "bundle_integrity passed -",
            "ui_test_result failed BAD_STATE",
            "screenshot_diff_ratio failed THRESHOLD_MISSED",
            "console_error_count failed THRESHOLD_MISSED",
            "network_failure_count failed THRESHOLD_MISSED",
        ],
    );
    for name in ["good", "broken"] {
        let of_another = facts(&mesh, name, ANOTHER).await?;
        holds(&of_another, &["bundle_integrity failed OTHER_SUBJECT"]);
        for fact in &of_another {
            assert!(!fact.contains(" passed "), "{name}: {of_another:#?}");
        }
    }
    the_picture_is_real(&broken.file("checkout-beside.png"))
}

/// The page of the connector shows what such a run saw, made by it and not drawn.
fn the_picture_is_real(seen: &Path) -> Result<()> {
    let shown = workspace::root().join(PICTURE);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::copy(seen, &shown)?;
    }
    // Another version of the browser may draw an edge otherwise, and the picture is one all the same.
    let size = |file: &Path| -> Result<Vec<u8>> {
        let bytes = fs::read(file)?;
        ensure!(
            bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
            "{} is no picture",
            file.display()
        );
        Ok(bytes.get(16..24).context("no size")?.to_vec())
    };
    assert_eq!(
        size(&shown)?,
        size(seen)?,
        "UPDATE_GOLDEN=1 refreshes {PICTURE}"
    );
    Ok(())
}
