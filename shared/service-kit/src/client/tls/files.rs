//! Where the certificates of a client lie, and what they make of a connection.

use std::{path::PathBuf, sync::Arc};

use passport_evidence::Clock as _;
use rustls::{ClientConfig, RootCertStore};

use super::verifier;
use crate::{
    clock::SystemClock,
    config::model::{PeerIdentity, Tls},
    tls::{
        Problem, TlsError,
        files::{self, Pair},
        provider,
        watch::Stamp,
    },
};

const ALPN_H2: &[u8] = b"h2";

/// What a client trusts and shows.
#[derive(Debug, Clone, Default)]
pub struct TlsFiles {
    /// Authorities one of which signed the server's certificate, in place of those of the system.
    pub ca: Option<Named<PathBuf>>,
    /// What the server's certificate has to say; its host's name where this says nothing.
    pub identity: Option<PeerIdentity>,
    /// The certificate that the client shows; its authorities for callers are of no use here.
    pub shown: Option<Named<Tls>>,
}

/// Something of a configuration, and where it stands there, such as `gateway.tls`.
#[derive(Debug, Clone)]
pub struct Named<T> {
    /// Where it stands.
    pub at: String,
    /// What stands there.
    pub it: T,
}

/// Why a client can't make connections over TLS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// A file can't be used.
    #[error(transparent)]
    File(#[from] TlsError),
    /// No authority is named, and the system has none.
    #[error("the system has no certificates of authorities")]
    SystemRoots,
    /// The library refuses its own defaults.
    #[error("TLS could not be set up")]
    Protocol,
}

// === impl TrustError ===

impl TrustError {
    /// What to do next.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::File(error) => error.problem.fix(),
            Self::SystemRoots => "name a file with the certificates of those to trust",
            Self::Protocol => "report this as a defect",
        }
    }
}

// === impl TlsFiles ===

impl TlsFiles {
    /// Whether the files can be used now. What they hold is not kept.
    ///
    /// # Errors
    /// They can't.
    pub fn check(&self) -> Result<(), TrustError> {
        self.read(self.system()?.as_ref()).map(|_| ())
    }

    pub(super) fn stamps(&self) -> Vec<Stamp> {
        let ca = self.ca.iter().map(|it| &it.it);
        let shown = self.shown.iter().map(|it| &it.it);
        let shown = shown.flat_map(|it| [&it.certificate, &it.key]);
        ca.chain(shown).map(|it| Stamp::of(it)).collect()
    }

    /// The authorities of the system, where no others are named; `SSL_CERT_FILE` and `SSL_CERT_DIR`
    /// say where they are.
    pub(super) fn system(&self) -> Result<Option<Arc<RootCertStore>>, TrustError> {
        if self.ca.is_some() {
            return Ok(None);
        }
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        match roots.is_empty() {
            true => Err(TrustError::SystemRoots),
            false => Ok(Some(Arc::new(roots))),
        }
    }

    pub(super) fn read(
        &self,
        system: Option<&Arc<RootCertStore>>,
    ) -> Result<ClientConfig, TrustError> {
        let roots = self.roots(system)?;
        let verifier = verifier::of(roots, self.identity.clone())?;
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|_| TrustError::Protocol)?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.shown {
            None => config.with_no_client_auth(),
            Some(Named { at, it }) => {
                let pair = Pair::read(at, it, SystemClock.now())?;
                let shown = config.with_client_auth_cert(pair.chain, pair.key);
                shown.map_err(|_| TlsError {
                    key: format!("{at}.key"),
                    file: it.key.clone(),
                    problem: Problem::NoKey,
                })?
            }
        };
        config.alpn_protocols = vec![ALPN_H2.to_vec()];
        Ok(config)
    }

    fn roots(&self, system: Option<&Arc<RootCertStore>>) -> Result<Arc<RootCertStore>, TrustError> {
        let Some(Named { at, it }) = &self.ca else {
            return system.cloned().ok_or(TrustError::SystemRoots);
        };
        let roots = files::roots(&files::authorities(at, it)?);
        let roots = roots.map_err(|problem| TlsError {
            key: at.clone(),
            file: it.clone(),
            problem,
        })?;
        Ok(Arc::new(roots))
    }
}
