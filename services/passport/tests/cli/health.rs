//! `passport health`, as a supervisor runs it.

use std::net::SocketAddr;

use axum::{Router, http::StatusCode, routing::get};
use tokio::net::TcpListener;
use tonic_health::ServingStatus;
use tonic_health::server::health_reporter;

use crate::run::{Ran, passport, run};

/// A service in the given state, of which `/readyz` says something of its own.
async fn service(serving: ServingStatus, ready: StatusCode) -> String {
    let (reporter, health) = health_reporter();
    reporter.set_service_status("", serving).await;
    let grpc = tonic::service::Routes::new(health).into_axum_router();
    let router = grpc.merge(Router::new().route("/readyz", get(async move || ready)));
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = TcpListener::bind(loopback).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        axum::serve(listener, router).await.unwrap();
    });
    url
}

async fn health(url: &str, more: &[&str]) -> Ran {
    let mut command = passport();
    command.args(["health", "--gateway", url]).args(more);
    run(command).await
}

#[tokio::test]
async fn what_takes_calls_ends_with_0() {
    let url = service(ServingStatus::Serving, StatusCode::OK).await;
    let ran = health(&url, &[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "serving\n"));
    let ran = health(&url, &["--ready"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (0, "ready\n"));
}

#[tokio::test]
async fn what_is_ending_ends_with_1() {
    let url = service(ServingStatus::NotServing, StatusCode::OK).await;
    for more in [&[][..], &["--ready"]] {
        let ran = health(&url, more).await;
        assert_eq!((ran.code, ran.out.as_str()), (1, "not serving\n"));
    }
}

#[tokio::test]
async fn what_lacks_its_database_takes_calls_and_is_not_ready() {
    let url = service(ServingStatus::Serving, StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(health(&url, &[]).await.code, 0);
    let ran = health(&url, &["--ready"]).await;
    let expected = (1, "serving, and not ready\n");
    assert_eq!((ran.code, ran.out.as_str()), expected);
}

#[tokio::test]
async fn nobody_there_ends_with_3() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let ran = health(&url, &[]).await;
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
}
