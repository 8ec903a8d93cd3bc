use futures::{FutureExt, poll};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use super::client::{ask, get, open};
use super::*;

/// Far more than any machine holds in memory.
const TEBIBYTE: u64 = 1 << 40;

#[tokio::test]
async fn a_reset_connection_is_reset() {
    let provider = Provider::script().any().reset().start().await.unwrap();
    let mut stream = open(&provider, "GET /", "", "").await;
    let error = stream.read_to_end(&mut Vec::new()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(provider.requests().len(), 1);
}

#[tokio::test]
async fn a_hanging_answer_never_begins() {
    let provider = Provider::script().any().hang().start().await.unwrap();
    let mut stream = open(&provider, "GET /", "", "").await;
    provider.seen(1).await;
    let mut all = Vec::new();
    {
        let mut reading = stream.read_to_end(&mut all).boxed();
        assert!(poll!(&mut reading).is_pending());
        provider.down().await;
        reading.await.unwrap();
    }
    assert!(all.is_empty());
}

#[tokio::test]
async fn a_hanging_answer_holds_up_no_other() {
    let script = Provider::script()
        .on("GET", "/hang")
        .hang()
        .on("GET", "/")
        .reply(200, json!(1));
    let provider = script.start().await.unwrap();
    let _hanging = open(&provider, "GET /hang", "", "").await;
    provider.seen(1).await;
    assert_eq!(get(&provider, "/").await.json(), 1);
}

#[tokio::test]
async fn a_truncated_answer_is_announced_whole_and_cut_in_the_middle() {
    for (text, half) in [("0123456789", "01234"), ("", "")] {
        let reply = Reply::text(200, text).truncated();
        let provider = Provider::script()
            .any()
            .respond(reply)
            .start()
            .await
            .unwrap();
        let got = get(&provider, "/").await;
        assert_eq!(got.text(), half);
        let announced: usize = got.headers["content-length"].parse().unwrap();
        assert_eq!(announced, text.len().max(1));
    }
}

#[tokio::test]
async fn a_truncated_chunked_answer_lacks_its_end() {
    let reply = Reply::text(200, "0123456789").chunked().truncated();
    let provider = Provider::script()
        .any()
        .respond(reply)
        .start()
        .await
        .unwrap();
    assert_eq!(get(&provider, "/").await.text(), "5\r\n01234\r\n");
}

#[tokio::test]
async fn a_dripping_answer_comes_in_the_smallest_pieces() {
    let provider = Provider::script().any().drip().start().await.unwrap();
    let mut stream = open(&provider, "GET /", "", "").await;
    let mut all = Vec::new();
    while !all.ends_with(b"\r\n\r\n\"") {
        all.push(stream.read_u8().await.unwrap());
    }
    assert!(
        String::from_utf8(all)
            .unwrap()
            .contains("content-length: 1048576\r\n")
    );
    let mut piece = [0; 4096];
    assert!(stream.read(&mut piece).await.unwrap() < 100);
}

#[tokio::test]
async fn a_slow_answer_arrives_whole() {
    let provider = Provider::script()
        .any()
        .respond(Reply::json(200, json!(1)).slow())
        .start()
        .await
        .unwrap();
    assert_eq!(get(&provider, "/").await.json(), 1);
}

#[tokio::test]
async fn a_big_answer_is_one_json_text_of_its_length() {
    let provider = Provider::script().any().big(200_000).start().await.unwrap();
    let got = get(&provider, "/").await;
    assert_eq!(
        (got.body.len(), &*got.headers["content-length"]),
        (200_000, "200000")
    );
    assert!(matches!(got.json(), Value::String(text) if text.len() == 199_998));
}

#[tokio::test]
async fn a_big_answer_is_made_while_it_is_sent() {
    for reply in [Reply::big(TEBIBYTE), Reply::big(TEBIBYTE).chunked()] {
        let provider = Provider::script()
            .any()
            .respond(reply)
            .start()
            .await
            .unwrap();
        let mut stream = open(&provider, "GET /", "", "").await;
        let mut first = vec![0; 4 << 20];
        stream.read_exact(&mut first).await.unwrap();
    }
}

#[tokio::test]
async fn an_answer_may_be_without_a_length() {
    let reply = Reply::text(200, "abc").chunked();
    let provider = Provider::script()
        .any()
        .respond(reply)
        .start()
        .await
        .unwrap();
    let got = ask(&provider, "GET /", "", "").await;
    assert_eq!(got.headers["transfer-encoding"], "chunked");
    assert_eq!(got.text(), "3\r\nabc\r\n0\r\n\r\n");
}
