use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use super::{
    authority::Authority,
    port::{Port, healthy},
};
use crate::tls::AskClients;

const BOT: &str = "spiffe://acme.example/bot";

const BOTH: [AskClients; 2] = [AskClients::May, AskClients::Must];

#[tokio::test]
async fn a_caller_is_known_by_its_certificate_over_http_and_grpc() {
    for ask in BOTH {
        let callers = Authority::new();
        let port = Port::for_callers(&callers, ask).await;
        let bot = callers.issue(&[BOT]);
        assert_eq!(port.who(Some(&bot)).await.unwrap(), BOT);
        healthy(&port.channel(Some(&bot))).await.unwrap();
        assert_eq!(port.handshakes("secured"), 2);
    }
}

#[tokio::test]
async fn a_caller_of_a_gateway_may_show_none() {
    let port = Port::for_callers(&Authority::new(), AskClients::May).await;
    assert_eq!(port.who(None).await.unwrap(), "no certificate");
    healthy(&port.channel(None)).await.unwrap();
}

#[tokio::test]
async fn a_caller_of_a_collector_must_show_one() {
    let port = Port::for_callers(&Authority::new(), AskClients::Must).await;
    assert!(port.who(None).await.is_err());
    assert!(healthy(&port.channel(None)).await.is_err());
    assert_eq!(port.handshakes("no_certificate"), 2);
}

#[tokio::test]
async fn a_certificate_that_is_shown_must_be_good_even_where_none_is_wanted() {
    for ask in BOTH {
        let callers = Authority::new();
        let port = Port::for_callers(&callers, ask).await;
        for (caller, outcome) in [
            (Authority::new().issue(&[BOT]), "unknown_authority"),
            (callers.issue_expired(&[BOT]), "expired"),
            (callers.issue_for_later(&[BOT]), "not_yet_valid"),
            (callers.issue_for_servers_only(&[BOT]), "bad_certificate"),
        ] {
            assert!(port.who(Some(&caller)).await.is_err(), "{outcome}");
            let channel = port.channel(Some(&caller));
            assert!(healthy(&channel).await.is_err(), "{outcome}");
            assert!(port.handshakes(outcome) >= 2, "{outcome}");
        }
        assert_eq!(port.handshakes("secured"), 0);
    }
}

#[tokio::test]
async fn what_is_no_tls_is_not_answered() {
    let port = Port::for_callers(&Authority::new(), AskClients::May).await;
    let mut stream = TcpStream::connect(port.address).await.unwrap();
    let request = b"GET /who HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    assert_eq!(port.handshakes("not_tls"), 1);
}

#[tokio::test]
async fn a_handshake_that_is_not_gone_on_with_holds_nobody_up() {
    let port = Port::for_callers(&Authority::new(), AskClients::May).await;
    let mut begun = TcpStream::connect(port.address).await.unwrap();
    begun.write_all(&[0x16, 0x03, 0x01]).await.unwrap();
    assert_eq!(port.who(None).await.unwrap(), "no certificate");
    drop(begun);
}
