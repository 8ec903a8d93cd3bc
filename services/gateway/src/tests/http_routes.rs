//! The HTTP surface, request by request.

use axum::{body::Body, response::Response};
use http::{Request, StatusCode, header::CONTENT_TYPE};
use passport_evidence::FailureCode;
use serde_json::{Value, json};

use tokio::time::Instant;

use super::fake::Then;
use super::world::{World, fails, good, json, observed_before, says, send, text};

const COLLECT: &str = "/v1/evidence/collect";
const SCOPE: &str = "workspaceId=acme&service=checkout-api&environment=production";

fn two_outcomes() -> World {
    let mut world = World::metrics_says(vec![
        says(good("errors")),
        fails("latency", FailureCode::Throttled),
    ]);
    world.cicd.outcomes = vec![says(observed_before(10, "pipeline", "build"))];
    world
}

fn scope() -> Value {
    json!({ "workspaceId": "acme", "service": "checkout-api", "environment": "production" })
}

async fn get(world: &World, path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    send(world.router().await, request).await
}

async fn post(world: &World, path: &str, body: impl Into<Body>) -> Response {
    let request = Request::post(path).header(CONTENT_TYPE, "application/json");
    send(world.router().await, request.body(body.into()).unwrap()).await
}

async fn collect(body: Value) -> Response {
    post(&two_outcomes(), COLLECT, body.to_string()).await
}

/// Status, code and fields at fault of a problem document.
async fn problem(response: Response) -> (u16, String, Vec<String>) {
    assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    let status = response.status().as_u16();
    let document = json(response).await;
    assert_eq!(document["status"], status);
    assert!(document["title"].is_string() && document["detail"].is_string());
    let code = document["code"].as_str().unwrap().to_owned();
    let slug = code.to_lowercase().replace('_', "-");
    assert_eq!(
        document["type"],
        format!("urn:passport-mesh:problem:{slug}")
    );
    let errors = document["errors"].as_array().cloned().unwrap_or_default();
    let fields = errors
        .iter()
        .map(|it| it["field"].as_str().unwrap().to_owned());
    (status, code, fields.collect())
}

fn is(status: u16, code: &str, fields: &[&str]) -> (u16, String, Vec<String>) {
    let fields = fields.iter().map(ToString::to_string).collect();
    (status, code.to_owned(), fields)
}

#[tokio::test]
async fn collected_evidence_has_the_documented_form() {
    let response = collect(json!({ "scope": scope(), "sources": ["errors"] })).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        text(response).await,
        concat!(
            r#"{"evidence":[{"connector":"gauge","scope":{"workspaceId":"acme","#,
            r#""service":"checkout-api","environment":"production"},"#,
            r#""freshness":{"observedAt":"2026-05-03T09:29:50Z","maxAgeSeconds":300},"#,
            r#""facts":[{"name":"error_rate","status":"passed","value":"0.02%","#,
            r#""threshold":"< 1%","observedAt":"2026-05-03T09:29:50Z"}],"source":"errors","#,
            r#""provenance":{"origin":"pulled","collectedAt":"2026-05-03T09:30:00Z"}}],"#,
            r#""failures":[]}"#
        )
    );
}

#[tokio::test]
async fn failures_have_the_documented_form() {
    let response = collect(json!({ "scope": scope(), "sources": ["latency", "nope"] })).await;
    let document = json(response).await;
    assert_eq!(document["evidence"], json!([]));
    assert_eq!(
        document["failures"],
        json!([
            { "connector": "gauge", "source": "latency", "code": "THROTTLED", "message": "ask again" },
            {
                "connector": "",
                "source": "nope",
                "code": "NOT_CONFIGURED",
                "message": "no source of this name is configured in this scope",
            },
        ])
    );
}

