//! What is shown of requests, replies and errors.

use std::error::Error;
use std::fmt::Debug;

use http::HeaderValue;
use http::header::{AUTHORIZATION, HeaderName};

use super::server::{Server, Step};
use super::tls::{Authority, trusting};
use super::{client, endpoint, options};
use crate::{ClientIdentity, ClientOptions, GuardedClient, Request, SendError, TlsOptions};

const SECRET: &str = "hunter2";

fn telling() -> Request {
    Request::post([SECRET])
        .query(SECRET, SECRET)
        .header(AUTHORIZATION, HeaderValue::from_static(SECRET))
        .header(
            HeaderName::from_static("x-key"),
            HeaderValue::from_static(SECRET),
        )
        .body(HeaderValue::from_static(SECRET), SECRET)
}

fn assert_silent(shown: &impl Debug) {
    let shown = format!("{shown:?} {shown:#?}");
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(!shown.contains("127.0.0.1"), "{shown}");
}

fn assert_silent_error(error: &SendError) {
    assert_silent(error);
    assert!(!error.to_string().contains(SECRET) && !error.to_string().contains("127.0.0.1"));
    let mut cause = error.source();
    while let Some(error) = cause {
        assert!(!format!("{error} {error:?}").contains(SECRET));
        cause = error.source();
    }
}

#[test]
fn a_request_shows_none_of_its_parts() {
    assert_silent(&telling());
}

#[tokio::test]
async fn a_reply_shows_neither_headers_nor_body() {
    let head = format!("HTTP/1.1 200 OK\r\nx-key: {SECRET}\r\ncontent-length: 7\r\n\r\n{SECRET}");
    let server = Server::replying(&head).await;
    let reply = client(&server.http()).send(telling()).await.unwrap();
    assert_eq!(&reply.body[..], SECRET.as_bytes());
    assert_silent(&reply);
}

#[tokio::test]
async fn no_error_tells_what_was_asked_or_answered() {
    let half = format!("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{SECRET}");
    let packed = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n{SECRET}{SECRET}");
    let large = format!("HTTP/1.1 200 OK\r\nx-key: {SECRET}\r\ncontent-length: 99999999\r\n\r\n");
    for reply in [
        SECRET,
        &half,
        &packed,
        &large,
        "",
        "HTTP/1.1 200 hunter2\r\nhunter2\r\n\r\n",
    ] {
        let server = Server::plain(vec![Step::Send(reply.as_bytes().to_vec())]).await;
        let error = client(&server.http()).send(telling()).await.unwrap_err();
        assert_silent_error(&error);
    }
}

#[tokio::test]
async fn a_refused_request_does_not_tell_why_it_looked_so() {
    let client = client("http://127.0.0.1:9");
    assert_silent_error(&client.send(Request::get([SECRET, ".."])).await.unwrap_err());
    assert_silent_error(&client.send(telling()).await.unwrap_err());
}

#[test]
fn a_client_shows_its_origin_and_its_options_no_key() {
    let options = ClientOptions {
        tls: trusting(&Authority::new()),
        ..options()
    };
    let client = GuardedClient::new(endpoint("https://h.example/hunter2"), options).unwrap();
    assert_silent(&client);
    let identity = ClientIdentity {
        certificates_pem: Vec::new(),
        key_pem: SECRET.as_bytes().to_vec().into(),
    };
    let numbers = format!("{:?}", SECRET.as_bytes());
    assert!(!format!("{identity:?}").contains(numbers.trim_matches(['[', ']'])));
    let tls = TlsOptions {
        identity: Some(identity),
        ..TlsOptions::default()
    };
    let options = ClientOptions {
        tls,
        ..ClientOptions::default()
    };
    assert!(!format!("{options:?}").contains(numbers.trim_matches(['[', ']'])));
}
