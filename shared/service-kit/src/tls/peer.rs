//! Whom the certificate of the other side is of.

use std::fmt;

use chrono::{DateTime, Utc};
use rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

use super::validity;
use crate::config::model::PeerIdentity;

/// What a certificate says of whom it belongs to, once its chain was verified. A handler finds that
/// of its caller among the extensions of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    uris: Vec<String>,
    dns: Vec<String>,
    /// From this moment on the certificate is not valid any more.
    pub not_after: DateTime<Utc>,
}

/// A certificate whose names or times can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the certificate can't be read")]
pub struct Unreadable;

// === impl Peer ===

impl Peer {
    /// Reads the alternative names of a certificate that was verified. The common name is left out:
    /// nobody verified it as a name of anything.
    ///
    /// # Errors
    /// It is no certificate, or its times can't be read.
    pub fn of(certificate: &CertificateDer<'_>) -> Result<Self, Unreadable> {
        let parsed = EndEntityCert::try_from(certificate).map_err(|_| Unreadable)?;
        let (_, not_after) = validity::of(&parsed).ok_or(Unreadable)?;
        Ok(Self {
            uris: parsed.valid_uri_names().map(str::to_owned).collect(),
            dns: parsed.valid_dns_names().map(str::to_owned).collect(),
            not_after,
        })
    }

    /// Whether the certificate says so of its owner: exactly once, byte by byte, in a name of that
    /// kind. By the rule of SPIFFE, one with two URIs has no SPIFFE ID.
    pub fn is(&self, identity: &PeerIdentity) -> bool {
        let identity = identity.as_str();
        match identity.strip_prefix("dns:") {
            Some(wanted) => self.dns.iter().filter(|name| *name == wanted).count() == 1,
            None => self.uris == [identity],
        }
    }
}

/// For records: the names, as an [`PeerIdentity`] writes them, shortened and without what could be
/// mistaken for another line.
impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 4;
        const LENGTH: usize = 256;
        let dns = self.dns.iter().map(|name| format!("dns:{name}"));
        let names: Vec<_> = self.uris.iter().cloned().chain(dns).take(SHOWN).collect();
        let text = names.join(" ");
        let plain = text
            .chars()
            .filter(|it| it.is_ascii_graphic() || *it == ' ');
        let plain: String = plain.take(LENGTH).collect();
        f.write_str(if plain.is_empty() { "nobody" } else { &plain })
    }
}

#[cfg(test)]
mod tests;