#[tokio::test]
async fn filters_and_a_tighter_max_age_are_taken() {
    let body = json!({
        "scope": scope(),
        "subject": { "version": "1.2.3" },
        "categories": ["metrics"],
        "maxAgeSeconds": 5,
    });
    let document = json(collect(body).await).await;
    let evidence = document["evidence"].as_array().unwrap();
    assert_eq!(evidence.len(), 1);
    assert_eq!(evidence[0]["facts"][0]["reason"], "STALE");
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_named_by_its_json_path() {
    for (body, field) in [
        (json!({ "scope": scope(), "surces": [] }), "surces"),
        (json!({ "scope": { "workspaceId": "acme" } }), "scope"),
        (
            json!({ "scope": { "workspace": "acme" } }),
            "scope.workspace",
        ),
        (json!({ "scope": 7 }), "scope"),
        (json!({}), ""),
        (
            json!({ "scope": scope(), "sources": ["No Such"] }),
            "sources[0]",
        ),
        (
            json!({ "scope": scope(), "categories": ["cicd"] }),
            "categories[0]",
        ),
        (
            json!({ "scope": scope(), "maxAgeSeconds": 0 }),
            "maxAgeSeconds",
        ),
        (
            json!({ "scope": scope(), "maxAgeSeconds": "5m" }),
            "maxAgeSeconds",
        ),
        (
            json!({ "scope": scope(), "subject": { "artifactDigests": [""] } }),
            "subject.artifactDigests[0]",
        ),
    ] {
        let told = problem(collect(body.clone()).await).await;
        assert_eq!(told, is(400, "INVALID_ARGUMENT", &[field]), "{body}");
    }
}

#[tokio::test]
async fn a_problem_does_not_repeat_what_was_sent() {
    for body in [
        json!({ "scope": scope(), "maxAgeSeconds": "hunter2" }),
        json!({ "scope": scope(), "maxAgeSeconds": "hunter2, expected hunter2" }),
        json!({ "scope": { "workspaceId": "hunter2 ", "service": "a", "environment": "b" } }),
        json!({ "scope": scope(), "categories": ["hunter2"] }),
    ] {
        let text = text(collect(body).await).await;
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_a_problem() {
    let world = World::new();
    for body in ["", "{", "{}{}", "not json"] {
        let told = problem(post(&world, COLLECT, body).await).await;
        assert_eq!(told.0, 400, "{body}");
    }
    let told = problem(post(&world, COLLECT, "{\"scope\":").await).await;
    assert_eq!(told, is(400, "MALFORMED_JSON", &[]));
}

#[tokio::test]
async fn another_content_type_is_a_problem() {
    let router = World::new().router().await;
    for media in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/jsonish",
    ] {
        let request = Request::post(COLLECT).header(CONTENT_TYPE, media);
        let response = send(router.clone(), request.body("{}".into()).unwrap()).await;
        assert_eq!(
            problem(response).await,
            is(415, "UNSUPPORTED_MEDIA_TYPE", &[])
        );
    }
}

#[tokio::test]
async fn a_content_type_may_have_parameters() {
    let request = Request::post(COLLECT).header(CONTENT_TYPE, "Application/JSON; charset=utf-8");
    let body = json!({ "scope": scope() }).to_string();
    let response = send(
        two_outcomes().router().await,
        request.body(body.into()).unwrap(),
    )
    .await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_over_the_limit_is_a_problem() {
    let body = vec![b' '; (4 << 20) + 1];
    let told = problem(post(&World::new(), COLLECT, body).await).await;
    assert_eq!(told, is(413, "TOO_LARGE", &[]));
}

#[tokio::test]
async fn a_path_of_no_route_is_a_problem() {
    for path in [
        "/nope",
        "/v1",
        "/v1/evidence/collect/",
        "/passport.Nope/Nope",
    ] {
        let told = problem(get(&World::new(), path).await).await;
        assert_eq!(told, is(404, "NO_SUCH_ROUTE", &[]), "{path}");
    }
}

#[tokio::test]
async fn another_method_is_a_problem_that_names_the_right_one() {
    let response = get(&World::new(), COLLECT).await;
    assert_eq!(response.headers()["allow"], "POST");
    assert_eq!(problem(response).await, is(405, "WRONG_METHOD", &[]));
}

#[tokio::test]
async fn a_scope_that_is_not_configured_is_not_an_empty_answer() {
    let scope = json!({ "workspaceId": "acme", "service": "checkout-api", "environment": "prod" });
    let told = problem(collect(json!({ "scope": scope })).await).await;
    assert_eq!(told, is(404, "NOT_CONFIGURED", &[]));
    let told = json(collect(json!({ "scope": scope, "sources": ["errors"] })).await).await;
    assert_eq!(told["failures"][0]["code"], "NOT_CONFIGURED");
}

#[tokio::test]
async fn a_scope_without_sources_is_an_empty_answer() {
    let scope = json!({ "workspaceId": "acme", "service": "checkout-api", "environment": "empty" });
    let document = json(collect(json!({ "scope": scope })).await).await;
    assert_eq!(document, json!({ "evidence": [], "failures": [] }));
}

// === events ===

#[tokio::test]
async fn outcomes_come_as_events_where_they_are_accepted() {
    let request = Request::post(COLLECT)
        .header(CONTENT_TYPE, "application/json")
        .header("accept", "application/json;q=0.5, text/event-stream");
    let body = json!({ "scope": scope() }).to_string();
    let response = send(
        two_outcomes().router().await,
        request.body(body.into()).unwrap(),
    )
    .await;
    assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
    let text = text(response).await;
    let events: Vec<_> = text.trim().split("\n\n").map(event).collect();
    let mut told: Vec<_> = events
        .iter()
        .map(|(name, data)| format!("{name} {}", data["source"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(told.pop().as_deref(), Some("done "));
    told.sort();
    assert_eq!(
        told,
        ["evidence errors", "evidence pipeline", "failure latency"]
    );
}

fn event(text: &str) -> (String, Value) {
    let (name, data) = text.split_once('\n').unwrap();
    let name = name.strip_prefix("event: ").unwrap().to_owned();
    let data = data.strip_prefix("data: ").unwrap();
    (name, serde_json::from_str(data).unwrap())
}

// === scope in the query ===

#[tokio::test]
async fn what_is_wrong_with_a_query_is_named_by_its_key() {
    let world = World::new();
    let told = problem(get(&world, "/v1/sources").await).await;
    let keys = ["workspaceId", "service", "environment"];
    assert_eq!(told, is(400, "INVALID_ARGUMENT", &keys));
    let doubled = format!("/v1/sources?{SCOPE}&service=other");
    let told = problem(get(&world, &doubled).await).await;
    assert_eq!(told, is(400, "INVALID_ARGUMENT", &["query"]));
    let told = problem(post(&world, &format!("/v1/sources/No/check?{SCOPE}"), "").await).await;
    assert_eq!(told, is(400, "INVALID_ARGUMENT", &["source"]));
}

// === for those who run it ===

#[tokio::test]
async fn a_gateway_with_one_collector_left_is_ready_and_says_who_is_missing() {
    let mut world = World::new();
    world.metrics.then = super::fake::Then::Fails(tonic::Code::Unavailable);
    let response = get(&world, "/readyz").await;
    assert_eq!(response.status(), StatusCode::OK);
    let document = json(response).await;
    let state = |name: &str| document["collectors"][name]["state"].clone();
    assert_eq!(
        (state("cicd"), state("metrics")),
        (json!("answers"), json!("unreachable"))
    );
    assert!(document["collectors"]["metrics"]["since"].is_string());
    world.cicd.then = super::fake::Then::Fails(tonic::Code::Unavailable);
    let response = get(&world, "/readyz").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(json(response).await["status"], "not_ready");
}

#[tokio::test]
async fn the_process_lives() {
    assert_eq!(
        json(get(&World::new(), "/healthz").await).await,
        json!({ "status": "ok" })
    );
}

#[tokio::test]
async fn metrics_are_text_and_name_no_workspace() {
    let world = two_outcomes();
    post(&world, COLLECT, json!({ "scope": scope() }).to_string()).await;
    let response = get(&world, "/metrics").await;
    let media = response.headers()[CONTENT_TYPE]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(media.starts_with("text/plain"), "{media}");
    let text = text(response).await;
    assert!(text.contains("passport_gateway_outcomes"), "{text}");
    assert!(
        !text.contains("acme") && !text.contains("checkout"),
        "{text}"
    );
}

#[tokio::test]
async fn the_status_page_names_collectors_and_no_scope() {
    let text = text(get(&World::new(), "/").await).await;
    assert!(
        text.contains("<td>metrics</td><td>answers</td><td>2"),
        "{text}"
    );
    assert!(!text.contains("acme") && !text.contains("errors"), "{text}");
}

async fn within(world: &World, timeouts: &[&str]) -> Response {
    let mut request = Request::post(COLLECT).header(CONTENT_TYPE, "application/json");
    for timeout in timeouts {
        request = request.header("passport-timeout", *timeout);
    }
    let body = json!({ "scope": scope(), "sources": ["errors"] }).to_string();
    send(world.router().await, request.body(body.into()).unwrap()).await
}

#[tokio::test(start_paused = true)]
async fn a_request_ends_within_the_time_that_it_gives_and_never_later_than_two_minutes() {
    let mut world = two_outcomes();
    world.metrics.then = Then::Hangs;
    world.metrics.outcomes.clear();
    for (timeouts, least, most) in [
        (vec!["2s"], 1_800, 2_000),
        (vec!["800ms"], 700, 800),
        (vec![], 9_000, 10_000),
        (vec!["99999999s"], 110_000, 120_000),
    ] {
        let start = Instant::now();
        let document = json(within(&world, &timeouts).await).await;
        let took = start.elapsed().as_millis();
        assert!((least..=most).contains(&took), "{timeouts:?}: {took}");
        assert_eq!(document["failures"][0]["code"], "TIMED_OUT");
    }
}

#[tokio::test]
async fn a_timeout_that_is_none_is_a_problem() {
    let world = two_outcomes();
    for timeouts in [
        vec![""],
        vec!["5"],
        vec!["s"],
        vec!["0s"],
        vec!["-1s"],
        vec!["1.5s"],
        vec!["5 s"],
        vec!["5S"],
        vec!["5m"],
        vec!["123456789ms"],
        vec!["5s", "5s"],
    ] {
        let told = problem(within(&world, &timeouts).await).await;
        assert_eq!(
            told,
            is(400, "INVALID_ARGUMENT", &["Passport-Timeout"]),
            "{timeouts:?}"
        );
    }
    assert_eq!(world.calls(), 0);
}
