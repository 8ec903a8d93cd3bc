//! Gates that others have built ask in their own words, and are answered so that they do what is meant.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, response::Response};
use http::{Request, StatusCode};
use passport_evidence::FailureCode;
use passport_policy::tokens::hash;
use passport_proto::evidence as proto;
use passport_store::Location;
use serde_json::{Value, json};
use tracing_subscriber::{fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use super::world::{World, bad, fails, good, json as body_of, says, scope, send, text};
use crate::{Access, Records, access::Hooks};

const TOKEN: &str = "pmh_flagger_c2VjcmV0LW9mLXRoZS1ob29r";
const EXPIRED: &str = "pmh_expired_c2VjcmV0LW9mLXRoZS1wYXN0";
const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

fn hooks(further: &Value) -> Hooks {
    let entry = |id: &str, token: &str| {
        json!({
            "id": id,
            "sha256": hex::encode(hash(token)),
            "scope": { "workspace": "acme", "service": "checkout-api", "environment": "production" },
        })
    };
    let mut own = entry("flagger", TOKEN);
    for (key, value) in further.as_object().unwrap() {
        own[key] = value.clone();
    }
    let mut expired = entry("expired", EXPIRED);
    expired["expires"] = json!("2026-05-03T09:30:00Z");
    Hooks::of(&serde_json::from_value::<Vec<_>>(json!([own, expired])).unwrap()).unwrap()
}

/// A gateway that knows the hook, in a mode, whose one required source says this.
async fn router(mode: &str, errors: proto::Outcome, further: Value) -> Router {
    let mut world = World::in_mode(mode);
    world.metrics.outcomes = vec![errors, says(good("latency"))];
    world.cicd.outcomes = vec![fails("pipeline", FailureCode::Denied)];
    world.access = Access::open_on_loopback().with_hooks(hooks(&further));
    world.router().await
}

/// What Flagger posts: its headers and its body, after `pkg/controller/webhook.go`.
fn flagger(path: &str, metadata: Value) -> Request<Body> {
    let payload = json!({
        "name": "checkout-api",
        "namespace": "shop",
        "phase": "Progressing",
        "checksum": "85d557f47b",
        "metadata": metadata,
    });
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("user-agent", "Go-http-client/1.1")
        .header("accept-encoding", "gzip");
    request.body(Body::from(payload.to_string())).unwrap()
}

fn released() -> Value {
    json!({ "revision": REVISION, "artifactDigest": "sha256:abc", "release": "1.4.2", "team": "shop" })
}

async fn asked(router: &Router, hook: &str) -> Response {
    let path = format!("/v1/hooks/{TOKEN}/flagger/{hook}");
    send(router.clone(), flagger(&path, released())).await
}

/// The one required fact passed, failed, or could not be asked for.
fn said(word: &str) -> proto::Outcome {
    match word {
        "passed" => says(good("errors")),
        "failed" => says(bad("errors")),
        "away" => fails("errors", FailureCode::Unreachable),
        other => panic!("nothing says {other}"),
    }
}

#[tokio::test]
async fn flagger_goes_on_stops_and_rolls_back_as_it_is_meant_to() {
    let confirm = [
        "confirm-rollout",
        "confirm-traffic-increase",
        "confirm-promotion",
    ];
    for (mode, evidence, goes_on, rolls_back, decision) in [
        ("enforce", "passed", 200, 409, "allow (enforce)"),
        ("enforce", "failed", 409, 200, "block (enforce)"),
        // Nothing could be asked: it waits, and is never taken back.
        ("enforce", "away", 409, 409, "hold (enforce)"),
        ("advisory", "passed", 200, 409, "allow (advisory)"),
        ("advisory", "failed", 200, 409, "block (advisory)"),
        ("advisory", "away", 200, 409, "hold (advisory)"),
        ("shadow", "failed", 200, 409, "block (shadow)"),
        ("shadow", "away", 200, 409, "hold (shadow)"),
    ] {
        let router = router(mode, said(evidence), json!({})).await;
        let hooks = confirm.map(|it| (it, goes_on));
        for (hook, status) in hooks.into_iter().chain([("rollback", rolls_back)]) {
            let answer = asked(&router, hook).await;
            let told = format!("{mode}, {evidence}, {hook}");
            assert_eq!(answer.status(), status, "{told}");
            assert_eq!(
                answer.headers()["content-type"],
                "text/plain; charset=utf-8"
            );
            let line = text(answer).await;
            assert!(line.starts_with(decision), "{told}: {line}");
            assert_eq!(line.matches('\n').count(), 1, "{told}: {line}");
        }
    }
}

#[tokio::test]
async fn the_answer_tells_the_deciding_reason_and_what_follows() {
    let failing = router("enforce", said("failed"), json!({})).await;
    let line = text(asked(&failing, "rollback").await).await;
    assert!(line.contains(", roll back: "), "{line}");
    assert!(
        line.contains("error_rate is 5%, failed where < 1% is wanted"),
        "{line}"
    );
    let line = text(asked(&failing, "confirm-promotion").await).await;
    assert!(line.contains(", stop: "), "{line}");
    let away = router("enforce", said("away"), json!({})).await;
    let line = text(asked(&away, "rollback").await).await;
    assert!(line.contains(", do not roll back: "), "{line}");
    assert!(line.contains("UNREACHABLE"), "{line}");
}

#[tokio::test]
async fn a_hook_may_be_stopped_earlier_than_by_the_policy_and_then_still_rolls_nothing_back() {
    for (fail_on, evidence, status) in [
        ("hold", "away", 409),
        ("hold", "failed", 409),
        ("hold", "passed", 200),
        ("block", "away", 200),
        ("block", "failed", 409),
    ] {
        let router = router("shadow", said(evidence), json!({ "fail_on": fail_on })).await;
        let answer = asked(&router, "confirm-rollout").await;
        assert_eq!(answer.status(), status, "{fail_on} {evidence}");
        assert_eq!(asked(&router, "rollback").await.status(), 409);
    }
    // Never later than by the policy.
    let router = router("enforce", said("away"), json!({ "fail_on": "block" })).await;
    assert_eq!(asked(&router, "confirm-rollout").await.status(), 409);
}

#[tokio::test]
async fn a_hook_may_ask_as_often_as_any_caller_and_no_more() {
    let mut world = World::in_mode("enforce");
    world.metrics.outcomes = vec![said("passed"), says(good("latency"))];
    world.cicd.outcomes = vec![fails("pipeline", FailureCode::Denied)];
    world.access = Access::open_on_loopback().with_hooks(hooks(&json!({})));
    let rate = json!({ "per_caller": { "per_second": 1, "burst": 2 } });
    let router = world.router_within(rate).await;
    for status in [200, 200, 429, 429] {
        assert_eq!(asked(&router, "confirm-rollout").await.status(), status);
    }
    // What is too much rolls nothing back.
    assert_eq!(asked(&router, "rollback").await.status(), 429);
}

#[tokio::test]
async fn what_is_not_recorded_is_neither_gone_on_with_nor_rolled_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "in the way").unwrap();
    for mode in ["shadow", "enforce"] {
        let mut world = World::in_mode(mode);
        world.metrics.outcomes = vec![said("failed"), says(good("latency"))];
        world.access = Access::open_on_loopback().with_hooks(hooks(&json!({})));
        world.records = Records::at(Location::in_folder(&file, "gateway"));
        let router = world.router().await;
        for hook in ["confirm-rollout", "rollback"] {
            assert_eq!(asked(&router, hook).await.status(), 503);
        }
    }
}

