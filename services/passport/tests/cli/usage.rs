//! What can be typed, and what is wrong with the rest.

use crate::golden::assert_golden;
use crate::run::{Ran, SCOPE, passport, run};

async fn typed(args: &[&str]) -> Ran {
    let mut command = passport();
    command.args(args);
    run(command).await
}

#[tokio::test]
async fn help_reads_as_reviewed() {
    for (name, args) in [
        ("help.txt", vec!["--help"]),
        ("help-collect.txt", vec!["collect", "-h"]),
        ("help-detect.txt", vec!["detect", "--help"]),
        ("help-gate.txt", vec!["gate", "-h"]),
        ("help-gate-what-if.txt", vec!["gate", "what-if", "-h"]),
        ("help-health.txt", vec!["health", "-h"]),
        ("help-ingest.txt", vec!["ingest", "-h"]),
        ("help-ledger.txt", vec!["ledger", "--help"]),
        ("help-ledger-export.txt", vec!["ledger", "export", "-h"]),
        ("help-ledger-verify.txt", vec!["ledger", "verify", "-h"]),
        ("help-notify.txt", vec!["notify", "-h"]),
        (
            "help-passports-verify.txt",
            vec!["passports", "verify", "-h"],
        ),
        ("help-sources.txt", vec!["sources", "--help"]),
        ("help-waive.txt", vec!["waive", "-h"]),
        ("help-waivers.txt", vec!["waivers", "--help"]),
    ] {
        let ran = typed(&args).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert_golden(name, &ran.out);
    }
}

#[tokio::test]
async fn nothing_typed_shows_the_help_and_is_wrong_usage() {
    let ran = typed(&[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("Usage: passport"));
}

#[tokio::test]
async fn wrong_usage_ends_with_2_before_anything_is_asked() {
    let wrong: [&[&str]; 11] = [
        &["approve", "--reason", "a"],
        &["approve", "--reason", "a", "--for", "1h"],
        &[
            "approve",
            "--reason",
            "a",
            "--for",
            "1h",
            "--until",
            "2999-01-01T00:00:00Z",
        ],
        &["gather"],
        &["collect"],
        &["collect", "--workspace", "Acme"],
        &["collect", "--category", "weather"],
        &["collect", "--max-age", "soon"],
        &["collect", "--max-age", "0s"],
        &["collect", "--timeout", "0s"],
        &["collect", "--output", "xml"],
    ];
    for args in wrong {
        let mut all = args.to_vec();
        if args.len() > 1 {
            all.extend(SCOPE);
        }
        let ran = typed(&all).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
    }
}

#[tokio::test]
async fn a_token_can_not_be_given_as_an_argument() {
    let ran = typed(&["connectors", "--token", "pm_ci_s3cr3t"]).await;
    assert_eq!(ran.code, 2);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_and_not_repeated() {
    for url in [
        "127.0.0.1:8080",
        "ftp://gateway.example.com",
        "http://me:s3cr3t@gateway.example.com",
        "http://gateway.example.com/s3cr3t",
        "http://gateway.example.com/?key=s3cr3t",
        "",
    ] {
        let ran = typed(&["connectors", "--gateway", url]).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{url}");
        assert!(!ran.err.contains("s3cr3t"), "{}", ran.err);
    }
}

#[tokio::test]
async fn a_token_does_not_leave_the_machine_unencrypted() {
    let mut command = passport();
    command.env("PASSPORT_TOKEN", "pm_ci_s3cr3t");
    command.args(["connectors", "--gateway", "http://gateway.example.com:8080"]);
    let ran = run(command).await;
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--plaintext"));
    assert!(!ran.err.contains("s3cr3t"));
}

#[tokio::test]
async fn a_garbled_token_is_refused_and_not_repeated() {
    let mut command = passport();
    command.env("PASSPORT_TOKEN", "s3cr3t\u{1}");
    command.arg("connectors");
    let ran = run(command).await;
    assert_eq!(ran.code, 2);
    assert!(!ran.err.contains("s3cr3t"));
}
