use std::convert::Infallible;

use http_body::Body as _;
use tower::{ServiceBuilder, ServiceExt as _, service_fn};

use super::*;

const CAP: Duration = Duration::from_secs(10);

/// Milliseconds until the deadline that a handler finds, and the header that it finds.
async fn found(timeout: Option<&str>) -> (u128, String) {
    let handler = service_fn(|request: Request<Body>| async move {
        let by = remaining(request.extensions()).unwrap();
        let left = (by - Instant::now()).as_millis();
        let header = request.headers()["grpc-timeout"].to_str().unwrap();
        let text = format!("{left} {header}");
        Ok::<_, Infallible>(
            Response::builder()
                .header("told", text)
                .body(Body::empty())
                .unwrap(),
        )
    });
    let mut request = Request::new(Body::empty());
    if let Some(timeout) = timeout {
        request
            .headers_mut()
            .insert("grpc-timeout", timeout.parse().unwrap());
    }
    let service = ServiceBuilder::new()
        .layer(DeadlineLayer::at_most(CAP))
        .service(handler);
    let response = service.oneshot(request).await.unwrap();
    let text = response.headers()["told"].to_str().unwrap();
    let (left, header) = text.split_once(' ').unwrap();
    (left.parse().unwrap(), header.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_handler_finds_the_deadline_of_the_caller() {
    assert_eq!(found(Some("2S")).await.0, 2_000);
    assert_eq!(found(Some("1500m")).await.0, 1_500);
    assert_eq!(found(Some("2000u")).await.0, 2);
    assert_eq!(found(Some("3000000n")).await.0, 3);
}

#[tokio::test(start_paused = true)]
async fn a_longer_deadline_or_none_or_one_that_is_no_deadline_is_the_cap() {
    let ten_seconds = CAP.as_millis();
    for timeout in [
        None,
        Some("1H"),
        Some("1M"),
        Some("99999999H"),
        Some("1"),
        Some("S"),
        Some("-1S"),
        Some("+1S"),
        Some("1.5S"),
        Some("123456789n"),
        Some("1 S"),
        Some("1s"),
    ] {
        assert_eq!(found(timeout).await.0, ten_seconds, "{timeout:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_header_says_what_is_allowed() {
    let mut headers = http::HeaderMap::new();
    for (asked, allowed) in [
        (None, CAP),
        (Some("1H"), CAP),
        (Some("2S"), Duration::from_secs(2)),
    ] {
        headers.insert("grpc-timeout", found(asked).await.1.parse().unwrap());
        assert_eq!(header::read(&headers), Some(allowed));
    }
}

#[tokio::test(start_paused = true)]
async fn the_answer_at_the_deadline_has_headers_alone() {
    let hanging =
        service_fn(|_: Request<Body>| std::future::pending::<Result<Response<Body>, Infallible>>());
    let service = ServiceBuilder::new()
        .layer(DeadlineLayer::at_most(CAP))
        .service(hanging);
    let response = service.oneshot(Request::new(Body::empty())).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["grpc-status"], "4");
    assert_eq!(response.headers()["content-type"], "application/grpc");
    assert!(response.body().is_end_stream());
}
