//! How large, how slow and how many deliveries may be.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use futures::{poll, stream};
use http::{Request, StatusCode, header::RETRY_AFTER};
use http_body::{Frame, SizeHint};
use passport_policy::tokens::Tokens;
use passport_proto::collector::{IngestResponse, IngestResult};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{
    fake::Then,
    world::{World, json, send},
};
use crate::{Access, gateway::MAX_BODY};

const MIB: usize = 1 << 20;
const HTTP: &str = "/v1/evidence/ingest/signed\
                    ?workspaceId=acme&service=checkout-api&environment=staging";
const GRPC: &str = "/passport.gateway.v1.GatewayService/IngestEvidence";

/// A body that is made while it is read, a MiB at a time.
struct Endless {
    head: Bytes,
    left: usize,
    announced: Option<u64>,
    taken: Arc<AtomicUsize>,
}

impl Endless {
    /// So many MiB, with what was taken of them.
    fn of(mib: usize) -> (Self, Arc<AtomicUsize>) {
        let taken = Arc::<AtomicUsize>::default();
        let body = Self {
            head: Bytes::new(),
            left: mib,
            announced: None,
            taken: Arc::clone(&taken),
        };
        (body, taken)
    }
}

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let head = std::mem::take(&mut self.head);
        if !head.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.taken.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![0; MIB])))))
    }

    fn size_hint(&self) -> SizeHint {
        self.announced.map(SizeHint::with_exact).unwrap_or_default()
    }
}

fn accepting() -> World {
    let mut world = World::new();
    world.cicd.ingest = Ok(IngestResponse {
        result: IngestResult::Accepted.into(),
        http_status: 202,
        ..IngestResponse::default()
    });
    world
}

async fn post(router: &Router, body: impl Into<Body>) -> Response {
    let request = Request::post(HTTP).header("passport-timeout", "2s");
    send(router.clone(), request.body(body.into()).unwrap()).await
}

/// A raw call of gRPC: tonic's own client would make the whole message first.
async fn call(router: &Router, body: Body) -> Status {
    let request = Request::post(GRPC)
        .header("content-type", "application/grpc")
        .header("grpc-timeout", "2S")
        .header("te", "trailers");
    let response = send(router.clone(), request.body(body).unwrap()).await;
    Status::from_header_map(response.headers()).unwrap()
}

/// The frame of a message that says that it has so many bytes.
fn announcing(bytes: usize) -> Bytes {
    let length = u32::try_from(bytes).unwrap().to_be_bytes();
    [&[0], length.as_slice()].concat().into()
}

#[tokio::test]
async fn a_body_that_says_that_it_is_too_large_is_not_read() {
    let router = accepting().router().await;
    let (mut body, taken) = Endless::of(64);
    body.announced = Some(64 * MIB as u64);
    let response = post(&router, Body::new(body)).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(json(response).await["code"], "TOO_LARGE");
    assert_eq!(taken.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_up_to_the_limit() {
    let router = accepting().router().await;
    let (body, taken) = Endless::of(64);
    let response = post(&router, Body::new(body)).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(taken.load(Ordering::SeqCst), MAX_BODY / MIB + 1);
}

#[tokio::test]
async fn over_grpc_a_message_that_is_too_large_is_not_read() {
    let router = accepting().router().await;
    let (mut body, taken) = Endless::of(64);
    body.head = announcing(64 * MIB);
    let status = call(&router, Body::new(body)).await;
    assert_eq!(status.code(), Code::ResourceExhausted);
    let info = status.get_details_error_info().unwrap();
    assert_eq!(
        (info.reason.as_str(), info.domain.as_str()),
        ("TOO_LARGE", "passport-mesh")
    );
    assert!(taken.load(Ordering::SeqCst) <= 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_ends_with_the_time_of_the_call() {
    let never = || Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
    let granted = accepting().router().await;
    let response = post(&granted, never()).await;
    assert_eq!(response.status(), StatusCode::REQUEST_TIMEOUT);
    assert_eq!(json(response).await["code"], "SLOW_BODY");
    assert_eq!(call(&granted, never()).await.code(), Code::DeadlineExceeded);
    let mut strict = accepting();
    strict.access = Access::tokens(Tokens::default());
    let response = post(&strict.router().await, never()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn deliveries_beyond_the_room_there_is_are_told_to_come_again() {
    let mut world = accepting();
    world.room = 10;
    let free = world.router().await;
    // What was delivered makes room again.
    for _ in 0..3 {
        assert_eq!(
            post(&free, vec![0; 10]).await.status(),
            StatusCode::ACCEPTED
        );
    }
    world.cicd.then = Then::Hangs;
    let router = world.router().await;
    let mut first = Box::pin(post(&router, vec![0; 8]));
    assert!(poll!(first.as_mut()).is_pending());
    let response = post(&router, vec![0; 3]).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()[RETRY_AFTER], "5");
    assert_eq!(json(response).await["code"], "NO_ROOM");
    let status = call(&router, Body::from(announcing(100))).await;
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.get_details_error_info().unwrap().reason, "NO_ROOM");
    assert!(status.get_details_retry_info().is_some());
    // A sender who leaves makes room too.
    drop(first);
    let mut next = Box::pin(post(&router, vec![0; 10]));
    assert!(poll!(next.as_mut()).is_pending());
}

#[tokio::test]
async fn who_announces_much_and_sends_nothing_keeps_nobody_out() {
    let mut world = accepting();
    world.room = MIB;
    let router = world.router().await;
    let silent = stream::pending::<Result<Bytes, std::io::Error>>();
    let mut silent = Box::pin(post(&router, Body::from_stream(silent)));
    assert!(poll!(silent.as_mut()).is_pending());
    assert_eq!(
        post(&router, vec![0; MIB]).await.status(),
        StatusCode::ACCEPTED
    );
}
