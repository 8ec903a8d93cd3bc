use axum::{Router, body::Body, http::StatusCode, middleware::from_fn_with_state, routing::post};
use tower::ServiceExt as _;

use super::*;

const CALL: &str = "/passport.collector.v1.CollectorService/Ingest";

/// Asks a router whose every route answers, and gives the gRPC status that came instead, if any.
async fn asked(wanted: Option<&str>, path: &str, shown: &[&str]) -> Option<String> {
    let wanted = Wanted::new(wanted.map(SecretString::from).as_ref());
    let router = Router::new()
        .route(CALL, post(|| async {}))
        .route("/grpc.health.v1.Health/Check", post(|| async {}))
        .layer(from_fn_with_state(wanted, required));
    let mut request = Request::post(path);
    for header in shown {
        request = request.header(AUTHORIZATION, *header);
    }
    let response = router.oneshot(request.body(Body::empty()).unwrap()).await;
    let response = response.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let status = response.headers().get("grpc-status");
    status.map(|it| it.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn only_who_shows_the_token_is_let_in() {
    let unauthenticated = Some("16".to_owned());
    assert_eq!(asked(Some("abc"), CALL, &["Bearer abc"]).await, None);
    for shown in [
        &[][..],
        &["Bearer ab"],
        &["Bearer abcd"],
        &["bearer abc"],
        &["Basic abc"],
        &["Bearer "],
        &["Bearer x", "Bearer abc"],
    ] {
        let answer = asked(Some("abc"), CALL, shown).await;
        assert_eq!(answer, unauthenticated, "{shown:?}");
    }
}

#[tokio::test]
async fn health_needs_no_token_and_nothing_does_where_none_is_set() {
    let health = "/grpc.health.v1.Health/Check";
    assert_eq!(asked(Some("abc"), health, &[]).await, None);
    assert_eq!(asked(None, CALL, &[]).await, None);
}
