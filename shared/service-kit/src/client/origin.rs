//! Where a collector is.

use http::{
    Uri,
    uri::{Authority, Scheme},
};

use super::FarError;

/// Scheme, host and port, and nothing else.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    scheme: Scheme,
    authority: Authority,
}

// === impl Origin ===

impl Origin {
    pub fn parse(text: &str) -> Result<Self, FarError> {
        let uri: Uri = text.parse().map_err(|_| FarError::Malformed)?;
        let is_bare = uri.path() == "/" && uri.query().is_none();
        let parts = uri.into_parts();
        let scheme = parts.scheme.ok_or(FarError::Scheme)?;
        if scheme != Scheme::HTTP && scheme != Scheme::HTTPS {
            return Err(FarError::Scheme);
        }
        match parts.authority {
            Some(authority) if is_bare && !authority.as_str().contains('@') => {
                Ok(Self { scheme, authority })
            }
            Some(_) | None => Err(FarError::Malformed),
        }
    }

    pub fn is_tls(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// A name or an address; one of IPv6 without its brackets.
    pub fn host(&self) -> &str {
        let host = self.authority.host();
        let bare = host.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
        bare.unwrap_or(host)
    }

    pub fn port(&self) -> u16 {
        let usual = if self.is_tls() { 443 } else { 80 };
        self.authority.port_u16().unwrap_or(usual)
    }

    /// The same path there.
    pub fn join(&self, path: &Uri) -> Uri {
        let mut parts = path.clone().into_parts();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        Uri::from_parts(parts).unwrap_or_default()
    }
}
