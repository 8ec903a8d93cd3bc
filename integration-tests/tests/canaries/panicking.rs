//! A process that panics, set up as the programs are. None of them can be made to panic from
//! outside, so that this test is its own program.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::unnecessary_literal_unwrap,
    reason = "panicking is what this is for"
)]

use std::process::{Command, Stdio};

use anyhow::{Result, ensure};
use passport_integration_tests::receiver::Receiver;
use passport_service_kit::config::model;
use passport_service_kit::process::{Says, tell_place_only};

use crate::nothing_shows;
use crate::search::{Canary, Output};

const NAME: &str = "panicking::a_panic_shows_no_secret_that_it_speaks_of";
const SECRET: &str = "CANARY_OF_A_PANIC";
const ENDPOINT: &str = "CANARY_ENDPOINT";

/// Before and after logs are set up, on a thread and in a task, in a message and in an error.
async fn panic_with(secret: String, endpoint: String) -> Result<()> {
    tell_place_only();
    let spoken = secret.clone();
    std::thread::spawn(move || panic!("not with {spoken}"))
        .join()
        .unwrap_err();
    let settings = model::Telemetry {
        otlp_endpoint: Some(endpoint),
        ..model::Telemetry::default()
    };
    let says = Says {
        service: "passport-test",
        settings: &settings,
        log: "trace",
        environment: None,
        pushes: Vec::new(),
    };
    let telemetry = says.init()?;
    let failed: Result<(), String> = Err(secret);
    let task = async move {
        // Only spans of the mesh are sent.
        let span = tracing::info_span!(target: "passport_test", "panicking");
        span.in_scope(|| failed.unwrap());
    };
    ensure!(tokio::spawn(task).await.is_err(), "it did not panic");
    telemetry.shutdown().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_shows_no_secret_that_it_speaks_of() -> Result<()> {
    if let (Ok(secret), Ok(endpoint)) = (std::env::var(SECRET), std::env::var(ENDPOINT)) {
        return panic_with(secret, endpoint).await;
    }
    let (canary, secret) = Canary::token("secret in a panic")?;
    let (receiver, endpoint) = Receiver::start().await?;
    let mut itself = Command::new(std::env::current_exe()?);
    itself
        .args([NAME, "--exact", "--nocapture"])
        .stdin(Stdio::null());
    itself
        .env(SECRET, secret)
        .env(ENDPOINT, endpoint)
        .env("RUST_BACKTRACE", "1");
    let output = tokio::task::spawn_blocking(move || itself.output()).await??;
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    ensure!(output.status.success(), "{printed}");
    assert_eq!(
        printed.matches("what it said is withheld").count(),
        2,
        "{printed}"
    );
    assert_eq!(printed.matches(file!()).count(), 2, "{printed}");
    let mut outputs: Vec<_> = receiver.came().into_iter().map(Output::from).collect();
    ensure!(
        outputs.iter().any(|it| it.name == "exported spans"),
        "no spans came"
    );
    outputs.push(Output::new("the output of the process", printed));
    nothing_shows(&[canary], &outputs)
}
