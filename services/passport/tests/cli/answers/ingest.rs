//! Reports on their way to a source.

use std::io::Write as _;

use passport_proto::collector::{Header, IngestResult};
use passport_proto::gateway::IngestEvidenceResponse;
use tempfile::NamedTempFile;
use tonic::Status;

use crate::fake::Fake;
use crate::golden::assert_golden;
use crate::run::{Ran, SCOPE, passport, run};

const MIB: usize = 1 << 20;

fn says(result: IngestResult, http_status: i32, body: &'static str) -> Fake {
    Fake {
        ingest: IngestEvidenceResponse {
            result: result.into(),
            http_status,
            headers: Vec::new(),
            body: body.as_bytes().into(),
        },
        ..Fake::default()
    }
}

fn accepted() -> Fake {
    says(IngestResult::Accepted, 202, "the report is kept")
}

fn report(bytes: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

async fn ingest(url: &str, file: &str, more: &[&str], input: &[u8]) -> Ran {
    let mut command = passport();
    command
        .args(["--gateway", url, "ingest", "--source", "scan"])
        .args(SCOPE)
        .args(more)
        .arg(file)
        .write_stdin(input);
    run(command).await
}

#[tokio::test]
async fn what_becomes_of_a_report_is_told_in_every_form_and_by_the_exit_code() {
    for (name, result, status, words, code) in [
        (
            "accepted",
            IngestResult::Accepted,
            202,
            "the report is kept",
            0,
        ),
        (
            "duplicate",
            IngestResult::Duplicate,
            202,
            "the report is kept",
            0,
        ),
        (
            "rejected",
            IngestResult::Rejected,
            422,
            "about another artifact",
            1,
        ),
        (
            "later",
            IngestResult::Rejected,
            503,
            "not kept; send it again",
            3,
        ),
    ] {
        let gateway = says(result, status, words).listen().await;
        let mut told = String::new();
        for form in ["table", "json", "yaml", "markdown"] {
            let ran = ingest(&gateway.url, "-", &["-o", form], b"{}").await;
            assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{name} {form}");
            told.push_str(&format!("{form}:\n{}\n", ran.out));
        }
        assert_golden(&format!("ingest-{name}.txt"), &told);
    }
}

#[tokio::test]
async fn the_bytes_and_headers_arrive_as_they_were_given() {
    let bytes = b"\xff\x00 { \"raw\" : 1 }\r\n";
    let file = report(bytes);
    let path = file.path().to_str().unwrap();
    let typed = [
        "--observed-at",
        "2026-05-03T09:30:00+02:00",
        "--header",
        "X-Kind:  nightly: 2",
    ];
    for (file, input) in [(path, b"".as_slice()), ("-", bytes)] {
        let gateway = accepted().listen().await;
        assert_eq!(ingest(&gateway.url, file, &typed, input).await.code, 0);
        let asked = gateway.asked().ingest.unwrap();
        assert_eq!(&asked.body[..], bytes);
        assert_eq!(asked.source, "scan");
        let header = |name: &str, value: &'static str| Header {
            name: name.to_owned(),
            value: value.as_bytes().into(),
        };
        let headers = [
            header("x-kind", "nightly: 2"),
            header("passport-observed-at", "2026-05-03T09:30:00+02:00"),
        ];
        assert_eq!(asked.headers, headers);
    }
}

#[tokio::test]
async fn a_report_of_32_mib_is_sent_and_a_larger_one_is_not() {
    let gateway = accepted().listen().await;
    let most = report(&vec![b' '; 32 * MIB]);
    let ran = ingest(&gateway.url, most.path().to_str().unwrap(), &[], b"").await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(gateway.asked().ingest.unwrap().body.len(), 32 * MIB);
    let large = report(&vec![b' '; 32 * MIB + 1]);
    // Nobody listens there: it is not even tried.
    let nowhere = "http://127.0.0.1:1";
    for (file, input) in [
        (large.path().to_str().unwrap(), Vec::new()),
        ("-", vec![b' '; 32 * MIB + 1]),
    ] {
        let ran = ingest(nowhere, file, &[], &input).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
        assert!(ran.err.contains("more than 32 MiB"), "{}", ran.err);
    }
}

#[tokio::test]
async fn what_can_not_be_sent_is_wrong_usage() {
    let nowhere = "http://127.0.0.1:1";
    let ran = ingest(nowhere, "/nowhere/report.json", &[], b"").await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(
        ran.err.contains("could not read /nowhere/report.json"),
        "{}",
        ran.err
    );
    let wrong: [&[&str]; 5] = [
        &["--observed-at", "yesterday"],
        &["--header", "no colon"],
        &["--header", "a b: c"],
        &["--header", "Authorization: Bearer x"],
        &[
            "--observed-at",
            "2026-05-03T09:30:00Z",
            "--header",
            "Passport-Observed-At: 2026-05-03T09:30:00Z",
        ],
    ];
    for args in wrong {
        let ran = ingest(nowhere, "-", args, b"{}").await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
    }
}

#[tokio::test]
async fn a_report_that_reached_nobody_could_not_be_evaluated() {
    let refused = Fake {
        refusal: Some(Status::unauthenticated("a bearer token is required")),
        ..Fake::default()
    };
    let url = refused.listen().await.url;
    for url in [url.as_str(), "http://127.0.0.1:1"] {
        let ran = ingest(url, "-", &[], b"{}").await;
        assert_eq!((ran.code, ran.out.as_str()), (3, ""));
        assert!(ran.err.contains("next: "), "{}", ran.err);
    }
}
