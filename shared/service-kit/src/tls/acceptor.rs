//! The server's side of a connection, with what the files hold now.

use std::{future::pending, net::SocketAddr, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use opentelemetry::metrics::Meter;
use passport_evidence::Clock;
use rustls::pki_types::CertificateDer;
use tokio::{
    net::TcpStream,
    time::{sleep, timeout},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;

use super::{
    AskClients, Peer, Refused, TlsError,
    config::{Read, read},
    meters::Meters,
    watch::{Watch, Why},
};
use crate::config::model::Tls;

/// How long a handshake may take.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Takes the server's side of connections. A clone is the same.
#[derive(Clone)]
pub struct Acceptor {
    inner: Arc<Inner>,
    /// Whether callers are asked for a certificate, as the files say.
    asks: bool,
}

struct Inner {
    at: String,
    tls: Tls,
    ask: AskClients,
    clock: Arc<dyn Clock>,
    meters: Meters,
    current: ArcSwap<Generation>,
}

/// What was read at one time, and whether that still lets callers in.
struct Generation {
    read: Read,
    outdated: CancellationToken,
}

/// A connection after its handshake.
pub struct Secured {
    /// What is sent and received.
    pub stream: TlsStream<TcpStream>,
    /// Whom the caller's certificate is of, where it showed one.
    pub peer: Option<Peer>,
    outdated: CancellationToken,
    left: Option<Duration>,
}

// === impl Acceptor ===

impl Acceptor {
    /// Reads the files that the configuration names at `at`, such as `gateway.tls`.
    ///
    /// # Errors
    /// One of them can't be used.
    pub fn open(
        at: &str,
        tls: &Tls,
        ask: AskClients,
        clock: Arc<dyn Clock>,
        meter: &Meter,
    ) -> Result<Self, TlsError> {
        let read = read(at, tls, ask, clock.now())?;
        let meters = Meters::new(meter, at);
        meters.reload(0, 0);
        meters.ends(read.not_after);
        let inner = Inner {
            at: at.to_owned(),
            tls: tls.clone(),
            ask,
            clock,
            meters,
            current: ArcSwap::from_pointee(Generation {
                read,
                outdated: CancellationToken::new(),
            }),
        };
        Ok(Self {
            inner: Arc::new(inner),
            asks: true,
        })
    }

    /// The same files for a port that asks nobody for a certificate. Whoever reads them anew does it
    /// for both.
    #[must_use]
    pub fn for_anybody(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            asks: false,
        }
    }

    /// Reads the files anew. Handshakes from now on are made with them. Connections of callers stay
    /// open, unless other authorities count or other certificates are withdrawn: those are told to come
    /// again, after the calls that they have begun.
    ///
    /// # Errors
    /// They can't be used; what was read before stays.
    pub fn reload(&self) -> Result<(), TlsError> {
        let inner = &self.inner;
        let read = read(&inner.at, &inner.tls, inner.ask, inner.clock.now())?;
        inner.meters.ends(read.not_after);
        let before = inner.current.load();
        let is_the_same = before.read.callers == read.callers;
        let outdated = match is_the_same {
            true => before.outdated.clone(),
            false => CancellationToken::new(),
        };
        inner.current.store(Arc::new(Generation { read, outdated }));
        if !is_the_same {
            before.outdated.cancel();
        }
        Ok(())
    }

    /// Reads the files anew whenever they change. Ends at no time.
    pub async fn follow(self, mut watch: Watch) {
        let mut refused = None;
        loop {
            let why = watch.due(refused.is_some()).await;
            refused = self.reloaded(why, refused.as_ref()).err();
        }
    }

    fn reloaded(&self, why: Why, refused: Option<&TlsError>) -> Result<(), TlsError> {
        let (at, meters) = (&self.inner.at, &self.inner.meters);
        let outcome = self.reload();
        match &outcome {
            Ok(()) => {
                meters.reload(1, 0);
                tracing::info!(at, "certificates were read anew");
            }
            Err(error) if why == Why::Changed || refused != Some(error) => {
                meters.reload(0, 1);
                tracing::error!(at, %error, "new certificates were refused, those before stay");
            }
            Err(_) => {}
        }
        outcome
    }

    /// Takes the server's side of a handshake. What becomes of it is counted, and written down
    /// where it fails.
    ///
    /// # Errors
    /// Why there is no connection.
    pub async fn accept(&self, stream: TcpStream, caller: SocketAddr) -> Result<Secured, Refused> {
        let secured = self.shake_hands(stream).await;
        self.inner.meters.handshake(match &secured {
            Ok(_) => "secured",
            Err(refused) => refused.as_str(),
        });
        secured.inspect_err(|refused| {
            let (at, reason) = (&self.inner.at, refused.as_str());
            tracing::warn!(at, %caller, reason, "a handshake failed");
        })
    }

    async fn shake_hands(&self, stream: TcpStream) -> Result<Secured, Refused> {
        let current = self.inner.current.load_full();
        let config = match self.asks {
            true => &current.read.config,
            false => &current.read.open,
        };
        let acceptor = TlsAcceptor::from(Arc::clone(config));
        let shaken = timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await;
        let shaken = shaken.map_err(|_| Refused::TimedOut)?;
        let stream = shaken.map_err(|error| Refused::of(&error))?;
        let shown = stream.get_ref().1.peer_certificates();
        let peer = shown.and_then(<[CertificateDer<'_>]>::first).map(Peer::of);
        let peer = peer.transpose().map_err(|_| Refused::BadCertificate)?;
        let left = peer
            .as_ref()
            .map(|it| it.not_after - self.inner.clock.now());
        Ok(Secured {
            stream,
            left: left.map(|left| left.to_std().unwrap_or_default()),
            peer,
            outdated: match self.asks {
                true => current.outdated.clone(),
                // Other authorities change nothing for those who show no certificate.
                false => CancellationToken::new(),
            },
        })
    }
}

// === impl Secured ===

impl Secured {
    /// Ready when the caller has to show a certificate anew: its own has ended, or it would be held
    /// against other authorities and lists than it was.
    pub fn outdated(&self) -> impl Future<Output = ()> + Send + use<> {
        let (outdated, left) = (self.outdated.clone(), self.left);
        async move {
            let ended = async {
                match left {
                    Some(left) => sleep(left).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                () = ended => {}
                () = outdated.cancelled() => {}
            }
        }
    }
}
