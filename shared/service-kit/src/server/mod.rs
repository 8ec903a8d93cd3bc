//! Serves gRPC and HTTP on one port, and stops without cutting off what it has begun.

mod connection;
pub(crate) mod explained;
mod first_bytes;
mod grpc;
mod health;
mod observed;
pub mod own_host;
mod signal;

use std::{io, net::SocketAddr, pin::pin, time::Duration};

use axum::Router;
use tokio::{net::TcpListener, task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use connection::{HEADER_TIMEOUT, Ways};

use crate::{
    limits::{Limits, Place},
    tls::Acceptor,
};

pub use grpc::{GrpcRoutes, grpc_routes};
pub use health::Health;
pub use observed::observed;
pub use signal::signal;

/// What a port serves beside its own service; it authenticates for itself.
#[derive(Debug, Default)]
pub struct Beside {
    /// Routes of HTTP.
    pub http: Router,
    /// gRPC services.
    pub grpc: GrpcRoutes,
}

/// Where a service listens and how it stops.
#[derive(Debug, Clone, Copy)]
pub struct ServerOptions {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How long calls that were begun may take after the service was told to stop.
    pub drain: Duration,
}

/// A port that was taken, and what it speaks.
pub struct Incoming {
    listener: TcpListener,
    tls: Option<Acceptor>,
    limits: Option<Limits>,
    patience: Duration,
}

/// Why a service does not run, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port is taken, or not allowed.
    #[error("could not listen on {listen}")]
    Bind {
        /// Where.
        listen: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The descriptors that reflection answers from can't be read.
    #[error("could not set up reflection")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// Some calls took longer than the time they were given to end.
    #[error("{connections} connections were cut off when the time to drain was over")]
    CutOff {
        /// How many.
        connections: usize,
    },
}

// === impl ServerOptions ===

impl ServerOptions {
    /// Takes the port. Connections wait until the listener is served.
    pub async fn bind(&self) -> Result<TcpListener, ServeError> {
        let listen = self.listen;
        let bound = TcpListener::bind(listen).await;
        bound.map_err(|source| ServeError::Bind { listen, source })
    }
}

// === impl Incoming ===

impl Incoming {
    /// Only what comes through TLS is served.
    pub fn secured(listener: TcpListener, tls: Acceptor) -> Self {
        Self {
            tls: Some(tls),
            ..listener.into()
        }
    }

    /// No more connections than these limits have room for; without them there is no such limit.
    #[must_use]
    pub fn within(self, limits: Limits) -> Self {
        let limits = Some(limits);
        Self { limits, ..self }
    }

    /// Whoever says nothing is waited for so long, and not for 20 seconds.
    #[cfg(test)]
    fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// A place among the connections. The outer `None`: there is none left.
    fn place(&self) -> Option<Option<Place>> {
        match &self.limits {
            Some(limits) => limits.connection().map(Some),
            None => Some(None),
        }
    }
}

/// Plainly.
impl From<TcpListener> for Incoming {
    fn from(listener: TcpListener) -> Self {
        Self {
            listener,
            tls: None,
            limits: None,
            patience: HEADER_TIMEOUT,
        }
    }
}

/// Serves HTTP/1.1 and HTTP/2 (plainly with prior knowledge, through TLS as agreed) until
/// `shutdown` is ready. Then no connection
/// is taken any more, and calls that were begun have the time `drain` to end.
///
/// A handler finds the caller's address in the extension `axum::extract::ConnectInfo<SocketAddr>`,
/// and whom the certificate that it showed is of in the extension [`Peer`](crate::tls::Peer).
pub async fn serve(
    router: Router,
    incoming: impl Into<Incoming>,
    shutdown: impl Future,
    drain: Duration,
) -> Result<(), ServeError> {
    let incoming = incoming.into();
    let stop = CancellationToken::new();
    let ways = Ways {
        tls: incoming.tls.clone(),
        router,
        stop: stop.clone(),
        patience: incoming.patience,
    };
    let mut connections = JoinSet::new();
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            _ = &mut shutdown => break,
            Some(_) = connections.join_next() => {}
            (stream, caller) = connection::accept(&incoming.listener) => {
                // One that finds no place is closed: who waits would not know what for.
                if let Some(place) = incoming.place() {
                    let served = ways.clone().run(stream, caller);
                    connections.spawn(async move {
                        served.await;
                        drop(place);
                    });
                }
            }
        }
    }
    drop(incoming);
    stop.cancel();
    drained(connections, drain).await
}

async fn drained(mut connections: JoinSet<()>, drain: Duration) -> Result<(), ServeError> {
    let all_ended = async { while connections.join_next().await.is_some() {} };
    match timeout(drain, all_ended).await {
        Ok(()) => Ok(()),
        Err(_) => Err(ServeError::CutOff {
            connections: connections.len(),
        }),
    }
}

#[cfg(test)]
mod tests;
