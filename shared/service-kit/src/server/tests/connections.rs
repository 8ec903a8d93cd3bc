//! What one peer can keep of a port, over real sockets.

use http::{HeaderName, HeaderValue};
use tokio::time::timeout;

use super::*;
use crate::{
    limits::{Allowed, Limits},
    tls::{
        AskClients,
        tests::{authority::Authority, port::Port},
    },
};

/// Of a port that waits for nobody.
const IMPATIENT: Duration = Duration::from_millis(200);

fn page() -> Router {
    Router::new().route("/", get(|| async { "page" }))
}

async fn listening() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// A port that is served until the test ends.
async fn served(change: impl FnOnce(Incoming) -> Incoming) -> SocketAddr {
    let (listener, address) = listening().await;
    let (router, _) = with_http(page()).await;
    let incoming = change(listener.into());
    tokio::spawn(serve(router, incoming, pending::<()>(), AMPLE));
    address
}

/// All that is sent to somebody who sends this and then waits.
async fn sent_to(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut sent = Vec::new();
    // A connection that is reset has ended as well.
    let ended = timeout(AMPLE, stream.read_to_end(&mut sent)).await;
    assert!(ended.is_ok(), "still open");
    sent
}

#[tokio::test]
async fn whoever_says_only_a_part_is_not_waited_for() {
    let address = served(|it| it.patient_for(IMPATIENT)).await;
    let begun: [&[u8]; 6] = [
        b"",
        b"P",
        b"PRI * HTTP/2.0\r\n\r\nSM",
        b"GET / HT",
        b"GET / HTTP/1.1\r\nhost: here\r\nx-slow: ",
        b"POST / HTTP/1.1\r\n",
    ];
    for begun in begun {
        let sent = sent_to(address, begun).await;
        let text = String::from_utf8_lossy(&sent);
        assert!(!text.contains("200 OK"), "{text}");
    }
}

#[tokio::test]
async fn a_connection_that_waits_between_requests_is_closed() {
    let address = served(|it| it.patient_for(IMPATIENT)).await;
    let sent = sent_to(address, b"GET / HTTP/1.1\r\nhost: here\r\n\r\n").await;
    assert!(sent.ends_with(b"page"));
}

#[tokio::test]
async fn a_connection_too_many_is_closed_and_counted_until_another_ends() {
    let meters = Meters::new(&TelemetryOptions::named("test")).unwrap();
    let limits = Limits::new(&meters.meter());
    let allowed = serde_json::from_value(serde_json::json!({ "connections": 8 })).unwrap();
    limits.set(Allowed::of_gateway(&allowed));
    let address = served(|it| it.within(limits)).await;
    let request = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";
    let mut open = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        assert!(stream.read(&mut [0; 1_024]).await.unwrap() > 0);
        open.push(stream);
    }
    assert!(sent_to(address, b"").await.is_empty());
    let text = meters.render();
    assert!(text.contains("passport_limits_refused_total{limit=\"connections\""));
    assert!(text.contains("\npassport_limits_connections 8\n"), "{text}");
    open.pop();
    // It ends when the server has seen that.
    while !get_or_nothing(address).await.ends_with("page") {
        tokio::task::yield_now().await;
    }
}

async fn get_or_nothing(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
    let mut answer = String::new();
    if stream.write_all(request).await.is_ok() {
        let _ = stream.read_to_string(&mut answer).await;
    }
    answer
}

#[tokio::test]
async fn a_header_of_more_than_64_kib_is_refused_over_http_1() {
    let address = served(|it| it).await;
    let with = |bytes: usize| {
        let long = "a".repeat(bytes);
        format!("GET / HTTP/1.1\r\nhost: here\r\nx-long: {long}\r\nconnection: close\r\n\r\n")
    };
    let sent = sent_to(address, with(32 << 10).as_bytes()).await;
    assert!(sent.ends_with(b"page"));
    let mut stream = TcpStream::connect(address).await.unwrap();
    // It may be refused before all of it is sent.
    let _ = stream.write_all(with(80 << 10).as_bytes()).await;
    let mut sent = Vec::new();
    let _ = stream.read_to_end(&mut sent).await;
    let text = String::from_utf8_lossy(&sent);
    assert!(!text.contains("200 OK"), "{text}");
}

#[tokio::test]
async fn a_header_of_more_than_64_kib_is_refused_over_http_2() {
    let address = served(|it| it).await;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    for (bytes, status) in [(32 << 10, Some(200)), (80 << 10, None)] {
        let mut request = http::Request::get("http://here/").body(()).unwrap();
        let long = HeaderValue::from_str(&"a".repeat(bytes)).unwrap();
        let name = HeaderName::from_static("x-long");
        request.headers_mut().insert(name, long);
        client = client.ready().await.unwrap();
        let (answer, _) = client.send_request(request, true).unwrap();
        let answer = answer.await.ok().map(|it| it.status().as_u16());
        match status {
            Some(status) => assert_eq!(answer, Some(status)),
            None => assert_ne!(answer, Some(200)),
        }
    }
}

#[tokio::test]
async fn one_connection_has_200_calls_at_once() {
    let address = served(|it| it).await;
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut client, connection) = h2::client::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let request = http::Request::get("http://here/").body(()).unwrap();
    let (answer, _) = client.send_request(request, true).unwrap();
    assert_eq!(answer.await.unwrap().status(), 200);
    assert_eq!(client.current_max_send_streams(), 200);
}

/// The types of the frames of HTTP/2 in what was sent.
fn frames(mut sent: &[u8]) -> Vec<u8> {
    let mut types = Vec::new();
    while let [a, b, c, kind, _, _, _, _, _, rest @ ..] = sent {
        types.push(*kind);
        let length = u32::from_be_bytes([0, *a, *b, *c]);
        sent = rest
            .get(usize::try_from(length).unwrap()..)
            .unwrap_or_default();
    }
    types
}

#[tokio::test(start_paused = true)]
async fn a_peer_of_http_2_that_is_gone_is_found_out() {
    const PING: u8 = 6;
    let address = served(|it| it).await;
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    let greeting = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), &settings].concat();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&greeting).await.unwrap();
    let mut sent = Vec::new();
    // Nothing is answered, not even the ping.
    let _ = stream.read_to_end(&mut sent).await;
    assert!(frames(&sent).contains(&PING), "{sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_is_not_gone_on_with_ends() {
    let port = Port::for_callers(&Authority::new(), AskClients::May).await;
    let mut begun = TcpStream::connect(port.address).await.unwrap();
    begun.write_all(&[0x16, 0x03, 0x01]).await.unwrap();
    let _ = begun.read_to_end(&mut Vec::new()).await;
    assert_eq!(port.handshakes("timed_out"), 1);
}
