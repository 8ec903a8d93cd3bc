//! How a connection is made.

use std::{io, net::SocketAddr, time::Duration};

use bytes::Bytes;
use futures::future::BoxFuture;
use http_body_util::Full;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::{
    client::{meters::ClientMeters, origin::Origin, tls::ClientTls},
    reach,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How often a connection is tried, and how long an answer to that may take: a peer that went away
/// without a word, or that was stopped, is noticed after the sum.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(5);

/// Makes connections to the replicas of one collector.
#[derive(Debug)]
pub(in crate::client) struct Connector {
    pub origin: Origin,
    pub tls: Option<ClientTls>,
    pub meters: ClientMeters,
}

/// A connection, and when it gets no more calls.
pub(super) struct Connection {
    pub sender: SendRequest<Full<Bytes>>,
    pub ended: BoxFuture<'static, hyper::Result<()>>,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConnectError {
    #[error("no connection within {} s", CONNECT_TIMEOUT.as_secs())]
    TooSlow,
    #[error("no connection: {0}")]
    Tcp(io::Error),
    #[error("no TLS: {0}")]
    Tls(io::Error),
    #[error("the name of the host can't be that of a certificate")]
    Host,
    #[error("no HTTP/2: {0}")]
    Http2(hyper::Error),
    #[error("no HTTP/2: the server does not offer it")]
    NotOffered,
}

// === impl Connector ===

impl Connector {
    pub(super) async fn connect(&self, address: SocketAddr) -> Result<Connection, ConnectError> {
        let connection = timeout(CONNECT_TIMEOUT, self.attempt(address)).await;
        connection.map_err(|_| ConnectError::TooSlow)?
    }

    async fn attempt(&self, address: SocketAddr) -> Result<Connection, ConnectError> {
        let tcp = reach::connect(address).await;
        let tcp = tcp.map_err(ConnectError::Tcp)?;
        tcp.set_nodelay(true).map_err(ConnectError::Tcp)?;
        let Some(tls) = &self.tls else {
            return over(tcp).await;
        };
        let host = ServerName::try_from(self.origin.host().to_owned());
        let host = host.map_err(|_| ConnectError::Host)?;
        let connector = TlsConnector::from(tls.newest(&self.meters));
        let secured = connector.connect(host, tcp).await;
        let secured = secured.map_err(ConnectError::Tls)?;
        match secured.get_ref().1.alpn_protocol() {
            Some(_) => over(secured).await,
            None => Err(ConnectError::NotOffered),
        }
    }
}

async fn over<T>(stream: T) -> Result<Connection, ConnectError>
where
    T: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .keep_alive_while_idle(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(ConnectError::Http2)?;
    let ended = Box::pin(connection);
    Ok(Connection { sender, ended })
}
