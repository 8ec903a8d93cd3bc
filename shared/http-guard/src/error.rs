//! Why a client could not be built, or a request not be answered. No text here repeats a URL, a
//! header, a body or a key, and no error carries the library's own as its source.

use crate::address::Refused;
use crate::endpoint::UnsafeSegment;

/// Why a client could not be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The endpoint's host is written as an address that may not be reached.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// TLS options stand beside a plain http endpoint.
    #[error("tls is set, but the endpoint is plain http")]
    TlsWithoutHttps,
    /// The private CA cannot be read.
    #[error("the CA file holds no usable certificate, or a broken one")]
    Ca,
    /// The client certificate and its key cannot be used.
    #[error("the client certificate and its key cannot be read, or do not belong together")]
    Identity,
    /// The server name is no DNS name.
    #[error("the server name is not a DNS name")]
    ServerName,
    /// The machine has no root certificates.
    #[error("the system has no root certificates")]
    SystemRoots,
    /// The user agent cannot stand in a header.
    #[error("the user agent holds a character that no header may hold")]
    UserAgent,
    /// The HTTP or TLS library refused its own configuration.
    #[error("the HTTP client could not be set up")]
    Client,
}

/// Why a request got no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The host has an address that may not be reached; nothing was sent.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// No connection, or none that lasted until a reply began.
    #[error("the server could not be reached: {0}")]
    Unreachable(Stage),
    /// The reply ended before it was whole.
    #[error("the reply broke off")]
    Cut,
    /// What came is no HTTP, or its compression is broken.
    #[error("the reply is not HTTP or wrongly compressed")]
    Garbled,
    /// The time ran out.
    #[error("no reply in time")]
    TimedOut {
        /// Whether it ran out before a connection stood.
        connecting: bool,
    },
    /// The body is larger than the limit.
    #[error("the reply is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes after decompression.
        limit: usize,
    },
    /// The request itself is wrong; nothing was sent.
    #[error("the request is invalid: {0}")]
    Invalid(Flaw),
}

// === impl SendError ===

impl SendError {
    /// Whether the request may have reached the server all the same.
    pub fn may_have_arrived(self) -> bool {
        match self {
            Self::Refused(_) | Self::Invalid(_) => false,
            Self::Unreachable(stage) => matches!(stage, Stage::Alert | Stage::Exchange),
            Self::TimedOut { connecting } => !connecting,
            Self::Cut | Self::Garbled | Self::TooLarge { .. } => true,
        }
    }
}

/// What a connection failed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stage {
    /// The name has no address, or the resolver did not answer.
    #[error("its name could not be resolved")]
    Lookup,
    /// The network does not lead there.
    #[error("no connection")]
    Connect,
    /// Its machine answers that no server listens.
    #[error("the connection was refused")]
    Refused,
    /// The two do not agree on TLS.
    #[error("the TLS handshake failed")]
    Handshake,
    /// The server's certificate is not accepted.
    #[error("its certificate {0}")]
    Certificate(Distrust),
    /// The server ended TLS after the handshake, as when it wants another client certificate.
    #[error("the server ended the TLS connection")]
    Alert,
    /// The connection broke before a reply began.
    #[error("the connection broke")]
    Exchange,
}

/// Why a server's certificate is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Distrust {
    /// Its time is over.
    #[error("has expired")]
    Expired,
    /// It is for another name.
    #[error("is for another name")]
    AnotherName,
    /// No authority that is trusted vouches for it, or not as it is.
    #[error("is not trusted")]
    Untrusted,
}

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Its path.
    #[error(transparent)]
    Path(#[from] UnsafeSegment),
    /// It sets a header that steers the connection.
    #[error("it sets a header that belongs to the client")]
    Header,
    /// Something that the HTTP library refused.
    #[error("it cannot be written as HTTP")]
    Form,
}

// === impl BuildError ===

impl BuildError {
    /// What the operator can do about it.
    pub fn fix(self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.fix(),
            Self::TlsWithoutHttps => "begin the endpoint with https://, or remove tls",
            Self::Ca => "give the authority's certificates as PEM",
            Self::Identity => "give a certificate and its own unencrypted key as PEM",
            Self::ServerName => "write the name that stands in the server's certificate",
            Self::SystemRoots => "install the system's CA certificates, or give tls.ca",
            Self::UserAgent => "use visible ASCII characters",
            Self::Client => "report this with the source's settings, without its secrets",
        }
    }
}

// === impl SendError ===

impl SendError {
    /// Whether it is certain that the server saw nothing of the request.
    pub fn is_before_send(self) -> bool {
        match self {
            Self::Refused(_) | Self::Invalid(_) => true,
            Self::TimedOut { connecting } => connecting,
            Self::Unreachable(stage) => match stage {
                Stage::Lookup
                | Stage::Connect
                | Stage::Refused
                | Stage::Handshake
                | Stage::Certificate(_) => true,
                Stage::Alert | Stage::Exchange => false,
            },
            Self::Cut | Self::Garbled | Self::TooLarge { .. } => false,
        }
    }
}

impl From<UnsafeSegment> for SendError {
    fn from(unsafe_segment: UnsafeSegment) -> Self {
        Self::Invalid(Flaw::Path(unsafe_segment))
    }
}
