//! One connection: either version of HTTP, with time limits on a peer that says nothing.

use std::{
    convert::Infallible,
    io::{self, ErrorKind},
    net::SocketAddr,
    pin::pin,
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, BufReader},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::{Service, ServiceExt as _};

use super::first_bytes::FirstBytes;
use crate::tls::{Acceptor, Peer};

/// How long a connection may be open before its first bytes, a request's header may take, and a
/// connection of HTTP/1.1 may wait for its next request.
pub(super) const HEADER_TIMEOUT: Duration = Duration::from_secs(20);

/// Bytes of a request's header. Over HTTP/1.1 this bounds all that is read ahead.
const HEADER_BYTES: u32 = 64 << 10;

/// Calls at once on one connection of HTTP/2; those who have more open further connections.
const STREAMS: u32 = 200;

/// How often an idle HTTP/2 connection is tried, and how long an answer to that may take.
const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(60);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// Until file descriptors are free again.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// The next connection. An error is one of a connection, or passes.
pub(super) async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_connection(error.kind()) => {}
            Err(error) => {
                tracing::error!(%error, "could not accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_one_connection(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    )
}

/// What all connections of a port have in common.
#[derive(Clone)]
pub(super) struct Ways {
    pub tls: Option<Acceptor>,
    pub router: Router,
    pub stop: CancellationToken,
    /// See [`HEADER_TIMEOUT`].
    pub patience: Duration,
}

// === impl Ways ===

impl Ways {
    /// Serves the connection until its end, or, once `stop` is cancelled, until the calls on it end.
    pub async fn run(self, stream: TcpStream, caller: SocketAddr) {
        if !self.in_time(stream.readable()).await {
            return;
        }
        // Small answers would wait for an acknowledgement otherwise; without it they are only slower.
        let _ = stream.set_nodelay(true);
        let known = Known { caller, peer: None };
        match self.tls.clone() {
            Some(tls) => self.secured(stream, known, tls).await,
            None => {
                let end = self.stop.cancelled();
                serve(stream, known.mark(self.router), self.patience, end).await;
            }
        }
    }

    /// The same through TLS. It also ends when its caller has to show a certificate anew.
    async fn secured(self, stream: TcpStream, known: Known, tls: Acceptor) {
        let shaken = tokio::select! {
            shaken = tls.accept(stream, known.caller) => shaken,
            () = self.stop.cancelled() => return,
        };
        let Ok(secured) = shaken else {
            return;
        };
        let outdated = secured.outdated();
        let mut stream = BufReader::new(secured.stream);
        if !self.in_time(stream.fill_buf()).await {
            return;
        }
        let peer = secured.peer;
        let stop = self.stop;
        let end = async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = outdated => {}
            }
        };
        let marked = Known { peer, ..known }.mark(self.router);
        serve(stream, marked, self.patience, end).await;
    }

    /// Whether there is a first byte in time.
    async fn in_time<T>(&self, first: impl Future<Output = io::Result<T>>) -> bool {
        tokio::select! {
            first = timeout(self.patience, first) => matches!(first, Ok(Ok(_))),
            () = self.stop.cancelled() => false,
        }
    }
}

/// A router that tells each request of whom it comes.
trait Marked:
    Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
    + Clone
    + Send
    + 'static
{
}

impl<S> Marked for S where
    S: Service<Request<Incoming>, Response = Response<Body>, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static
{
}

/// What is known of whoever is connected.
struct Known {
    caller: SocketAddr,
    peer: Option<Peer>,
}

impl Known {
    /// Tells each request of it.
    fn mark(self, router: Router) -> impl Marked {
        let Self { caller, peer } = self;
        router.map_request(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            let extensions = request.extensions_mut();
            extensions.insert(ConnectInfo(caller));
            if let Some(peer) = &peer {
                extensions.insert(peer.clone());
            }
            request
        })
    }
}

/// Serves HTTP until the connection ends, or, once `end` is ready, until the calls on it end.
async fn serve<S, M>(stream: S, service: M, patience: Duration, end: impl Future<Output = ()>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    M: Marked,
{
    let builder = builder(patience);
    let stream = TokioIo::new(FirstBytes::within(stream, patience));
    let connection = builder.serve_connection(stream, TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = end => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection broke");
    }
}

fn builder(patience: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(usize::try_from(HEADER_BYTES).unwrap_or(usize::MAX));
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .max_header_list_size(HEADER_BYTES)
        .max_concurrent_streams(STREAMS);
    builder
}
