use std::fs;

use serde_json::json;
use tempfile::TempDir;

use super::*;

const PASSWORD: &str = "hunter2-of-the-database";

/// Where a file's URL leads, or what is said instead.
fn told(rest: &str, is_allowed: bool) -> Result<Location, String> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("url");
    fs::write(&file, format!("postgres://u:{PASSWORD}@{rest}\n")).unwrap();
    let store = json!({ "postgres": { "file": file }, "allow_plain_postgres": is_allowed });
    let settings = serde_json::from_value(store).unwrap();
    location(&settings, "metrics").map_err(|fault| format!("{fault:?}"))
}

#[test]
fn a_database_elsewhere_without_tls_is_refused_with_what_to_do() {
    let said = told("db.example.com/mesh", false).unwrap_err();
    for part in [
        "store.postgres",
        "sslmode=verify-full",
        "allow_plain_postgres: true",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains(PASSWORD), "{said}");
}

#[test]
fn it_is_used_over_tls_or_where_the_operator_says_so() {
    assert!(told("db.example.com/mesh?sslmode=verify-full", false).is_ok());
    assert!(told("db.example.com/mesh", true).is_ok());
    assert!(told("127.0.0.1/mesh", false).is_ok());
}
