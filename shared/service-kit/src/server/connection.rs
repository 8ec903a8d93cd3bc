//! One connection: either version of HTTP, with time limits on a peer that says nothing.

use std::{io::ErrorKind, net::SocketAddr, pin::pin, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::Request;
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// How long a connection may be open before its first byte, and a request's header may take.
const HEADER_TIMEOUT: Duration = Duration::from_secs(20);

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

/// Serves the connection until its end, or, once `stop` is cancelled, until the calls on it end.
pub(super) async fn run(
    stream: TcpStream,
    caller: SocketAddr,
    router: Router,
    stop: CancellationToken,
) {
    if !speaks(&stream, &stop).await {
        return;
    }
    // Small answers would wait for an acknowledgement otherwise; without it they are only slower.
    let _ = stream.set_nodelay(true);
    let service = router.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(caller));
        request
    });
    let builder = builder();
    let connection =
        builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "a connection broke");
    }
}

/// Whether there is a first byte in time.
async fn speaks(stream: &TcpStream, stop: &CancellationToken) -> bool {
    tokio::select! {
        readable = timeout(HEADER_TIMEOUT, stream.readable()) => matches!(readable, Ok(Ok(()))),
        () = stop.cancelled() => false,
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT);
    builder
}
