//! What can be wrong with an endpoint.

use url::ParseError;

use crate::address::Refused;

/// What is wrong with an endpoint. The text repeats no part of what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointProblem {
    /// It cannot be read as a URL.
    #[error("the endpoint is not a URL")]
    NotAUrl,
    /// It has a scheme other than https and http.
    #[error("the endpoint is neither https nor http")]
    Scheme,
    /// It is plain http and not on this machine.
    #[error("the endpoint is plain http off loopback")]
    PlainHttp,
    /// It names no host.
    #[error("the endpoint has no host")]
    NoHost,
    /// It carries a user name or password.
    #[error("the endpoint carries a user name or password")]
    Userinfo,
    /// It carries a query.
    #[error("the endpoint carries a query")]
    Query,
    /// It carries a fragment.
    #[error("the endpoint carries a fragment")]
    Fragment,
    /// It carries a path, and its protocol has none.
    #[error("the endpoint carries a path")]
    Path,
    /// Its host is an address that is not written in its usual form.
    #[error("the endpoint's host is an address in another spelling than its usual one")]
    Spelling,
    /// It names no Unix socket by its absolute path.
    #[error("the endpoint names no Unix socket by its absolute path")]
    Socket,
    /// Its port is 0.
    #[error("the endpoint has port 0")]
    PortZero,
    /// Its host is written as an address that may not be reached.
    #[error(transparent)]
    Address(#[from] Refused),
}

// === impl EndpointProblem ===

impl EndpointProblem {
    /// What to write instead.
    pub fn fix(self) -> &'static str {
        match self {
            Self::NotAUrl => "write it as https://host/path",
            Self::Scheme => "begin it with https://",
            Self::PlainHttp => {
                "use https, or set allow_plain_http: true where the network is trusted"
            }
            Self::NoHost => "name the host, as in https://host/path",
            Self::Userinfo => "put the credential under credential, as { env: NAME }",
            Self::Query => "end it with the path: settings of the source belong under its own keys",
            Self::Fragment => "end it with the path",
            Self::Path => "end it with the port",
            Self::Spelling => "write the address as 192.0.2.7, or name the host",
            Self::Socket => "write it as unix:///run/server.sock",
            Self::PortZero => "name the port that the server listens on, or none for the usual one",
            Self::Address(refused) => refused.fix(),
        }
    }
}

pub(super) fn from_parser(error: ParseError) -> EndpointProblem {
    if error == ParseError::EmptyHost {
        EndpointProblem::NoHost
    } else {
        EndpointProblem::NotAUrl
    }
}