/// The release and the caller that the ledger has for the only passport.
async fn recorded(router: &Router) -> (Value, Value) {
    let list = Request::get("/v1/passports?workspaceId=acme");
    let list = body_of(send(router.clone(), list.body(Body::empty()).unwrap()).await).await;
    let passport = &list["passports"][0];
    assert_eq!(list["passports"].as_array().unwrap().len(), 1);
    assert_eq!(passport["scope"], json!(scope()));
    (passport["subject"].clone(), passport["askedBy"].clone())
}

#[tokio::test]
async fn the_release_is_found_in_the_metadata_and_the_hook_is_on_record() {
    let usual = router("advisory", said("passed"), json!({})).await;
    asked(&usual, "confirm-rollout").await;
    let whole =
        json!({ "version": "1.4.2", "revision": REVISION, "artifactDigests": ["sha256:abc"] });
    assert_eq!(recorded(&usual).await, (whole, json!("flagger")));

    let keys = json!({ "release": { "revision": "team", "version": "absent" } });
    let own = router("advisory", said("passed"), keys).await;
    asked(&own, "confirm-rollout").await;
    let named = json!({ "revision": "shop", "artifactDigests": ["sha256:abc"] });
    assert_eq!(recorded(&own).await.0, named);

    let without = router("advisory", said("passed"), json!({})).await;
    let path = format!("/v1/hooks/{TOKEN}/flagger/confirm-rollout");
    let answer = send(without.clone(), flagger(&path, Value::Null)).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(recorded(&without).await.0, Value::Null);
}

