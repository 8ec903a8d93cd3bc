//! Servers that keep to no protocol cost the call to them and nothing else.

use std::convert::Infallible;

use axum::{Router, response::Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue};
use http_body::Frame;
use http_body_util::StreamBody;
use tonic::{Code, body::Body};

use super::*;

const DETAILS: &str = "grpc-status-details-bin";

/// A server that gives every call this error, at once or after its answer has begun.
async fn failing(details: &'static [u8], at_once: bool) -> CollectorCalls {
    let answer = move || async move {
        let details = HeaderValue::from_bytes(details).unwrap();
        let error = HeaderMap::from_iter([
            (
                "grpc-status".parse().unwrap(),
                HeaderValue::from_static("5"),
            ),
            (DETAILS.parse().unwrap(), details),
        ]);
        let mut response = Response::new(Body::empty());
        if at_once {
            *response.headers_mut() = error;
        } else {
            let frames = [
                Frame::data(Bytes::from_static(&[0; 5])),
                Frame::trailers(error),
            ];
            let frames = stream::iter(frames).map(Ok::<_, Infallible>);
            response = Response::new(Body::new(StreamBody::new(frames)));
        }
        let media = HeaderValue::from_static("application/grpc");
        response.headers_mut().insert("content-type", media);
        response
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer);
    tokio::spawn(serve(router, listener, std::future::pending::<()>(), AMPLE));
    at(&uri).unwrap().for_caller("tests")
}

#[tokio::test]
async fn details_that_are_not_base64_are_a_fault_of_the_collector() {
    for details in [b"%%%".as_slice(), b"A", b"====", b"\xff\xfe", b"AAAA AAAA"] {
        for at_once in [true, false] {
            let client = failing(details, at_once).await;
            let status = client.collect(order("a"), AMPLE).await.unwrap_err();
            assert_eq!(status.code(), Code::Internal, "{details:?}");
            let mut codes = Vec::new();
            match client.collect_stream(order("a"), AMPLE).await {
                Err(status) => codes.push(status.code()),
                Ok(mut stream) => {
                    while let Some(message) = stream.next().await {
                        codes.extend(message.err().map(|it| it.code()));
                    }
                }
            }
            assert_eq!(codes, [Code::Internal], "{details:?}");
        }
    }
}

#[tokio::test]
async fn details_padded_or_not_are_read() {
    for details in [b"CAU".as_slice(), b"CAU="] {
        for at_once in [true, false] {
            let client = failing(details, at_once).await;
            let status = client.collect(order("a"), AMPLE).await.unwrap_err();
            assert_eq!(
                (status.code(), status.details()),
                (Code::NotFound, &[8, 5][..])
            );
        }
    }
}
