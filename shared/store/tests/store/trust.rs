//! What of a database may be seen by others.

use std::os::unix::fs::PermissionsExt as _;

use crate::databases::{Both, Scratch, server};
use passport_store::{BadLocation, Deliveries, InTheClear, Limits, Location, StoreError};
use secrecy::SecretString;

/// No word of the product or of a server.
const PASSWORD: &str = "xyzzy-never-shown";

fn with_password() -> String {
    let (scheme, rest) = server().split_once("://").map(split).unwrap();
    let host = rest.split_once('@').map_or(rest.as_str(), |(_, host)| host);
    format!("{scheme}://nobody-here:{PASSWORD}@{host}")
}

fn split((scheme, rest): (&str, &str)) -> (String, String) {
    (scheme.to_owned(), rest.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_nobody_else() {
    let scratch = Scratch::new(Both::Sqlite).await;
    let _open = scratch.open().await;
    let Location::File(path) = &scratch.at else {
        unreachable!("SQLite is a file")
    };
    let folder = path.parent().unwrap();
    assert_eq!(
        folder.metadata().unwrap().permissions().mode() & 0o777,
        0o700
    );
    let files: Vec<_> = folder.read_dir().unwrap().map(Result::unwrap).collect();
    assert!(files.len() > 1, "the write-ahead log is a file of its own");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_login_shows_neither_password_nor_server() {
    let at = Location::in_postgres(with_password().into(), "metrics").unwrap();
    let error = Deliveries::open(&at, Limits::default()).await.unwrap_err();
    let shown = format!("{error} {error:?} {at:?}");
    assert!(!shown.contains(PASSWORD), "{shown}");
    assert!(!shown.contains("nobody-here"), "{shown}");
    assert!(matches!(error, StoreError::Refused { .. }), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_server_is_unreachable() {
    let url = format!("postgres://someone:{PASSWORD}@127.0.0.1:1/mesh");
    let at = Location::in_postgres(url.into(), "metrics").unwrap();
    let error = Deliveries::open(&at, Limits::default()).await.unwrap_err();
    assert_eq!(error, StoreError::Unreachable);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_can_not_be_made_is_told() {
    let at = Location::in_folder(std::path::Path::new("/proc/nowhere"), "metrics");
    let error = Deliveries::open(&at, Limits::default()).await.unwrap_err();
    assert!(matches!(error, StoreError::File { .. }), "{error}");
}

#[test]
fn a_database_elsewhere_is_reached_over_tls_or_by_the_operators_word() {
    let at = |rest: &str, in_the_clear| {
        let url = SecretString::from(format!("postgres://u:{PASSWORD}@{rest}"));
        Location::in_postgres_with(url, "metrics", in_the_clear).map(drop)
    };
    for rest in [
        "127.0.0.1/mesh",
        "[::1]:5432/mesh",
        "localhost/mesh",
        "db/mesh?host=/var/run/postgresql",
        "db.example.com/mesh?sslmode=require",
        "db.example.com/mesh?sslmode=verify-ca",
        "db.example.com/mesh?sslmode=verify-full",
    ] {
        assert_eq!(at(rest, InTheClear::Refused), Ok(()), "{rest}");
    }
    for rest in [
        "db.example.com/mesh",
        "10.0.0.7/mesh?sslmode=prefer",
        "localhost.example.com/mesh?sslmode=disable",
        "127.0.0.1/mesh?host=db.example.com",
        "127.0.0.1/mesh?hostaddr=10.0.0.7&sslmode=allow",
    ] {
        let refused = at(rest, InTheClear::Refused);
        assert_eq!(refused, Err(BadLocation::InTheClear), "{rest}");
        assert_eq!(at(rest, InTheClear::Allowed), Ok(()), "{rest}");
    }
    assert!(!BadLocation::InTheClear.to_string().contains(PASSWORD));
}

#[test]
fn a_url_that_is_no_database_is_refused_without_being_repeated() {
    let refused = [
        (format!("{PASSWORD} no url"), BadLocation::NotAUrl),
        (
            format!("mysql://u:{PASSWORD}@db/mesh"),
            BadLocation::NotPostgres,
        ),
        (
            format!("postgres://u:{PASSWORD}@db"),
            BadLocation::NoDatabase,
        ),
        (
            format!("postgres://u:{PASSWORD}@db/"),
            BadLocation::NoDatabase,
        ),
    ];
    for (url, expected) in refused {
        let error = Location::in_postgres(SecretString::from(url), "metrics").unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.to_string().contains(PASSWORD));
    }
}
