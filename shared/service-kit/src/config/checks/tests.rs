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
        "kubeconfig": { "file": "kube/config", "context": "prod" },
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
            json!({ "kubeconfig": { "file": "../config", "context": "prod" } }),
            "kubeconfig.file",
        ),
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

fn own(file: Value) -> Vec<String> {
    let problems = store::problems(&file);
    problems.iter().map(|it| it.path.clone()).collect()
}

fn with_credential(own: Value, credential: Value) -> Value {
    let source = json!({ "connector": "x", "credential": credential });
    let environments = json!({ "production": { "sources": { "s": source } } });
    json!({
        "store": { "postgres": own },
        "collectors": { "metrics": { "address": "http://127.0.0.1:1", "token": { "env": "MESH" } } },
        "workspaces": { "w": { "services": { "v": { "environments": environments } } } },
    })
}

#[test]
fn no_source_names_a_secret_of_the_process() {
    let at = "workspaces.w.services.v.environments.production.sources.s.credential";
    let database = json!({ "env": "DATABASE" });
    for credential in [database.clone(), json!({ "env": "MESH" })] {
        assert_eq!(own(with_credential(database.clone(), credential)), [at]);
    }
    let nested = json!({ "username": { "env": "U" }, "password": database });
    let found = own(with_credential(database.clone(), nested));
    assert_eq!(found, [format!("{at}.password")]);
    let other = json!({ "env": "OTHER" });
    assert_eq!(own(with_credential(database, other)), Vec::<String>::new());
}

#[test]
fn where_the_gateway_asks_for_tokens_its_collectors_do_too() {
    let file = |collector: Value, tokens: Value| json!({ "gateway": { "tokens": tokens }, "collectors": { "metrics": collector } });
    let open = json!({ "address": "http://127.0.0.1:1" });
    let closed = json!({ "address": "http://127.0.0.1:1", "token": { "env": "MESH" } });
    assert_eq!(own(file(open.clone(), json!([{}]))), ["collectors.metrics"]);
    assert_eq!(own(file(closed, json!([{}]))), Vec::<String>::new());
    assert_eq!(own(file(open, json!([]))), Vec::<String>::new());
}
