//! TLS to a collector. The files are looked at whenever a connection is made: the next one uses
//! what changed, and those that are there go on.

mod files;
mod roots;
#[cfg(test)]
pub(super) mod tests;
mod verifier;

use std::{path::PathBuf, sync::Arc};

use arc_swap::ArcSwap;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use super::meters::ClientMeters;
use crate::config::model::{PeerIdentity, Tls};
use files::Stamp;
pub use files::TlsError;

const ALPN_H2: &[u8] = b"h2";

/// What a client trusts and shows.
#[derive(Debug, Clone, Default)]
pub struct TlsFiles {
    /// Authorities one of which signed the server's certificate, in place of those of the system.
    pub ca: Option<PathBuf>,
    /// What the server's certificate has to say; its host's name where this says nothing.
    pub identity: Option<PeerIdentity>,
    /// The certificate that the client shows; its authorities for callers are of no use here.
    pub shown: Option<Tls>,
}

/// The newest usable content of the files.
#[derive(Debug)]
pub(super) struct ClientTls {
    files: TlsFiles,
    system: Option<Arc<RootCertStore>>,
    kept: ArcSwap<Kept>,
}

#[derive(Debug)]
struct Kept {
    config: Arc<ClientConfig>,
    /// Of the files when they were last looked at, usable or not.
    stamps: Vec<Stamp>,
}

// === impl TlsFiles ===

impl TlsFiles {
    /// Whether the files can be used now. What they hold is not kept.
    ///
    /// # Errors
    /// They can't.
    pub fn check(&self) -> Result<(), TlsError> {
        ClientTls::load(self.clone()).map(|_| ())
    }

    fn stamps(&self) -> Vec<Stamp> {
        let shown = self.shown.iter().flat_map(|it| [&it.certificate, &it.key]);
        self.ca
            .iter()
            .chain(shown)
            .map(|it| Stamp::of(it))
            .collect()
    }

    fn read(&self, system: Option<&Arc<RootCertStore>>) -> Result<ClientConfig, TlsError> {
        let roots = match (&self.ca, system) {
            (Some(path), _) => Arc::new(roots::of_file(path)?),
            (None, Some(roots)) => Arc::clone(roots),
            (None, None) => return Err(TlsError::SystemRoots),
        };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = verifier::of(roots, self.identity.clone(), &provider)?;
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| TlsError::Protocol)?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.shown {
            None => config.with_no_client_auth(),
            Some(shown) => {
                let (chain, key) = files::pair(&shown.certificate, &shown.key)?;
                let fits = config.with_client_auth_cert(chain, key);
                fits.map_err(|_| TlsError::Mismatch(shown.certificate.clone()))?
            }
        };
        config.alpn_protocols = vec![ALPN_H2.to_vec()];
        Ok(config)
    }
}

// === impl ClientTls ===

impl ClientTls {
    /// Reads the files.
    ///
    /// # Errors
    /// They can't be used.
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let system = match files.ca {
            Some(_) => None,
            None => Some(Arc::new(roots::of_system()?)),
        };
        let stamps = files.stamps();
        let config = Arc::new(files.read(system.as_ref())?);
        let kept = ArcSwap::from_pointee(Kept { config, stamps });
        Ok(Self {
            files,
            system,
            kept,
        })
    }

    /// For the next connection. Files that changed and can't be used are refused and told of once;
    /// what was read before stays.
    pub fn newest(&self, meters: &ClientMeters) -> Arc<ClientConfig> {
        let kept = self.kept.load();
        let stamps = self.files.stamps();
        if stamps == kept.stamps {
            return Arc::clone(&kept.config);
        }
        let config = match self.files.read(self.system.as_ref()) {
            Ok(config) => Arc::new(config),
            Err(error) => {
                let collector = meters.collector();
                tracing::warn!(collector, %error, "changed certificates were refused");
                meters.tls_refused();
                Arc::clone(&kept.config)
            }
        };
        let newest = Arc::clone(&config);
        self.kept.store(Arc::new(Kept { config, stamps }));
        newest
    }
}
