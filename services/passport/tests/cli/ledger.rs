//! Ledgers that were taken out, checked without a gateway.

use std::fs;
use std::path::{Path, PathBuf};

use passport_proto::gateway::ExportLedgerResponse;
use serde_json::Value;

use crate::fake::Fake;
use crate::golden::assert_golden;
use crate::run::{Ran, passport, run};

const KEYS: &str = "-----BEGIN PUBLIC KEY-----\n\
                    MCowBQYDK2VwAyEANn7P3raY0WgoXYhHnlicl5xirPRP2+I92VDkBpDzlzM=\n\
                    -----END PUBLIC KEY-----\n";

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    file
}

async fn verify(export: &Path, further: &[&str]) -> Ran {
    let mut command = passport();
    command.args(["ledger", "verify", export.to_str().unwrap()]);
    command.args(["--workspace", "acme"]).args(further);
    run(command).await
}

#[tokio::test]
async fn one_that_ends_too_early_is_broken_and_one_that_can_not_be_read_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let keys = file(folder.path(), "keys.pem", KEYS);
    let keys = ["--keys", keys.to_str().unwrap()];
    let empty = file(folder.path(), "empty", "");
    let ran = verify(&empty, &keys).await;
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert_golden("ledger-cut-off.txt", &ran.out);
    let ran = verify(&empty, &[keys.as_slice(), &["-o", "json"]].concat()).await;
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["code"], "CUT_OFF");
    assert_eq!(told["firstBreak"]["line"], 1);
    for unreadable in [folder.path().join("nowhere"), folder.path().to_path_buf()] {
        let ran = verify(&unreadable, &keys).await;
        assert_eq!((ran.code, ran.out.as_str()), (3, ""));
        assert!(ran.err.contains("could not read"), "{}", ran.err);
    }
}

#[tokio::test]
async fn what_was_not_checked_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let none = file(folder.path(), "none", "{\"head\":null}\n");
    let ran = verify(&none, &["--unsealed"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_golden("ledger-of-nothing.txt", &ran.out);
}

#[tokio::test]
async fn whose_seal_counts_has_to_be_said_and_what_is_named_has_to_be_that() {
    let folder = tempfile::tempdir().unwrap();
    let none = file(folder.path(), "none", "{\"head\":null}\n");
    let keys = file(folder.path(), "keys.pem", KEYS);
    let (none_, keys) = (none.to_str().unwrap(), keys.to_str().unwrap());
    for wrong in [
        vec![],
        vec!["--unsealed", "--keys", keys],
        vec!["--keys", none_],
        vec!["--keys", keys, "--checkpoint", none_],
        vec!["--keys", keys, "--checkpoint", "nowhere"],
    ] {
        let ran = verify(&none, &wrong).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{wrong:?}");
    }
}

async fn export(parts: &[&str], to: Option<&Path>) -> Ran {
    let parts = parts.iter().map(|it| ExportLedgerResponse {
        text: (*it).to_owned().into(),
    });
    let fake = Fake {
        ledger: parts.collect(),
        ..Fake::default()
    };
    let gateway = fake.listen().await;
    let mut command = passport();
    command.args(["ledger", "export", "--workspace", "acme"]);
    command.args(["--gateway", &gateway.url]);
    if let Some(file) = to {
        command.arg("--to").arg(file);
    }
    run(command).await
}

#[tokio::test]
async fn an_export_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("ledger.jsonl");
    let whole = ["{\"seq", "uence\":1}\n{\"head\":", "null}\n"];
    let ran = export(&whole, Some(&to)).await;
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert_eq!(fs::read_to_string(&to).unwrap(), whole.concat());
    let ran = export(&whole[..2], Some(&to)).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("ends before the head"), "{}", ran.err);
    assert_eq!(fs::read_to_string(&to).unwrap(), whole.concat());
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 1, "what was begun is gone");
    let nowhere = folder.path().join("nowhere/ledger");
    for wrong in [nowhere.as_path(), folder.path(), Path::new("/dev/null")] {
        let ran = export(&whole, Some(wrong)).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{wrong:?}");
    }
    assert!(!Path::new("/dev/null").is_file());
}

#[tokio::test]
async fn an_export_to_a_pipe_that_broke_off_ends_with_3() {
    let ran = export(&["{\"head\":null}\n"], None).await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "{\"head\":null}\n"));
    let ran = export(&["{\"sequence\":1}\n"], None).await;
    assert_eq!(ran.code, 3);
}
