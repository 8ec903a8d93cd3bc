//! How a client connects and what it accepts.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::SecretSlice;

use crate::address::AddressPolicy;
use crate::resolve::{Resolve, SystemResolver};

/// How a client connects and what it accepts.
#[derive(Debug)]
pub struct ClientOptions {
    /// For name, connection and TLS handshake together; 2 s by default.
    pub connect_timeout: Duration,
    /// Upper bound of one request, from the name to the last byte; 10 s by default.
    pub request_timeout: Duration,
    /// Most bytes of a reply's body, after decompression; 4 MiB by default.
    pub body_limit: usize,
    /// Which addresses may be connected to; public ones by default.
    pub addresses: AddressPolicy,
    /// Whom to trust and as whom to appear.
    pub tls: TlsOptions,
    /// What the `User-Agent` header says.
    pub user_agent: String,
    /// Who turns names into addresses; the system by default.
    pub resolver: Arc<dyn Resolve>,
    /// Whether replies tell the server's certificate; they do not by default.
    pub tells_certificate: bool,
}

/// Whom to trust and as whom to appear.
#[derive(Clone, Default)]
pub struct TlsOptions {
    /// Certificates (PEM) of the authorities to trust instead of the system's.
    pub ca_pem: Option<Vec<u8>>,
    /// The name to ask for and to verify, where it is not the endpoint's host. The connection still
    /// goes to the endpoint's host, and speaks HTTP/1.1: HTTP/2 has no place for a second name.
    pub server_name: Option<String>,
    /// The certificate to show to servers that ask for one.
    pub identity: Option<ClientIdentity>,
    /// When the server's certificate has to be valid, where that is not when it is shown.
    pub at: Option<SystemTime>,
}

/// A client certificate and its key.
#[derive(Debug, Clone)]
pub struct ClientIdentity {
    /// The certificate and those that lead to its authority (PEM).
    pub certificates_pem: Vec<u8>,
    /// The certificate's private key (PEM: PKCS#8, PKCS#1 or SEC1, not encrypted).
    pub key_pem: SecretSlice<u8>,
}

// === impl ClientOptions ===

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(2),
            request_timeout: Duration::from_secs(10),
            body_limit: 4 * 1024 * 1024,
            addresses: AddressPolicy::public_only(),
            tls: TlsOptions::default(),
            user_agent: concat!("passport-mesh/", env!("CARGO_PKG_VERSION")).to_owned(),
            resolver: Arc::new(SystemResolver),
            tells_certificate: false,
        }
    }
}

// === impl TlsOptions ===

impl TlsOptions {
    pub(crate) fn is_empty(&self) -> bool {
        self.ca_pem.is_none() && self.server_name.is_none() && self.identity.is_none()
    }
}

impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions")
            .field("own_ca", &self.ca_pem.is_some())
            .field("server_name", &self.server_name)
            .field("identity", &self.identity.is_some())
            .finish()
    }
}
