//! A provider that answers as it was told: an HTTP/1.1 server on loopback.
//!
//! It plays the exchanges of a case, or a script written in Rust, records every request, and can be
//! switched off, on, and given another script while it runs. It sends no header that it was not
//! told to, above all no `Date`, except the length of a body and a content type for JSON. With the rule
//! `tls` it shows a certificate for `localhost`.

mod access;
mod body;
mod listed;
mod reply;
mod routes;
mod script;
mod seen;
mod server;
mod tls;

#[cfg(test)]
mod case_tests;
#[cfg(test)]
mod client;
#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod match_tests;
#[cfg(test)]
mod tests;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

use crate::case::{Exchange, Response, Rules};

pub use reply::Reply;
pub use script::{On, Script};
pub use seen::{Listing, Seen};

use server::Shared;
use tls::Identity;
pub use tls::stranger;

/// Why a provider did not start or did not take a script.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// No port on loopback could be had.
    #[error("could not listen on loopback")]
    Listen(#[from] io::Error),
    /// A reply has no valid status or header.
    #[error("could not make a reply")]
    Reply(#[from] http::Error),
    /// The bytes of a reply are no base64.
    #[error("could not read the bytes of a reply")]
    Bytes(#[from] base64::DecodeError),
    /// The certificate could not be made.
    #[error("could not make a certificate")]
    Certificate,
}

/// A running provider. Dropping it closes its listener and its connections.
#[derive(Debug)]
pub struct Provider {
    address: SocketAddr,
    /// Keeps the port while the provider is down: bound, but never listening.
    _reserved: TcpSocket,
    shared: Arc<Shared>,
    listening: Mutex<Option<JoinHandle<()>>>,
    /// The authority (PEM) that vouches for its certificate, where it speaks TLS.
    authority: Option<String>,
}

// === impl Provider ===

impl Provider {
    /// Starts to write a script.
    pub fn script() -> Script {
        Script::default()
    }

    /// Plays the exchanges of a case. `unmatched` answers anything else, by default with 404.
    pub async fn start(
        exchanges: &[Exchange],
        unmatched: Option<&Response>,
        rules: &Rules,
    ) -> Result<Self, ProviderError> {
        Script::of(exchanges, unmatched, rules).start().await
    }

    async fn play(script: Script) -> Result<Self, ProviderError> {
        script.check()?;
        let reserved = socket((Ipv4Addr::LOCALHOST, 0).into())?;
        let address = reserved.local_addr()?;
        let identity = script.identity()?;
        let base = match &identity {
            Some(_) => format!("https://localhost:{}", address.port()),
            None => format!("http://{address}"),
        };
        let (authority, acceptor) = identity.map(Identity::into_parts).unzip();
        let shared = Arc::new(Shared::new(base, script.into_routes(), acceptor));
        let provider = Self {
            address,
            _reserved: reserved,
            shared,
            listening: Mutex::new(None),
            authority,
        };
        provider.up()?;
        Ok(provider)
    }

    /// Its origin, such as `http://127.0.0.1:40123`; no slash at the end.
    pub fn base(&self) -> String {
        self.shared.base().to_owned()
    }

    /// The authority (PEM) that vouches for its certificate; `None`: it speaks plain HTTP.
    pub fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every request so far, in the order in which their bodies were complete.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.seen()
    }

    /// Waits until there were at least this many requests, and gives them all.
    pub async fn seen(&self, at_least: usize) -> Vec<Seen> {
        self.shared.wait_for(at_least).await
    }

    /// Requests that would have changed something and that no exchange lists.
    pub fn unlisted_writes(&self) -> Vec<Seen> {
        let mut seen = self.shared.seen();
        seen.retain(|request| request.listing == Listing::UnlistedWrite);
        seen
    }

    /// Goes on with another script, from its start. What was seen stays.
    pub fn set(&self, script: Script) -> Result<(), ProviderError> {
        script.check()?;
        self.shared.set(script.into_routes());
        Ok(())
    }

    /// Closes the listener and all connections: from now on connections are refused.
    pub async fn down(&self) {
        let listening = self.lock().take();
        if let Some(task) = listening {
            task.abort();
            // It was aborted: there is no other result.
            let _ = task.await;
        }
    }

    /// Listens again, on the same port. Does nothing when it is up.
    pub fn up(&self) -> io::Result<()> {
        let mut listening = self.lock();
        if listening.is_none() {
            let listener = socket(self.address)?.listen(1024)?;
            *listening = Some(tokio::spawn(server::accept(listener, self.shared.clone())));
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        if let Some(task) = self.lock().take() {
            task.abort();
        }
    }
}

/// A socket that shares its port with others of this process.
fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}
