use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::client::{ask, get, open, write};
use super::*;

#[tokio::test]
async fn nothing_is_sent_that_was_not_told() {
    let provider = Provider::script()
        .on("GET", "/")
        .reply(200, json!({"a": 1}))
        .start()
        .await
        .unwrap();
    let got = get(&provider, "/").await;
    let mut headers: Vec<_> = got.headers.keys().map(String::as_str).collect();
    headers.retain(|name| *name != "connection");
    assert_eq!(headers, ["content-length", "content-type"]);
    assert_eq!(got.headers["content-type"], "application/json");
    assert_eq!(got.json(), json!({"a": 1}));
}

#[tokio::test]
async fn listed_headers_are_sent_and_win() {
    let reply = Reply::json(429, json!([]))
        .header("Date", "Sun, 03 May 2026 09:29:58 GMT")
        .header("Content-Type", "application/vnd.x+json")
        .header("Retry-After", "7");
    let provider = Provider::script()
        .any()
        .respond(reply)
        .start()
        .await
        .unwrap();
    let got = get(&provider, "/").await;
    assert_eq!(got.status, 429);
    assert_eq!(got.headers["date"], "Sun, 03 May 2026 09:29:58 GMT");
    assert_eq!(got.headers["content-type"], "application/vnd.x+json");
    assert_eq!(got.headers["retry-after"], "7");
}

#[tokio::test]
async fn the_own_origin_is_put_into_answers() {
    let script = Provider::script()
        .on("GET", "/json")
        .respond(Reply::json(200, json!({"next": ["{{BASE}}/2"]})).header("Link", "<{{BASE}}/2>"))
        .on("GET", "/text")
        .respond(Reply::text(302, "to {{BASE}}").header("location", "{{BASE}}/x"))
        .on("GET", "/bytes")
        .respond(Reply::bytes(200, &b"{{BASE}}\xff"[..]));
    let provider = script.start().await.unwrap();
    let base = provider.base();
    let got = get(&provider, "/json").await;
    assert_eq!(got.json(), json!({"next": [format!("{base}/2")]}));
    assert_eq!(got.headers["link"], format!("<{base}/2>"));
    let got = get(&provider, "/text").await;
    assert_eq!(
        (got.text(), &got.headers["location"]),
        (&*format!("to {base}"), &format!("{base}/x"))
    );
    assert!(!got.headers.contains_key("content-type"));
    assert_eq!(get(&provider, "/bytes").await.body, b"{{BASE}}\xff");
}

#[tokio::test]
async fn answers_without_a_body_have_none() {
    let script = Provider::script()
        .on("GET", "/")
        .respond(Reply::bytes(204, ""))
        .on("HEAD", "/")
        .reply(200, json!(7));
    let provider = script.start().await.unwrap();
    let got = get(&provider, "/").await;
    assert_eq!((got.status, got.headers.get("content-length")), (204, None));
    let got = ask(&provider, "HEAD /", "", "").await;
    assert_eq!(
        (got.status, &*got.headers["content-length"], got.body.len()),
        (200, "1", 0)
    );
}

#[tokio::test]
async fn a_connection_serves_several_requests() {
    let provider = Provider::script()
        .any()
        .reply(200, json!(1))
        .start()
        .await
        .unwrap();
    let mut stream = open(&provider, "GET /a", "", "").await;
    let mut first = [0; 4];
    stream.read_exact(&mut first).await.unwrap();
    provider.seen(1).await;
    write(&mut stream, "GET /b", "connection: close\r\n", "").await;
    let mut all = String::new();
    stream.read_to_string(&mut all).await.unwrap();
    assert_eq!(all.matches("200 OK").count(), 2);
    assert_eq!(provider.requests()[1].target(), "/b");
}

#[tokio::test]
async fn waiting_for_requests_ends_when_they_have_come() {
    let provider = Arc::new(Provider::script().start().await.unwrap());
    let waiting = tokio::spawn({
        let provider = provider.clone();
        async move { provider.seen(2).await }
    });
    get(&provider, "/1").await;
    get(&provider, "/2").await;
    let seen = waiting.await.unwrap();
    assert_eq!(
        seen.iter().map(Seen::target).collect::<Vec<_>>(),
        ["/1", "/2"]
    );
    assert!(seen[0].at <= seen[1].at);
}

#[tokio::test]
async fn another_script_can_be_set_while_it_runs() {
    let provider = Provider::script()
        .any()
        .reply(200, json!(1))
        .start()
        .await
        .unwrap();
    assert_eq!(get(&provider, "/").await.json(), 1);
    provider
        .set(Provider::script().any().reply(200, json!(2)))
        .unwrap();
    assert_eq!(get(&provider, "/").await.json(), 2);
    assert_eq!(provider.requests().len(), 2);
}

#[tokio::test]
async fn a_provider_that_is_down_refuses_and_comes_up_at_the_same_place() {
    let provider = Provider::script()
        .any()
        .reply(200, json!(1))
        .start()
        .await
        .unwrap();
    let mut kept = open(&provider, "GET /", "", "").await;
    provider.seen(1).await;
    provider.down().await;
    provider.down().await;
    let refused = TcpStream::connect(provider.address()).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    kept.read_to_end(&mut Vec::new()).await.unwrap();
    provider.up().unwrap();
    provider.up().unwrap();
    assert_eq!(get(&provider, "/").await.json(), 1);
    assert_eq!(provider.base(), format!("http://{}", provider.address()));
}

#[tokio::test]
async fn dropping_it_closes_its_listener() {
    let provider = Provider::script().start().await.unwrap();
    let address = provider.address();
    drop(provider);
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_reply_that_cannot_be_made_is_refused_before_it_is_played() {
    let spoilt = [
        Reply::text(20, ""),
        Reply::text(200, "").header("a b", "c"),
        Reply::text(200, "").header("a", "b\r\nc"),
    ];
    let provider = Provider::script().start().await.unwrap();
    for reply in spoilt {
        assert!(
            Provider::script()
                .any()
                .respond(reply.clone())
                .start()
                .await
                .is_err()
        );
        assert!(provider.set(Provider::script().otherwise(reply)).is_err());
    }
    let response = json!({"status": 200, "bodyBase64": "?"});
    let response: Response = serde_json::from_value(response).unwrap();
    let error = Provider::start(&[], Some(&response), &Rules::default())
        .await
        .unwrap_err();
    assert!(matches!(error, ProviderError::Bytes(_)));
}

#[tokio::test]
async fn garbage_on_a_connection_hurts_nobody_else() {
    let provider = Provider::script()
        .any()
        .reply(200, json!(1))
        .start()
        .await
        .unwrap();
    let mut stream = TcpStream::connect(provider.address()).await.unwrap();
    stream
        .write_all(b"\x16\x03\x01 nonsense\r\n\r\n")
        .await
        .unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
    assert_eq!(get(&provider, "/").await.json(), 1);
    assert_eq!(provider.requests().len(), 1);
}
