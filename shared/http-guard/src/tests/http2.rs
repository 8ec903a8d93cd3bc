//! The same client over HTTP/2.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Version;
use axum::routing::get;
use axum::serve::Listener;
use bytes::Bytes;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::server::TlsStream;

use super::tls::{Authority, trusting};
use super::{endpoint, options};
use crate::{ClientOptions, GuardedClient, Reply, Request, SendError};

const LIMIT: usize = 64 * 1024;

struct Secured(TcpListener, TlsAcceptor);

impl Listener for Secured {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = self.0.accept().await.unwrap();
        (self.1.accept(stream).await.unwrap(), address)
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

fn endless() -> Body {
    let chunk = || Ok::<_, std::io::Error>(Bytes::from_static(&[b'a'; 4096]));
    Body::from_stream(futures::stream::repeat_with(chunk))
}

/// A server that speaks both versions of HTTP.
async fn serve(config: ServerConfig) -> SocketAddr {
    let mut config = config;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let version = get(|version: Version| async move { format!("{version:?}") });
    let app = Router::new()
        .route("/version", version)
        .route("/endless", get(|| async { endless() }));
    let secured = Secured(listener, TlsAcceptor::from(Arc::new(config)));
    tokio::spawn(async move { axum::serve(secured, app).await });
    address
}

/// Asks such a server for `path`, accepting little.
async fn ask(path: &str, server_name: Option<&str>) -> Result<Reply, SendError> {
    let authority = Authority::new();
    let issued = authority.issue(server_name.unwrap_or("127.0.0.1"));
    let address = serve(issued.server(None)).await;
    let mut options = ClientOptions {
        body_limit: LIMIT,
        ..options()
    };
    options.tls = trusting(&authority);
    options.tls.server_name = server_name.map(str::to_owned);
    let client = GuardedClient::new(endpoint(&format!("https://{address}")), options).unwrap();
    client.send(Request::get([path])).await
}

#[tokio::test]
async fn http2_is_spoken_where_the_server_offers_it() {
    assert_eq!(&ask("version", None).await.unwrap().body[..], b"HTTP/2.0");
}

#[tokio::test]
async fn http1_is_spoken_under_another_server_name() {
    let reply = ask("version", Some("provider.example")).await.unwrap();
    assert_eq!(&reply.body[..], b"HTTP/1.1");
}

#[tokio::test]
async fn an_endless_http2_body_is_left_at_the_limit() {
    let refused = ask("endless", None).await.unwrap_err();
    assert_eq!(refused, SendError::TooLarge { limit: LIMIT });
}
