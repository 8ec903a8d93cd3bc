//! Connections of protocols other than HTTP: their address is judged, and no other is connected to.

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::address::{AddressPolicy, is_loopback};
use crate::endpoint::{EndpointProblem, check_host, is_localhost};
use crate::error::{BuildError, SendError, Stage};
use crate::options::TlsOptions;
use crate::resolve::{CheckedResolver, Resolve};
use crate::{failure, tls};

/// A host and a port, checked as those of an [`Endpoint`](crate::Endpoint) are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialTarget {
    host: Host<String>,
    port: u16,
}

/// How connections are opened.
#[derive(Debug)]
pub struct DialOptions {
    /// Upper bound for a name and its connection together, and once more for a handshake.
    pub connect_timeout: Duration,
    /// Which addresses may be connected to.
    pub addresses: AddressPolicy,
    /// Whom to trust and as whom to appear; `None`: TLS is never spoken.
    pub tls: Option<TlsOptions>,
    /// Who turns names into addresses.
    pub resolver: Arc<dyn Resolve>,
}

/// Opens connections to one target and nowhere else. Who speaks a protocol over them is given bytes, and
/// never the name: it can't resolve it once more.
pub struct GuardedDial {
    target: DialTarget,
    resolver: CheckedResolver,
    connect_timeout: Duration,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

/// Bytes in both directions.
pub trait ByteStream: AsyncRead + AsyncWrite + Send + Sync + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> ByteStream for T {}

/// A connection that stands.
pub type Connection = Box<dyn ByteStream>;

// === impl DialTarget ===

impl DialTarget {
    /// Reads what stands behind the scheme: `host`, `host:port`, an address in its usual form, with a slash at
    /// the end perhaps.
    ///
    /// # Errors
    /// The first thing that is wrong with it. No network is touched.
    pub fn parse(
        authority: &str,
        usual_port: u16,
        addresses: &AddressPolicy,
    ) -> Result<Self, EndpointProblem> {
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        // The URL parser drops tabs and line ends, and takes a backslash for a slash.
        if authority.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
            return Err(EndpointProblem::NotAUrl);
        }
        // Under this scheme hosts are read most strictly, and other spellings of addresses as addresses.
        let url = Url::parse(&format!("https://{authority}"));
        let url = url.map_err(|_| EndpointProblem::NotAUrl)?;
        let host = url.host().ok_or(EndpointProblem::NoHost)?.to_owned();
        check_parts(&url, authority)?;
        let (written, port) = split(authority);
        if let Host::Ipv4(address) = host
            && written.parse::<Ipv4Addr>() != Ok(address)
        {
            return Err(EndpointProblem::Spelling);
        }
        let port = match port {
            Some(_) => url.port_or_known_default().unwrap_or_default(),
            None => usual_port,
        };
        if port == 0 {
            return Err(EndpointProblem::PortZero);
        }
        check_host(&host, addresses)?;
        Ok(Self { host, port })
    }

    /// Whether it is this machine, where it is known without a resolver.
    pub fn is_local(&self) -> bool {
        match self.host {
            Host::Ipv4(address) => is_loopback(address.into()),
            Host::Ipv6(address) => is_loopback(address.into()),
            Host::Domain(_) => is_localhost(&self.host),
        }
    }

    fn server_name(&self, other: Option<&str>) -> Result<ServerName<'static>, BuildError> {
        let name = match (other, &self.host) {
            (Some(other), _) => tls::checked_name(other)?,
            (None, Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
            (None, Host::Ipv4(address)) => address.to_string(),
            (None, Host::Ipv6(address)) => address.to_string(),
        };
        ServerName::try_from(name).map_err(|_| BuildError::ServerName)
    }
}

/// Host and port as they are written.
fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port).filter(|it| !it.is_empty())),
        Some(_) | None => (authority, None),
    }
}

fn check_parts(url: &Url, authority: &str) -> Result<(), EndpointProblem> {
    if authority.contains('@') {
        return Err(EndpointProblem::Userinfo);
    }
    if authority.contains('?') {
        return Err(EndpointProblem::Query);
    }
    if authority.contains('#') {
        return Err(EndpointProblem::Fragment);
    }
    match authority.contains('/') || url.path() != "/" {
        true => Err(EndpointProblem::Path),
        false => Ok(()),
    }
}

// === impl GuardedDial ===

impl GuardedDial {
    /// Connections to a target. Touches no network.
    ///
    /// # Errors
    /// Options that cannot be used.
    pub fn new(target: DialTarget, options: DialOptions) -> Result<Self, BuildError> {
        let tls = match &options.tls {
            None => None,
            Some(of_tls) => {
                let name = target.server_name(of_tls.server_name.as_deref())?;
                let config = Arc::new(tls::unnamed(of_tls)?);
                Some((TlsConnector::from(config), name))
            }
        };
        Ok(Self {
            resolver: CheckedResolver::new(&target.host, options.addresses, options.resolver),
            target,
            connect_timeout: options.connect_timeout,
            tls,
        })
    }

    /// Opens a connection to an address of the target that may be connected to, all of which may.
    ///
    /// # Errors
    /// There is none within the time and the rules.
    pub async fn connect(&self) -> Result<Connection, SendError> {
        let dialled = timeout(self.connect_timeout, self.resolver.dial(self.target.port));
        match dialled.await {
            Ok(stream) => Ok(Box::new(stream?)),
            Err(_) => Err(SendError::TimedOut { connecting: true }),
        }
    }

    /// Goes on in TLS over a connection, with a server that proves to be the target.
    ///
    /// # Errors
    /// It does not, or not in time; or this is a dial without TLS.
    pub async fn secure(&self, plain: Connection) -> Result<Connection, SendError> {
        let Some((connector, name)) = &self.tls else {
            return Err(SendError::Unreachable(Stage::Handshake));
        };
        let secured = timeout(self.connect_timeout, connector.connect(name.clone(), plain));
        match secured.await {
            Ok(Ok(stream)) => Ok(Box::new(stream)),
            Ok(Err(error)) => Err(failure::of_secured(&error)),
            Err(_) => Err(SendError::TimedOut { connecting: true }),
        }
    }
}

impl fmt::Debug for GuardedDial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedDial")
            .field("target", &self.target)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}
