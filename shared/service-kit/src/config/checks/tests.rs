use serde_json::json;

use super::*;

fn said(source: Value) -> Vec<String> {
    let folder = Some(Path::new("/run/secrets"));
    references::problems(&source, folder)
        .iter()
        .map(|problem| problem.path.clone())
        .collect()
}

#[test]
fn references_of_every_form_are_accepted() {
    let fine = json!({
        "credential": { "username": { "env": "USER_1" }, "password": { "file": "db/password" } },
        "signing_secrets": [{ "env": "HOOK" }, { "file": "/run/secrets/hook" }],
        "tls": { "ca": { "file": "/etc/ssl/ca.pem" }, "client_key": { "file": "client.key" } },
    });
    assert_eq!(said(fine), Vec::<String>::new());
}

#[test]
fn words_that_only_sound_like_secrets_are_accepted() {
    let fine = json!({
        "credential": { "header": "X-Log-Key", "value": { "env": "LOG_KEY" } },
        "scope": { "project_key": "acme", "labels": { "token": "yes" } },
        "thresholds": { "leaked_secrets": "= 0" },
        "require_token": true,
        "queries": { "token": { "path": "a" } },
    });
    assert_eq!(said(fine), Vec::<String>::new());
}

#[test]
fn a_secret_is_found_wherever_a_reference_is_wanted() {
    for (source, path) in [
        (json!({ "credential": "x" }), "credential"),
        (json!({ "credential": ["x"] }), "credential[0]"),
        (
            json!({ "credential": { "api_key": "x" } }),
            "credential.api_key",
        ),
        (
            json!({ "credential": { "header": "X-Key", "value": "x" } }),
            "credential.value",
        ),
        (
            json!({ "credential": { "secret_access_key": { "env": "a b" } } }),
            "credential.secret_access_key.env",
        ),
        (json!({ "tls": { "client_key": "x" } }), "tls.client_key"),
        (json!({ "signing_secrets": "x" }), "signing_secrets"),
        (
            json!({ "webhooks": [{ "hook_secret": 12 }] }),
            "webhooks[0].hook_secret",
        ),
        (
            json!({ "db.main": { "password": "x" } }),
            "[\"db.main\"].password",
        ),
    ] {
        assert_eq!(said(source), [path]);
    }
}

#[test]
fn one_signing_secret_may_serve_two_sources_of_one_scope() {
    let hook = json!({ "signing_secrets": [{ "env": "HOOK" }] });
    let file = |a: &str, b: &str| {
        let mut file = json!({});
        for (environment, source) in [(a, "one"), (b, "two")] {
            file["workspaces"]["w"]["services"]["s"]["environments"][environment]["sources"]
                [source] = hook.clone();
        }
        file
    };
    assert_eq!(
        signing::problems(&file("production", "production")).len(),
        0
    );
    assert_eq!(signing::problems(&file("production", "staging")).len(), 1);
}
