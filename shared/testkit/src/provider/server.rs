//! Connections, and what was seen on them.

use std::future;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::body::{Content, Sent};
use super::reply::Reply;
use super::routes::Routes;
use super::seen::{Listing, Seen};
use crate::case::{Addresses, Fault};

/// What the connections of a provider share.
pub(super) struct Shared {
    base: String,
    state: Mutex<State>,
    count: watch::Sender<usize>,
    tls: Option<TlsAcceptor>,
}

#[derive(Debug)]
struct State {
    routes: Routes,
    seen: Vec<Seen>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// How a connection ends before its answer does.
#[derive(Debug)]
enum Cut {
    Reset,
    Close,
}

// === impl Shared ===

impl Shared {
    pub(super) fn new(base: String, routes: Routes, tls: Option<TlsAcceptor>) -> Self {
        let state = Mutex::new(State {
            routes,
            seen: Vec::new(),
        });
        Self {
            base,
            state,
            count: watch::Sender::new(0),
            tls,
        }
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    pub(super) async fn wait_for(&self, at_least: usize) -> Vec<Seen> {
        // The sender is our own: it can't be gone.
        let _ = self
            .count
            .subscribe()
            .wait_for(|count| *count >= at_least)
            .await;
        self.seen()
    }

    pub(super) fn set(&self, routes: Routes) {
        self.lock().routes = routes;
    }

    /// Records the request and takes its answer.
    fn answer(&self, mut seen: Seen) -> Reply {
        let mut state = self.lock();
        let (reply, listing) = state.routes.answer(&seen);
        seen.listing = listing;
        state.seen.push(seen);
        self.count.send_replace(state.seen.len());
        reply
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves connections until it is aborted, which ends them all.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(accepted_as(stream, shared.clone()));
                }
                Err(_) => tokio::task::yield_now().await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A connection that can be reset.
trait Resets: AsyncRead + AsyncWrite + Unpin {
    fn set_zero_linger(&self) -> io::Result<()>;
}

impl Resets for TcpStream {
    fn set_zero_linger(&self) -> io::Result<()> {
        TcpStream::set_zero_linger(self)
    }
}

impl Resets for TlsStream<TcpStream> {
    fn set_zero_linger(&self) -> io::Result<()> {
        self.get_ref().0.set_zero_linger()
    }
}

async fn accepted_as(stream: TcpStream, shared: Arc<Shared>) {
    match shared.tls.clone() {
        None => connection(stream, shared).await,
        Some(tls) => {
            // A client that does not trust the certificate ends it here.
            if let Ok(stream) = tls.accept(stream).await {
                connection(stream, shared).await;
            }
        }
    }
}

async fn connection(stream: impl Resets, shared: Arc<Shared>) {
    let (cuts, mut cut) = mpsc::unbounded_channel();
    let service = service_fn(move |request| serve(request, shared.clone(), cuts.clone()));
    let mut connection = http1::Builder::new()
        .auto_date_header(false)
        .serve_connection(TokioIo::new(stream), service);
    // The connection first, so that what is to be sent before a cut is sent.
    let cut = tokio::select! {
        biased;
        _ = &mut connection => return,
        cut = cut.recv() => cut,
    };
    let stream = connection.into_parts().io.into_inner();
    if let Some(Cut::Reset) = cut {
        // Where this is not to be had, the connection is closed instead.
        let _ = stream.set_zero_linger();
    }
}

async fn serve(
    request: Request<Incoming>,
    shared: Arc<Shared>,
    cuts: mpsc::UnboundedSender<Cut>,
) -> Result<Response<Sent>, hyper::Error> {
    let reply = shared.answer(read(request).await?);
    let Ok((head, content)) = reply.render(&Addresses::base(shared.base())) else {
        return Ok(broken());
    };
    let body = match reply.fault {
        None => content.whole(),
        Some(Fault::Slow) => content.slowly(),
        Some(Fault::Truncate) => content.half(move || drop(cuts.send(Cut::Close))),
        Some(Fault::Hang) => future::pending().await,
        Some(Fault::Reset) => {
            drop(cuts.send(Cut::Reset));
            future::pending().await
        }
    };
    Ok(Response::from_parts(head, body))
}

async fn read(request: Request<Incoming>) -> Result<Seen, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok(Seen {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body,
        at: Instant::now(),
        listing: Listing::Unlisted,
    })
}

/// Scripts are checked before they are played, so that this is only seen if filling in the
/// provider's origin spoils a header.
fn broken() -> Response<Sent> {
    let mut response = Response::new(Content::Bytes("the reply could not be made".into()).whole());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
