//! Bodies and times that are too large.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::server::{Server, Step};
use super::tls::{Authority, trusting};
use super::{client, endpoint, options};
use crate::{ClientOptions, GuardedClient, Request, SendError};

const LIMIT: usize = 256 * 1024;
/// What socket buffers on both sides may hold beyond what the client has read.
const BUFFERS: usize = 16 * 1024 * 1024;

fn limited(server: &Server) -> GuardedClient {
    let options = ClientOptions {
        body_limit: LIMIT,
        ..options()
    };
    GuardedClient::new(endpoint(&server.http()), options).unwrap()
}

fn head(lines: &str) -> Step {
    Step::Send(format!("HTTP/1.1 200 OK\r\n{lines}\r\n\r\n").into_bytes())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

async fn too_large(steps: Vec<Step>) -> Server {
    let server = Server::plain(steps).await;
    let refused = limited(&server)
        .send(Request::get(["big"]))
        .await
        .unwrap_err();
    assert_eq!(refused, SendError::TooLarge { limit: LIMIT });
    assert!(!refused.is_before_send());
    server
}

#[tokio::test]
async fn a_body_as_large_as_the_limit_is_read() {
    let server = Server::plain(vec![
        head(&format!("content-length: {LIMIT}")),
        Step::Send(vec![b'a'; LIMIT]),
    ])
    .await;
    let reply = limited(&server).send(Request::get(["big"])).await.unwrap();
    assert_eq!(reply.body.len(), LIMIT);
}

#[tokio::test]
async fn a_length_announced_above_the_limit_is_refused_unread() {
    // The server would never send the body: only the announcement can be the reason.
    let length = format!("content-length: {}", LIMIT + 1);
    too_large(vec![head(&length), Step::Hang]).await;
}

#[tokio::test]
async fn an_endless_body_without_a_length_is_left_at_the_limit() {
    let server = too_large(vec![
        head("connection: close"),
        Step::Flood(vec![b'a'; 64 * 1024]),
    ])
    .await;
    assert!(
        server.written() < LIMIT + BUFFERS,
        "{} bytes were taken",
        server.written()
    );
}

#[tokio::test]
async fn an_endless_chunked_body_is_left_at_the_limit() {
    let mut chunk = b"10000\r\n".to_vec();
    chunk.resize(chunk.len() + 0x10000, b'a');
    chunk.extend_from_slice(b"\r\n");
    let server = too_large(vec![head("transfer-encoding: chunked"), Step::Flood(chunk)]).await;
    assert!(
        server.written() < LIMIT + BUFFERS,
        "{} bytes were taken",
        server.written()
    );
}

#[tokio::test]
async fn a_gzip_bomb_is_left_at_the_limit() {
    let bomb = gzip(&vec![0; 64 * LIMIT]);
    assert!(bomb.len() < LIMIT / 8);
    // The stream never ends, so the client cannot have waited for its end.
    let lines = "content-encoding: gzip\r\nconnection: close";
    too_large(vec![head(lines), Step::Send(bomb), Step::Hang]).await;
}

#[tokio::test]
async fn a_small_gzip_bomb_with_a_length_is_left_at_the_limit() {
    let bomb = gzip(&vec![0; 4 * LIMIT]);
    let lines = format!("content-encoding: gzip\r\ncontent-length: {}", bomb.len());
    too_large(vec![head(&lines), Step::Send(bomb)]).await;
}

#[tokio::test]
async fn a_compressed_body_is_read() {
    let packed = gzip(b"some text");
    let lines = format!("content-encoding: gzip\r\ncontent-length: {}", packed.len());
    let server = Server::plain(vec![head(&lines), Step::Send(packed)]).await;
    let reply = limited(&server).send(Request::get(["text"])).await.unwrap();
    assert_eq!(&reply.body[..], b"some text");
}

async fn times_out(steps: Vec<Step>) {
    let server = Server::plain(steps).await;
    let request = Request::get(["slow"]).timeout(Duration::from_millis(100));
    let late = client(&server.http()).send(request).await.unwrap_err();
    assert_eq!(late, SendError::TimedOut { connecting: false });
}

#[tokio::test]
async fn a_server_that_says_nothing_times_out() {
    times_out(vec![Step::Hang]).await;
}

#[tokio::test]
async fn a_body_that_drips_times_out() {
    times_out(vec![head("connection: close"), Step::Drip(b"a".to_vec())]).await;
}

#[tokio::test]
async fn a_head_that_drips_times_out() {
    times_out(vec![
        Step::Send(b"HTTP/1.1 200 OK\r\nx: ".to_vec()),
        Step::Drip(b"a".to_vec()),
    ])
    .await;
}

#[tokio::test]
async fn a_request_cannot_outlast_the_clients_bound() {
    let server = Server::plain(vec![Step::Hang]).await;
    let options = ClientOptions {
        request_timeout: Duration::from_millis(100),
        ..options()
    };
    let client = GuardedClient::new(endpoint(&server.http()), options).unwrap();
    let request = Request::get(["slow"]).timeout(Duration::from_secs(3600));
    let late = client.send(request).await.unwrap_err();
    assert_eq!(late, SendError::TimedOut { connecting: false });
}

#[tokio::test]
async fn a_server_that_never_shakes_hands_times_out_before_anything_is_sent() {
    let server = Server::plain(vec![Step::Hang]).await;
    let tls = trusting(&Authority::new());
    let options = ClientOptions {
        connect_timeout: Duration::from_millis(100),
        tls,
        ..options()
    };
    let url = format!("https://{}", server.address);
    let client = GuardedClient::new(endpoint(&url), options).unwrap();
    let late = client.send(Request::get(["slow"])).await.unwrap_err();
    assert_eq!(late, SendError::TimedOut { connecting: true });
    assert!(late.is_before_send());
}
