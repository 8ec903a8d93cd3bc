//! The one place a client talks to: an origin and a context path.

mod link;
pub(crate) mod path;
mod problem;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use url::{Host, Position, Url};

pub use self::link::Link;
pub use self::path::UnsafeSegment;
pub use self::problem::EndpointProblem;
use crate::address::{AddressPolicy, Refused, is_loopback};

/// What a Unix socket is written with.
const UNIX: &str = "unix://";
/// What stands in the `Host` header of requests to a socket.
const OF_SOCKET: &str = "http://localhost";
/// Longest path of a socket that every Unix takes.
const MAX_SOCKET_PATH: usize = 100;

/// An origin and a context path, checked. Shown as its origin alone, since a path may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    url: Url,
    host: Host<String>,
    /// The Unix socket that is connected to instead of the host.
    socket: Option<PathBuf>,
}

/// What an endpoint may be.
#[derive(Debug, Clone, Copy)]
pub struct EndpointRules<'a> {
    /// Whether plain http is accepted off loopback.
    pub allow_plain_http: bool,
    /// Judges a host that is written as an address.
    pub addresses: &'a AddressPolicy,
}

// === impl Endpoint ===

impl Endpoint {
    /// Reads an endpoint such as `https://prometheus.example.com/prefix`.
    ///
    /// # Errors
    /// The first thing that is wrong with it. No network is touched: the addresses behind a name
    /// are judged when a client connects.
    pub fn parse(text: &str, rules: EndpointRules<'_>) -> Result<Self, EndpointProblem> {
        // The URL parser drops tabs and line ends without a word.
        if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return Err(EndpointProblem::NotAUrl);
        }
        let url = Url::parse(text).map_err(problem::from_parser)?;
        let host = url.host().ok_or(EndpointProblem::NoHost)?.to_owned();
        let endpoint = Self {
            url,
            host,
            socket: None,
        };
        endpoint.check_parts()?;
        // An address that is never allowed comes first: allowing plain http would not mend it.
        endpoint.check_literal(rules.addresses)?;
        endpoint.check_scheme(rules.allow_plain_http)?;
        Ok(endpoint)
    }

    /// Reads a Unix socket of this machine, such as `unix:///run/server.sock`. It has no address that
    /// could be judged: that it is named is the permission.
    ///
    /// # Errors
    /// It is written otherwise, or names no socket by its absolute path.
    pub fn of_socket(text: &str) -> Result<Self, EndpointProblem> {
        let path = text.strip_prefix(UNIX).ok_or(EndpointProblem::Scheme)?;
        if !names_a_socket(path) {
            return Err(EndpointProblem::Socket);
        }
        let url = Url::parse(OF_SOCKET).map_err(problem::from_parser)?;
        let host = url.host().ok_or(EndpointProblem::NoHost)?.to_owned();
        Ok(Self {
            url,
            host,
            socket: Some(path.into()),
        })
    }

    /// Scheme, host and, unless it is the scheme's own, port: `https://prometheus.example.com`. Of a
    /// socket its path: `unix:///run/server.sock`.
    pub fn origin(&self) -> String {
        match &self.socket {
            Some(path) => format!("{UNIX}{}", path.display()),
            None => self.url.origin().ascii_serialization(),
        }
    }

    /// Whether it is this machine, where it is known without a resolver.
    pub fn is_local(&self) -> bool {
        self.socket.is_some() || self.is_localhost() || self.literal().is_some_and(is_loopback)
    }

    /// The host alone: a name or an address; one of IPv6 in its brackets.
    pub fn host_name(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The URL of `segments` under the context path, each percent-encoded as one segment.
    ///
    /// # Errors
    /// A segment that is empty, holds a control character, or that a server could take for a step
    /// up the path.
    pub fn url(&self, segments: &[&str]) -> Result<Url, UnsafeSegment> {
        path::below(&self.url, segments, false, path::Encoding::Reserved)
    }

    /// The part of `link` under the context path, if it is of this endpoint.
    ///
    /// `link` is absolute (same scheme, host and port) or relative to the endpoint; what lies
    /// elsewhere, or could be taken for a step up the path, is `None`.
    pub fn same_origin(&self, link: &str) -> Option<Link> {
        Link::within(&self.url, link)
    }

    /// Judges the host where no name has to be resolved: an address, or `localhost`.
    pub(crate) fn check_literal(&self, addresses: &AddressPolicy) -> Result<(), Refused> {
        match self.socket {
            Some(_) => Ok(()),
            None => check_host(&self.host, addresses),
        }
    }

    pub(crate) fn socket(&self) -> Option<&Path> {
        self.socket.as_deref()
    }

    pub(crate) fn base(&self) -> &Url {
        &self.url
    }

    pub(crate) fn host(&self) -> &Host<String> {
        &self.host
    }

    /// Host and, unless it is the scheme's own, port: what the `Host` header says.
    pub(crate) fn authority(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }

    /// The port that is connected to, the scheme's own where none is written.
    pub(crate) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// Whether it speaks TLS.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// `localhost` is this machine (RFC 6761): no resolver is asked.
    pub(crate) fn is_localhost(&self) -> bool {
        is_localhost(&self.host)
    }

    fn literal(&self) -> Option<IpAddr> {
        match self.host {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    fn check_parts(&self) -> Result<(), EndpointProblem> {
        if !self.url.username().is_empty() || self.url.password().is_some() {
            return Err(EndpointProblem::Userinfo);
        }
        if self.url.query().is_some() {
            return Err(EndpointProblem::Query);
        }
        if self.url.fragment().is_some() {
            return Err(EndpointProblem::Fragment);
        }
        if self.url.port() == Some(0) {
            return Err(EndpointProblem::PortZero);
        }
        Ok(())
    }

    fn check_scheme(&self, allow_plain_http: bool) -> Result<(), EndpointProblem> {
        match self.url.scheme() {
            "https" => Ok(()),
            "http" if self.is_local() || allow_plain_http => Ok(()),
            "http" => Err(EndpointProblem::PlainHttp),
            _ => Err(EndpointProblem::Scheme),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.origin())
    }
}

/// An absolute path without a step up, and nothing that belongs to a URL.
fn names_a_socket(path: &str) -> bool {
    let mut steps = path.split('/');
    let is_absolute = steps.next() == Some("") && !path.is_empty();
    is_absolute
        && path.len() <= MAX_SOCKET_PATH
        && steps.all(|it| !matches!(it, "" | "." | ".."))
        && !path.contains(|c: char| c.is_control() || matches!(c, '?' | '#' | '%' | '@'))
}

/// Whether it is `localhost`, by that name.
pub(crate) fn is_localhost(host: &Host<String>) -> bool {
    matches!(host, Host::Domain(name) if name.trim_end_matches('.') == "localhost")
}

/// Judges a host where no name has to be resolved: an address, or `localhost`.
pub(crate) fn check_host(host: &Host<String>, addresses: &AddressPolicy) -> Result<(), Refused> {
    match host {
        Host::Ipv4(address) => addresses.permits((*address).into()),
        Host::Ipv6(address) => addresses.permits((*address).into()),
        Host::Domain(_) if is_localhost(host) => LOCALHOST
            .into_iter()
            .map(|address| addresses.permits(address))
            .reduce(Result::or)
            .unwrap_or(Err(Refused::Loopback)),
        Host::Domain(_) => Ok(()),
    }
}

/// What `localhost` stands for.
pub(crate) const LOCALHOST: [IpAddr; 2] = [
    IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
    IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
];
