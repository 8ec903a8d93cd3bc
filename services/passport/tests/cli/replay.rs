//! Cases, played by the command.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{Ran, passport, run};

const CASE: &str = "gauge-ok";

/// A case of the project, in a folder of its own, with one text in it replaced by another.
fn folder(from: &str, to: &str) -> tempfile::TempDir {
    let cases = "../metrics/src/connectors/otlp/cases";
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), cases].iter().collect();
    let case = fs::read_to_string(file.join(format!("{CASE}.case.json"))).unwrap();
    assert!(case.contains(from));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("{CASE}.case.json"));
    fs::write(file, case.replace(from, to)).unwrap();
    folder
}

async fn replay(path: &Path, more: &[&str]) -> Ran {
    let mut command = passport();
    command.arg("replay").arg(path).args(more);
    run(command).await
}

#[tokio::test]
async fn a_case_that_comes_out_as_expected_is_well() {
    let folder = folder("passport-case/1", "passport-case/1");
    let ran = replay(folder.path(), &[]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert!(ran.out.starts_with("ok "), "{}", ran.out);
    assert!(ran.out.contains(&format!("otlp/{CASE}")));
}

#[tokio::test]
async fn a_case_that_comes_out_differently_ends_with_1_in_every_form() {
    let folder = folder(r#""status": "passed""#, r#""status": "failed""#);
    for form in ["table", "json", "yaml", "markdown"] {
        let ran = replay(folder.path(), &["-o", form]).await;
        assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{form}: {}", ran.out);
        assert!(ran.out.contains(CASE), "{form}: {}", ran.out);
    }
}

#[tokio::test]
async fn a_case_that_can_not_be_read_is_wrong_usage() {
    let folder = folder("passport-case/1", "passport-case/9");
    let ran = replay(folder.path(), &[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("passport-case/9"), "{}", ran.err);
}

#[tokio::test]
async fn no_case_at_all_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(replay(folder.path(), &[]).await.code, 2);
    assert_eq!(replay(&folder.path().join("nowhere"), &[]).await.code, 2);
}