#[tokio::test]
async fn what_flagger_would_answer_with_a_rollback_is_no_hook() {
    let router = router("enforce", said("away"), json!({})).await;
    for hook in [
        "pre-rollout",
        "rollout",
        "post-rollout",
        "event",
        "nonsense",
    ] {
        let answer = asked(&router, hook).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(body_of(answer).await["code"], "NO_SUCH_HOOK");
    }
}

/// Paths with a token that is good, wrong or expired, and paths that are almost one of a hook.
fn paths() -> Vec<(String, u16)> {
    let wrong = TOKEN.replace("c2Vj", "d2Vj");
    let tokens = [
        (TOKEN, 409),
        (&wrong, 401),
        (EXPIRED, 401),
        ("pm_ci_c2VjcmV0LW9mLXRoZS1ob29r", 401),
    ];
    let mut paths = Vec::new();
    for (token, status) in tokens {
        paths.push((format!("/v1/hooks/{token}/flagger/confirm-rollout"), status));
        paths.push((
            format!("/v1/hooks/{token}/flagger/confirm-rollout?a={token}"),
            status,
        ));
        for near in [
            format!("/v1/hooks/{token}"),
            format!("/v1/hooks/{token}/"),
            format!("/v1/hooks/{token}/nonsense"),
            format!("/v1/hooks/{token}/flagger/confirm-rollout/"),
            format!("//v1/hooks/{token}/flagger/rollback"),
            format!("/v1/hooks/flagger/{token}"),
            format!("/v1/gate/{token}"),
        ] {
            paths.push((near, 404));
        }
    }
    let encoded = "/v1/hooks/%ff/flagger/rollback".to_owned();
    paths.push((encoded, 401));
    paths
}

