use serde_json::json;

use super::*;

fn issuer(kind: &str, claims: Value) -> Value {
    json!({
        "issuer": "https://ci.example.com", "kind": kind, "audience": "passport-mesh",
        "algorithms": ["RS256"], "mappings": [{ "id": "it", "claims": claims, "grants": [] }],
    })
}

fn said(issuer: Value) -> Vec<String> {
    let found = problems(&json!({ "gateway": { "oidc": [issuer] } }));
    let below = |problem: &Problem| problem.path.replace("gateway.oidc[0].", "");
    found.iter().map(below).collect()
}

#[test]
fn mappings_that_name_one_place_are_accepted() {
    for (kind, claims) in [
        (
            "github_actions",
            json!({ "repository_id": 74, "ref": "refs/heads/main" }),
        ),
        (
            "github_actions",
            json!({ "repository_id": "74", "environment": "production" }),
        ),
        (
            "github_actions",
            json!({ "repository_id": "74", "repository_owner_id": "65",
                "job_workflow_ref": "acme/flows/.github/workflows/release.yml@refs/heads/main" }),
        ),
        (
            "gitlab_ci",
            json!({ "project_id": 22, "ref_protected": true }),
        ),
        (
            "gitlab_ci",
            json!({ "project_id": "22", "environment": "production", "environment_protected": "true" }),
        ),
        (
            "kubernetes",
            json!({ "namespace": "shop", "service_account": "checkout-api" }),
        ),
        (
            "other",
            json!({ "sub": "pipeline:7", "organization": "acme" }),
        ),
        ("people", json!({ "sub": "7f3a" })),
        ("people", json!({ "groups": "release-managers" })),
    ] {
        assert_eq!(
            said(issuer(kind, claims.clone())),
            [""; 0],
            "{kind} {claims}"
        );
    }
}

#[test]
fn mappings_that_fit_more_are_refused() {
    for (kind, claims) in [
        ("github_actions", json!({ "repository_id": "74" })),
        ("github_actions", json!({ "ref": "refs/heads/main" })),
        (
            "github_actions",
            json!({ "repository": "acme/shop", "ref": "refs/heads/main" }),
        ),
        ("github_actions", json!({ "repository_owner_id": "65" })),
        (
            "github_actions",
            json!({ "sub": "repo:acme/shop:environment:production" }),
        ),
        (
            "github_actions",
            json!({ "repository_id": "74", "job_workflow_ref": "a/b/c.yml@refs/heads/main" }),
        ),
        (
            "github_actions",
            json!({ "repository_id": "74", "event_name": "push" }),
        ),
        ("gitlab_ci", json!({ "project_id": "22" })),
        ("gitlab_ci", json!({ "project_id": "22", "ref": "main" })),
        (
            "gitlab_ci",
            json!({ "project_id": "22", "ref_protected": false }),
        ),
        (
            "gitlab_ci",
            json!({ "project_id": "22", "environment": "production" }),
        ),
        (
            "gitlab_ci",
            json!({ "namespace_id": "72", "ref_protected": true }),
        ),
        ("gitlab_ci", json!({ "namespace_id": "72" })),
        ("kubernetes", json!({ "namespace": "shop" })),
        ("kubernetes", json!({ "service_account": "checkout-api" })),
        (
            "kubernetes",
            json!({ "sub": "system:serviceaccount:shop:checkout-api" }),
        ),
        ("other", json!({ "sub": "pipeline:7" })),
        ("other", json!({ "organization": "acme" })),
        ("other", json!({})),
        ("people", json!({})),
        ("people", json!({ "hd": "acme.example", "azp": "portal" })),
    ] {
        let found = said(issuer(kind, claims.clone()));
        assert_eq!(found, ["mappings[0].claims"], "{kind} {claims}");
    }
}

#[test]
fn the_audience_of_every_pod_is_none_of_this_gateway() {
    let claims = json!({ "namespace": "shop", "service_account": "checkout-api" });
    for audience in [
        "https://kubernetes.default.svc",
        "https://kubernetes.default.svc.cluster.local",
        "https://ci.example.com",
    ] {
        let mut issuer = issuer("kubernetes", claims.clone());
        issuer["audience"] = audience.into();
        assert_eq!(said(issuer), ["audience"], "{audience}");
    }
}

#[test]
fn keys_come_over_https_or_from_this_machine() {
    let at = |key: &str, url: &str| {
        let mut issuer = issuer(
            "gitlab_ci",
            json!({ "project_id": 22, "ref_protected": true }),
        );
        issuer[key] = url.into();
        said(issuer)
    };
    for url in [
        "https://ci.example.com/path",
        "http://127.0.0.1:8080",
        "http://localhost",
        "http://[::1]:1/a",
    ] {
        assert_eq!(at("issuer", url), [""; 0], "{url}");
    }
    assert_eq!(at("jwks", "https://ci.example.com/keys?app=1"), [""; 0]);
    for url in [
        "http://ci.example.com",
        "http://10.0.0.1",
        "https://user@ci.example.com",
        "https://ci.example.com?x=1",
        "https://ci.example.com#x",
        "ftp://ci.example.com",
        "ci.example.com",
        "https://",
    ] {
        assert_eq!(at("issuer", url), ["issuer"], "{url}");
    }
    assert_eq!(at("jwks", "http://ci.example.com/keys"), ["jwks"]);
}

#[test]
fn callers_of_all_sorts_share_their_ids() {
    let issuer = issuer(
        "gitlab_ci",
        json!({ "project_id": 22, "ref_protected": true }),
    );
    for key in ["tokens", "clients"] {
        let gateway = json!({ key: [{ "id": "it" }], "oidc": [issuer] });
        let found = problems(&json!({ "gateway": gateway }));
        assert_eq!(found[0].path, "gateway.oidc[0].mappings[0].id");
        assert_eq!(found.len(), 1);
    }
}
