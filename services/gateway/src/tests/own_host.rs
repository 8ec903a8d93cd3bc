//! Without tokens, a page that points a name of its own at this machine gets nothing.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, request},
    response::Response,
    routing::{get, post},
};
use passport_policy::tokens::Tokens;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;

use super::world::{World, around, json, meters};
use passport_service_kit::server::Beside;

use crate::{Access, router};

const OWN: [&str; 7] = [
    "localhost",
    "LOCALHOST:8080",
    "localhost:1",
    "127.0.0.1",
    "127.0.0.1:65535",
    "[::1]",
    "[::1]:8080",
];

const FOREIGN: [&str; 13] = [
    "",
    ":8080",
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "evil.localhost",
    "localhost@evil.example",
    "evil@localhost",
    "127.0.0.1.evil.example",
    "192.0.2.1:8080",
    "0.0.0.0:8080",
    "[::2]:8080",
    "localhost:8080:evil",
];

async fn ask(world: &World, request: request::Builder) -> Response {
    let beside = Router::new()
        .route("/v1/metrics", post(|| async {}))
        .route("/beside", get(|| async {}));
    let beside = Beside {
        http: beside,
        ..Beside::default()
    };
    let made = router(world.gateway(), &around(meters()), beside)
        .await
        .unwrap();
    let request = request.body(Body::empty()).unwrap();
    made.0.oneshot(request).await.unwrap()
}

async fn code(response: Response) -> String {
    let document = json(response).await;
    document["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn own_names_are_answered_and_no_other_on_any_path() {
    let world = World::new();
    for path in ["/healthz", "/openapi.json", "/beside"] {
        for host in OWN {
            let response = ask(&world, Request::get(path).header("host", host)).await;
            assert_eq!(response.status(), StatusCode::OK, "{host} {path}");
        }
    }
    for path in [
        "/healthz",
        "/v1/connectors",
        "/beside",
        "/v1/metrics",
        "/nope",
    ] {
        for host in FOREIGN {
            let response = ask(&world, Request::get(path).header("host", host)).await;
            assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST, "{host}");
            let media = &response.headers()["content-type"];
            assert_eq!(media, "application/problem+json");
            assert_eq!(code(response).await, "FOREIGN_HOST", "{host} {path}");
        }
    }
}

#[tokio::test]
async fn every_name_that_a_request_has_for_its_server_must_be_an_own_one() {
    let world = World::new();
    let http_2 = |authority: &str| Request::get(format!("http://{authority}/healthz"));
    for (request, status) in [
        (Request::get("/healthz"), 421),
        (http_2("localhost:8080"), 200),
        (http_2("evil.example"), 421),
        (http_2("evil@localhost"), 421),
        (http_2("localhost").header("host", "evil.example"), 421),
        (http_2("evil.example").header("host", "localhost"), 421),
        (
            Request::get("/healthz")
                .header("host", "localhost")
                .header("host", "evil.example"),
            421,
        ),
    ] {
        assert_eq!(ask(&world, request).await.status(), status);
    }
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_under_an_own_name_as_well() {
    let world = World::new();
    let from = |origin: &str| {
        Request::get("/v1/connectors")
            .header("host", "localhost:8080")
            .header("origin", origin)
    };
    for origin in [
        "null",
        "",
        "https://evil.example",
        "http://localhost.evil.example",
    ] {
        let response = ask(&world, from(origin)).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{origin}");
        assert_eq!(code(response).await, "FOREIGN_ORIGIN");
    }
    for origin in ["http://localhost:8080", "http://[::1]:8080"] {
        let response = ask(&world, from(origin)).await;
        assert_eq!(response.status(), StatusCode::OK, "{origin}");
    }
}

#[tokio::test]
async fn over_grpc_the_refusal_is_a_status_with_its_reason() {
    let path = "/passport.gateway.v1.GatewayService/ListConnectors";
    let request = Request::post(format!("http://evil.example{path}"));
    let request = request.header("content-type", "application/grpc");
    let response = ask(&World::new(), request).await;
    let status = Status::from_header_map(response.headers()).unwrap();
    assert_eq!(status.code(), Code::PermissionDenied);
    let details = status.get_error_details();
    assert_eq!(details.error_info().unwrap().reason, "FOREIGN_HOST");
}

#[tokio::test]
async fn a_gateway_with_tokens_is_reached_under_any_name() {
    let mut world = World::new();
    world.access = Access::tokens(Tokens::default());
    let request = Request::get("/healthz").header("host", "passport.example.com");
    let request = request.header("origin", "https://console.example.com");
    assert_eq!(ask(&world, request).await.status(), StatusCode::OK);
}
