//! Where a gateway listens.

use std::fmt;
use std::net::IpAddr;

use tonic::transport::Uri;

use crate::exit::Fault;

/// Scheme, host and port of a gateway.
#[derive(Debug, Clone)]
pub struct Address(Uri);

// === impl Address ===

impl Address {
    /// Reads an address; a message about a bad one never repeats it, as it may hold a password.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let uri: Uri = text.trim().parse().map_err(|_| bad("is not an address"))?;
        let authority = uri
            .authority()
            .map(|part| part.as_str())
            .unwrap_or_default();
        if authority.contains('@') {
            return Err(bad(
                "carries a user name or password; a gateway takes a token",
            ));
        }
        if !matches!(uri.scheme_str(), Some("http" | "https")) || authority.is_empty() {
            return Err(bad("lacks http:// or https://"));
        }
        if !matches!(
            uri.path_and_query().map(|it| it.as_str()),
            None | Some("/" | "")
        ) {
            return Err(bad("has a path; gRPC is served at the root"));
        }
        Ok(Self(uri))
    }

    /// As the transport wants it.
    pub fn uri(&self) -> &Uri {
        &self.0
    }

    /// Whether the connection is encrypted.
    pub fn is_tls(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }

    /// Whether nobody on the way can read what is sent: it is encrypted, or does not leave this
    /// machine.
    pub fn is_private(&self) -> bool {
        let host = self.0.host().unwrap_or_default();
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        let loopback = literal.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        self.is_tls() || loopback || host == "localhost"
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.scheme_str().unwrap_or_default();
        let authority = self.0.authority().map(|part| part.as_str());
        write!(f, "{scheme}://{}", authority.unwrap_or_default())
    }
}

fn bad(reason: &str) -> Fault {
    Fault::wrong(
        format!("the address of the gateway {reason}"),
        "give --gateway or PASSPORT_GATEWAY scheme, host and port, such as https://passport.example.com",
    )
}

#[cfg(test)]
mod tests;
