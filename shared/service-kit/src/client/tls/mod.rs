//! TLS to a collector. The files are looked at whenever a connection is made: the next one uses
//! what changed, and those that are there go on.

mod files;
#[cfg(test)]
mod tests;
mod verifier;

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::{ClientConfig, RootCertStore};

use super::meters::ClientMeters;
use crate::tls::watch::Stamp;
pub use files::{Named, TlsFiles, TrustError};

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

// === impl ClientTls ===

impl ClientTls {
    /// Reads the files.
    ///
    /// # Errors
    /// They can't be used.
    pub fn load(files: TlsFiles) -> Result<Self, TrustError> {
        let system = files.system()?;
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
