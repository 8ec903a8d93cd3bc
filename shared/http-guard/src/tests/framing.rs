//! Connections and replies that break.

use tokio::net::TcpListener;

use super::client;
use super::server::{Server, Step};
use crate::{Request, SendError, Stage};

async fn outcome(steps: Vec<Step>) -> SendError {
    let server = Server::plain(steps).await;
    client(&server.http())
        .send(Request::get(["api"]))
        .await
        .unwrap_err()
}

fn send(text: &str) -> Step {
    Step::Send(text.as_bytes().to_vec())
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failed = client(&url).send(Request::get(["api"])).await.unwrap_err();
    assert_eq!(failed, SendError::Unreachable(Stage::Refused));
    assert!(failed.is_before_send());
    let failed = client(&url).connect().await.unwrap_err();
    assert_eq!(failed, SendError::Unreachable(Stage::Refused));
}

#[tokio::test]
async fn a_port_where_somebody_listens_can_be_connected_to() {
    let server = Server::plain(vec![Step::Hang]).await;
    assert_eq!(client(&server.http()).connect().await, Ok(()));
    assert!(server.heads().is_empty());
}

#[tokio::test]
async fn a_reset_before_the_reply_is_unreachable_and_may_have_been_seen() {
    let failed = outcome(vec![Step::Reset]).await;
    assert_eq!(failed, SendError::Unreachable(Stage::Exchange));
    assert!(!failed.is_before_send());
}

#[tokio::test]
async fn an_end_before_the_reply_is_unreachable() {
    assert_eq!(
        outcome(vec![]).await,
        SendError::Unreachable(Stage::Exchange)
    );
}

#[tokio::test]
async fn an_end_within_the_head_is_unreachable() {
    let steps = vec![send("HTTP/1.1 200 OK\r\ncontent-le")];
    assert_eq!(
        outcome(steps).await,
        SendError::Unreachable(Stage::Exchange)
    );
}

#[tokio::test]
async fn a_body_shorter_than_announced_is_cut() {
    let steps = vec![send(
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half\":",
    )];
    assert_eq!(outcome(steps).await, SendError::Cut);
}

#[tokio::test]
async fn a_reset_within_the_body_is_cut() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"half\":";
    assert_eq!(outcome(vec![send(head), Step::Reset]).await, SendError::Cut);
}

#[tokio::test]
async fn a_chunked_body_without_its_end_is_cut() {
    let steps = vec![send(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n",
    )];
    assert_eq!(outcome(steps).await, SendError::Cut);
}

#[tokio::test]
async fn a_compressed_body_without_its_end_is_cut() {
    let mut reply =
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 12\r\n\r\n".to_vec();
    reply.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x4c]);
    assert_eq!(outcome(vec![Step::Send(reply)]).await, SendError::Cut);
}

#[tokio::test]
async fn a_body_that_is_not_compressed_as_it_says_is_garbled() {
    let text = "<html>a page that says it is gzip</html>";
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n{text}",
        text.len()
    );
    assert_eq!(outcome(vec![send(&head)]).await, SendError::Garbled);
}

#[tokio::test]
async fn what_is_not_http_is_garbled() {
    assert_eq!(
        outcome(vec![send("SSH-2.0-OpenSSH_9.9\r\n\r\n")]).await,
        SendError::Garbled
    );
}
