use serde_json::json;

use super::*;

/// Secrets of many makers, none of them real; each is cut up so that no scanner takes it for one.
fn secrets() -> Vec<String> {
    [
        ["ghp", "_0123456789abcdefABCDEF0123456789abcd"],
        ["github_pat", "_11ABCDEFG0123456789_abcdefghij"],
        ["glpat", "-0123456789abcdefghij"],
        ["xoxb", "-0123456789-abcdefghij"],
        ["AKIA", "0123456789ABCDEF"],
        ["eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"],
        ["hvs", ".0123456789abcdefghij"],
        ["https://user:", "hunter2hunter2@example.com"],
        ["password=", "hunter2hunter2"],
        ["Bearer ", "0123456789abcdefghij"],
        ["-----BEGIN PRIVATE", " KEY-----"],
    ]
    .map(|parts| parts.concat())
    .to_vec()
}

fn read(key: &str, value: &str) -> Result<SecretRef, String> {
    serde_json::from_value(json!({ key: value })).map_err(|error| error.to_string())
}

#[test]
fn a_secret_in_the_place_of_a_name_is_refused_and_not_repeated() {
    for secret in secrets() {
        for key in ["env", "file"] {
            let error = read(key, &secret).unwrap_err();
            assert!(!error.contains(&secret), "{key}: {error}");
        }
    }
}

#[test]
fn a_secret_in_the_place_of_a_name_is_not_shown_however_it_came_there() {
    let random = "9f8Kd02mZqLx7Rw1Tb5Vn3Hc6Jy4Gp0S";
    let cased = random.to_uppercase();
    let secrets = secrets().into_iter().chain([random.to_owned(), cased]);
    for secret in secrets {
        for reference in [
            SecretRef::Env(secret.clone()),
            SecretRef::File(PathBuf::from(&secret)),
            SecretRef::File(PathBuf::from("/run/secrets").join(&secret)),
        ] {
            let shown = format!("{reference} {reference:?}");
            let leaks = shown.contains(&secret) || shown.contains("hunter2");
            assert!(!leaks, "{secret}: {shown}");
        }
    }
}

#[test]
fn a_variable_s_name_is_in_capitals_and_short() {
    let longest = "A".repeat(64);
    for name in ["TOKEN", "_", "PROMETHEUS_TOKEN_2", &longest] {
        assert_eq!(read("env", name), Ok(SecretRef::Env(name.to_owned())));
    }
    let longer = "A".repeat(65);
    for name in [
        "", "token", "Token", "2TOKEN", "TO-KEN", "TO KEN", "TÖKEN", &longer,
    ] {
        assert!(read("env", name).is_err(), "{name}");
    }
}

#[test]
fn paths_are_taken_and_shown_as_they_are() {
    for path in [
        "token",
        "db/password",
        "/run/secrets/passport/production/prometheus-read-only/token.txt",
        "/etc/ssl/certs/ca.pem",
    ] {
        let reference = read("file", path).unwrap();
        assert_eq!(reference.to_string(), format!("file {path}"));
    }
}
