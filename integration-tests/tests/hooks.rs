//! A hook with the token that the command made, before the program as it runs: it decides, it is
//! revoked by taking it out of the file, and its token shows nowhere.

use std::fs;

use anyhow::{Context, Result, ensure};
use passport_integration_tests::all_in_one;
use passport_integration_tests::configuration::{File, of_sources, with};
use passport_integration_tests::http;
use passport_integration_tests::program::Program;
use passport_integration_tests::receiver::Receiver;
use passport_integration_tests::wait::until;
use serde_json::{Value, json};

const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

/// A token of a hook, and the entry that admits it.
async fn made(id: &str) -> Result<(String, Value)> {
    let scope = [
        "--workspace",
        "workspace-acme-prod",
        "--service",
        "checkout-api",
    ];
    let made = ["token", "hook", "--id", id, "--environment", "production"];
    let output = all_in_one::run(made.iter().chain(&scope)).await?;
    ensure!(output.status.success(), "{output:?}");
    let token = String::from_utf8(output.stdout)?.trim().to_owned();
    let said = String::from_utf8(output.stderr)?;
    let hash = said
        .split("sha256: ")
        .nth(1)
        .and_then(|it| it.split_whitespace().next());
    let entry = json!({
        "id": id,
        "sha256": hash.context("no hash")?.trim_matches('"'),
        "scope": {
            "workspace": "workspace-acme-prod",
            "service": "checkout-api",
            "environment": "production",
        },
    });
    Ok((token, entry))
}

/// A scope whose policy stops nobody yet, and the hooks of its gateway.
fn configuration(receiver: &str, hooks: &[Value]) -> Value {
    let file = of_sources(json!({}));
    let file = with(file, "telemetry", json!({ "otlp_endpoint": receiver }));
    with(file, "gateway", json!({ "hooks": hooks }))
}

/// Status and body of what Flagger is answered.
async fn flagger(url: &str, path: &str) -> Result<(u16, String)> {
    let payload = json!({
        "name": "checkout-api",
        "namespace": "shop",
        "phase": "Waiting",
        "checksum": "85d557f47b",
        "metadata": { "revision": REVISION },
    });
    let request = http::client()?.post(format!("{url}{path}"));
    let answer = request.json(&payload).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

fn write(file: &File, configuration: &Value) -> Result<()> {
    let whole = file.folder().join("whole");
    fs::write(&whole, serde_json::to_vec(configuration)?)?;
    Ok(fs::rename(whole, file.folder().join(file.name()))?)
}

/// All that a caller may get wrong about a path, with tokens that were good once or never.
fn paths(token: &str) -> Vec<String> {
    vec![
        format!("/v1/hooks/{token}"),
        format!("/v1/hooks/{token}/nonsense"),
        format!("/v1/hooks/{token}/flagger/nonsense"),
        format!("/v1/hooks/{token}/flagger/rollback/"),
        format!("/v1/hooks/{token}x/flagger/rollback"),
        format!("/v1/hooks/{token}/flagger/rollback?token={token}"),
        format!("/{token}"),
    ]
}

#[tokio::test]
async fn a_hook_decides_until_it_is_taken_out_and_its_token_shows_nowhere() -> Result<()> {
    let (receiver, origin) = Receiver::start().await?;
    let (token, entry) = made("flagger").await?;
    let (expired, mut ended) = made("ended").await?;
    ended = with(ended, "expires", json!("2026-01-01T00:00:00Z"));
    let file = File::of(&configuration(&origin, &[entry, ended.clone()]))?;
    let arguments = [
        "up",
        "--listen",
        "127.0.0.1:0",
        "--config",
        file.name(),
        "--log",
        "trace",
    ];
    let mut program = Program::start_in(file.folder(), "passport", arguments, &[]).await?;
    let url = program.url().to_owned();
    let path = format!("/v1/hooks/{token}/flagger/confirm-rollout");

    let (status, line) = flagger(&url, &path).await?;
    ensure!(
        status == 200 && line.starts_with("hold (shadow), go on: "),
        "{status} {line}"
    );
    let mut told = line;
    for wrong in paths(&token).into_iter().chain(paths(&expired)) {
        let (status, said) = flagger(&url, &wrong).await?;
        ensure!([401, 404, 409].contains(&status), "{status}: {said}");
        told += &said;
    }
    // Good for nothing else, wherever it is shown.
    let nothing = http::client()?.get(format!("{url}/v1/connectors"));
    ensure!(
        nothing.send().await?.status() == 401,
        "a hook opened the gateway to everybody"
    );
    let bearer = http::client()?
        .get(format!("{url}/v1/connectors"))
        .bearer_auth(&token);
    ensure!(
        bearer.send().await?.status() == 401,
        "the token opened another route"
    );

    write(&file, &configuration(&origin, &[ended]))?;
    let gone = until("the hook is revoked", async || {
        let (status, said) = flagger(&url, &path).await?;
        Ok((status == 401).then_some(said))
    });
    told += &gone.await?;
    told += &http::client()?
        .get(format!("{url}/metrics"))
        .send()
        .await?
        .text()
        .await?;
    program.terminate().await?;

    let lines = program.output();
    ensure!(
        lines.contains("an expired token of a hook was refused"),
        "{lines}"
    );
    ensure!(
        lines.contains("/v1/hooks/{token}/flagger/{hook}"),
        "{lines}"
    );
    let spans = receiver.spans()?;
    let named = |it: &str| spans.iter().any(|traced| traced.span.name.contains(it));
    ensure!(
        !spans.is_empty() && named("{token}"),
        "the hook was not traced"
    );
    let came = receiver.came().into_iter();
    let came = came.map(|it| String::from_utf8_lossy(&it.bytes).into_owned());
    let came: String = came.collect();
    for secret in [&token, &expired] {
        // The name before it is no secret.
        let random = secret
            .get(secret.len().saturating_sub(43)..)
            .context("no token")?;
        let random = random.get(..20).unwrap_or(random);
        for (what, text) in [("logs", &lines), ("answers", &told), ("telemetry", &came)] {
            ensure!(!text.contains(random), "a token shows in {what}");
        }
    }
    Ok(())
}
