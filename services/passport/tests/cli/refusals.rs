//! Questions that could not be asked or answered: exit code, message, next step.

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::fake::Fake;
use crate::golden::assert_golden;
use crate::run::{Ran, SCOPE, passport, run};

async fn collect(url: &str, more: &[&str]) -> Ran {
    let mut command = passport();
    command
        .args(["--gateway", url, "collect"])
        .args(SCOPE)
        .args(more);
    run(command).await
}

async fn refused(status: Status) -> Ran {
    let fake = Fake {
        refusal: Some(status),
        ..Fake::default()
    };
    let gateway = fake.listen().await;
    collect(&gateway.url, &[]).await
}

#[tokio::test]
async fn every_refusal_says_what_to_do_next() {
    let field = ErrorDetails::with_bad_request_violation("sources", "names a source twice");
    let delay = ErrorDetails::with_retry_info(Some(std::time::Duration::from_secs(7)));
    let statuses = [
        Status::unauthenticated("no token"),
        Status::permission_denied("not granted"),
        Status::with_error_details(Code::InvalidArgument, "bad request", field),
        Status::with_error_details(Code::ResourceExhausted, "too many requests", delay),
        Status::unavailable("draining"),
        Status::with_error_details(
            Code::Unimplemented,
            "this is not built yet",
            ErrorDetails::with_error_info(
                "NOT_BUILT_YET",
                "passport-mesh",
                [] as [(String, String); 0],
            ),
        ),
        Status::internal("a fault"),
        Status::deadline_exceeded(""),
    ];
    let mut said = String::new();
    for status in statuses {
        let code = status.code();
        let ran = refused(status).await;
        assert_eq!(ran.out, "", "{code:?}");
        let port = ran.err.find("http://127.0.0.1:").map(|at| {
            let rest = &ran.err[at..];
            rest.split_whitespace().next().unwrap().to_owned()
        });
        let err = ran
            .err
            .replace(&port.unwrap_or("\0".to_owned()), "http://GATEWAY");
        said.push_str(&format!("{code:?} -> {}\n{err}\n", ran.code));
    }
    assert_golden("refusals.txt", &said);
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_unreachable() {
    let ran = collect("http://127.0.0.1:1", &[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(
        ran.err
            .contains("could not reach the gateway at http://127.0.0.1:1")
    );
    assert!(ran.err.contains("next: "));
}

#[tokio::test]
async fn a_gateway_that_never_answers_costs_no_more_than_the_timeout() {
    let fake = Fake {
        hangs: true,
        ..Fake::default()
    };
    let gateway = fake.listen().await;
    let ran = collect(&gateway.url, &["--timeout", "200ms"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("within 200ms"), "{}", ran.err);
    assert!(gateway.asked().has_deadline);
}

#[tokio::test]
async fn what_the_gateway_says_can_not_steer_the_terminal() {
    let ran = refused(Status::internal("a \u{1b}[2Jfault")).await;
    assert_eq!(ran.code, 3);
    assert!(!ran.err.contains('\u{1b}'), "{:?}", ran.err);
}

#[tokio::test]
async fn an_error_that_can_t_be_read_is_an_error_and_no_crash() {
    let broken = axum::Router::new().fallback(async || {
        let headers = [
            ("content-type", "application/grpc"),
            ("grpc-status", "5"),
            ("grpc-status-details-bin", "%%%"),
        ];
        (headers, "")
    });
    let ran = collect(&web(broken).await, &[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(
        ran.err.contains("an error that can't be read"),
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn an_answer_that_lacks_its_outcome_is_not_one_of_a_gateway() {
    let fake = Fake {
        outcomes: vec![Default::default()],
        ..Fake::default()
    };
    let gateway = fake.listen().await;
    let ran = collect(&gateway.url, &["-o", "json"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("outcome is missing"));
}

/// Answers every connection with the same bytes, whatever it is asked.
async fn page(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            // Who was told enough may go at any time.
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
            tokio::spawn(async move {
                // Closing with something unread would take back what was said.
                let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
            });
        }
    });
    url
}

/// Serves these routes as HTTP/2 too.
async fn web(router: axum::Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn a_connection_that_is_closed_without_an_answer_is_told_as_one() {
    let url = page(b"").await;
    let ran = collect(&url, &[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    let said = format!("the connection to {url} ended before an answer: ");
    assert!(ran.err.contains(&said), "{}", ran.err);
}

#[tokio::test]
async fn what_is_no_gateway_is_called_so() {
    let http_1 =
        b"HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\nconnection: close\r\n\r\nwhat now?";
    let (_, health) = tonic_health::server::health_reporter();
    let other_service = tonic::service::Routes::new(health).into_axum_router();
    let a_page = axum::Router::new().fallback(async || axum::response::Html("<h1>Welcome</h1>"));
    for url in [
        web(a_page).await,
        web(axum::Router::new()).await,
        web(other_service).await,
    ] {
        let ran = collect(&url, &[]).await;
        assert_eq!((ran.code, ran.out.as_str()), (3, ""));
        let said = format!("what answers at {url} is no Passport gateway");
        assert!(ran.err.contains(&said), "{}", ran.err);
    }
    // Whether its words or the end of the connection come first is a race.
    let url = page(http_1).await;
    let ran = collect(&url, &[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    for part in [url.as_str(), "Passport gateway"] {
        assert!(ran.err.contains(part), "{}", ran.err);
    }
}
