//! Claims as real issuers write them, by their documentation.

use serde_json::{Value, json};

/// A run of GitHub Actions: repository 74 of owner 65, a push to `main`, environment `production`.
/// <https://docs.github.com/en/actions/reference/security/oidc>
pub fn github_actions(issuer: &str, audience: &str, now: i64) -> Value {
    json!({
        "jti": "6f4762ed-0758-4ccb-808d-ee3af5d723a8",
        "sub": "repo:acme/checkout-api:environment:production",
        "aud": audience,
        "ref": "refs/heads/main",
        "sha": "8c4f7d1b8f1c7f1f52e8d2f1a4b1c8e7d3f2a1b0",
        "repository": "acme/checkout-api",
        "repository_owner": "acme",
        "repository_owner_id": "65",
        "run_id": "30433642",
        "run_number": "10",
        "run_attempt": "2",
        "repository_visibility": "private",
        "repository_id": "74",
        "actor_id": "12",
        "actor": "octocat",
        "workflow": "release",
        "head_ref": "",
        "base_ref": "",
        "event_name": "push",
        "ref_protected": "true",
        "ref_type": "branch",
        "workflow_ref": "acme/checkout-api/.github/workflows/release.yml@refs/heads/main",
        "workflow_sha": "8c4f7d1b8f1c7f1f52e8d2f1a4b1c8e7d3f2a1b0",
        "job_workflow_ref": "acme/flows/.github/workflows/deploy.yml@refs/heads/main",
        "job_workflow_sha": "1c4f7d1b8f1c7f1f52e8d2f1a4b1c8e7d3f2a1b0",
        "runner_environment": "github-hosted",
        "environment": "production",
        "iss": issuer,
        "nbf": now - 600,
        "exp": now + 300,
        "iat": now,
    })
}

/// A job of GitLab CI: project 22, the protected branch `main`, the environment `production`.
/// <https://docs.gitlab.com/ci/secrets/id_token_authentication/>
pub fn gitlab_ci(issuer: &str, audience: &str, now: i64) -> Value {
    json!({
        "namespace_id": "72",
        "namespace_path": "acme",
        "project_id": "22",
        "project_path": "acme/checkout-api",
        "user_id": "1",
        "user_login": "sample-user",
        "user_email": "sample-user@example.com",
        "user_access_level": "developer",
        "user_identities": [{ "provider": "github", "extern_uid": "2435223452345" }],
        "pipeline_id": "574",
        "pipeline_source": "push",
        "job_id": "302",
        "ref": "main",
        "ref_type": "branch",
        "ref_path": "refs/heads/main",
        "ref_protected": "true",
        "groups_direct": ["acme"],
        "environment": "production",
        "environment_protected": "true",
        "deployment_tier": "production",
        "environment_action": "start",
        "runner_id": 1,
        "runner_environment": "self-hosted",
        "sha": "714a629c0b401fdce83e847fc9589983fc6f46bc",
        "project_visibility": "private",
        "ci_config_ref_uri": "gitlab.example.com/acme/checkout-api//.gitlab-ci.yml@refs/heads/main",
        "ci_config_sha": "714a629c0b401fdce83e847fc9589983fc6f46bc",
        "jti": "235b3a54-b797-45c7-ae9a-f72d7bc6ef5b",
        "iss": issuer,
        "iat": now,
        "nbf": now - 5,
        "exp": now + 3600,
        "sub": "project_path:acme/checkout-api:ref_type:branch:ref:main",
        "aud": audience,
    })
}

/// A pod of the service account `checkout-api` in the namespace `shop`.
/// <https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/>
pub fn kubernetes(issuer: &str, audience: &str, now: i64) -> Value {
    json!({
        "aud": [audience],
        "exp": now + 3600,
        "iat": now,
        "iss": issuer,
        "jti": "ea28ed49-2e11-4280-9ec5-bc3d1d84661a",
        "kubernetes.io": {
            "namespace": "shop",
            "node": { "name": "node-1", "uid": "58456cb0-dd00-45ed-b797-5578fdceaced" },
            "pod": { "name": "checkout-api-69cbfb9798-jv9gn", "uid": "778a530c-b3f4-47c0-9cd5-ab018fb64f33" },
            "serviceaccount": { "name": "checkout-api", "uid": "a087d5a0-e1dd-43ec-93ac-f13d89cd13af" },
        },
        "nbf": now,
        "sub": "system:serviceaccount:shop:checkout-api",
    })
}