#[tokio::test]
async fn tokens_that_are_not_admitted_are_all_told_the_same() {
    let router = router("enforce", said("away"), json!({})).await;
    let mut told = Vec::new();
    for (path, status) in paths() {
        let answer = send(router.clone(), flagger(&path, released())).await;
        assert_eq!(answer.status(), status, "{path}");
        if status == 401 {
            told.push((format!("{:?}", answer.headers()), text(answer).await));
        }
    }
    assert!(told.len() > 5);
    told.dedup();
    assert_eq!(told.len(), 1, "{told:#?}");
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl io::Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_log_metric_or_answer_repeats_a_token_of_a_path() {
    let written = Written::default();
    let writer = written.clone();
    let lines = fmt::layer()
        .with_writer(move || writer.clone())
        .with_span_events(fmt::format::FmtSpan::FULL);
    let _guard = tracing_subscriber::registry().with(lines).set_default();
    let router = router("enforce", said("away"), json!({})).await;
    let mut answers = String::new();
    for (path, _) in paths() {
        for request in [
            flagger(&path, released()),
            Request::get(&path).body(Body::empty()).unwrap(),
            Request::post(&path).body(Body::from("no JSON")).unwrap(),
        ] {
            let answer = send(router.clone(), request).await;
            answers += &format!("{:?}", answer.headers());
            answers += &text(answer).await;
        }
    }
    let metrics = Request::get("/metrics").body(Body::empty()).unwrap();
    answers += &text(send(router.clone(), metrics).await).await;
    let lines = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    assert!(
        lines.contains("an expired token of a hook was refused"),
        "{lines}"
    );
    assert!(
        lines.contains("an unknown token of a hook was refused"),
        "{lines}"
    );
    assert!(lines.contains("decided"), "{lines}");
    for secret in [TOKEN, EXPIRED, "c2Vj", "d2Vj", "LW9mLXRoZS"] {
        assert!(!lines.contains(secret), "{secret}: {lines}");
        assert!(!answers.contains(secret), "{secret}: {answers}");
    }
}

// === Argo Rollouts ===

/// What the web provider of Argo Rollouts asks: its header and its user agent.
fn argo(request: http::request::Builder, body: Body) -> Request<Body> {
    let request = request.header("user-agent", "Go-http-client/1.1");
    request
        .header("accept-encoding", "gzip")
        .body(body)
        .unwrap()
}

fn measured(mode: &str) -> [Request<Body>; 2] {
    let query = format!(
        "workspaceId=acme&service=checkout-api&environment=production\
         &revision={REVISION}&artifactDigest=&version=1.4.2"
    );
    let get = Request::get(format!("/v1/hooks/argo-rollouts?{query}"));
    let subject = json!({ "revision": REVISION, "version": "1.4.2" });
    let body = json!({ "scope": scope(), "subject": subject, "mode": mode });
    let post = Request::post("/v1/hooks/argo-rollouts").header("content-type", "application/json");
    [
        argo(get, Body::empty()),
        argo(post, Body::from(body.to_string())),
    ]
}

#[tokio::test]
async fn a_measurement_succeeds_fails_or_stays_inconclusive() {
    for (mode, evidence, go, stop, decision) in [
        ("enforce", "passed", true, false, "allow"),
        ("enforce", "failed", false, true, "block"),
        ("enforce", "away", false, false, "hold"),
        ("advisory", "failed", true, false, "block"),
        ("shadow", "away", true, false, "hold"),
    ] {
        let router = router(mode, said(evidence), json!({})).await;
        for request in measured(mode) {
            let answer = send(router.clone(), request).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["cache-control"], "no-store");
            let told = body_of(answer).await;
            assert_eq!(
                (&told["go"], &told["stop"]),
                (&json!(go), &json!(stop)),
                "{told:#}"
            );
            assert_eq!(
                (told["decision"].as_str(), told["mode"].as_str()),
                (Some(decision), Some(mode))
            );
            assert!(!told["reason"].as_str().unwrap().is_empty());
        }
    }
}

#[tokio::test]
async fn a_measurement_that_asks_wrongly_says_what_is_wanted() {
    let router = router("enforce", said("passed"), json!({})).await;
    for (query, field) in [
        ("workspaceId=acme&service=checkout-api", "environment"),
        (
            "workspaceId=a&service=b&environment=c&revision=x&revision=y",
            "query",
        ),
    ] {
        let request = Request::get(format!("/v1/hooks/argo-rollouts?{query}"));
        let answer = send(router.clone(), argo(request, Body::empty())).await;
        assert_eq!(answer.status(), 400);
        assert_eq!(body_of(answer).await["errors"][0]["field"], field);
    }
}

#[tokio::test]
async fn without_tokens_no_page_of_somebody_else_makes_a_decision() {
    let router = router("enforce", said("passed"), json!({})).await;
    for (site, status) in [
        ("cross-site", 403),
        ("same-site", 403),
        ("same-origin", 200),
        ("none", 200),
    ] {
        let [mut get, _] = measured("enforce");
        get.headers_mut()
            .insert("sec-fetch-site", site.parse().unwrap());
        assert_eq!(send(router.clone(), get).await.status(), status, "{site}");
    }
}
