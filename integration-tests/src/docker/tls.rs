//! The engine's port, which is spoken to over TLS by who shows a certificate of its authority.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::port;

/// A port of loopback, and whom the engine there is and trusts. All in PEM.
#[derive(Debug)]
pub struct TlsPort {
    port: u16,
    /// Who vouches for the engine's clients.
    clients: String,
    certificate: String,
    key: String,
}

// === impl TlsPort ===

impl TlsPort {
    /// A free one.
    ///
    /// # Errors
    /// There is none.
    pub fn new(clients: String, certificate: String, key: String) -> Result<Self> {
        Ok(Self {
            port: port::quiet()?,
            clients,
            certificate,
            key,
        })
    }

    /// Where it listens, as a source names it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// What the engine is started with.
    pub(super) fn options(&self, home: &Path) -> Result<Vec<String>> {
        let mut options = vec![
            format!("--host=tcp://127.0.0.1:{}", self.port),
            "--tlsverify".to_owned(),
        ];
        for (option, name, text) in [
            ("tlscacert", "clients.pem", &self.clients),
            ("tlscert", "engine.pem", &self.certificate),
            ("tlskey", "engine-key.pem", &self.key),
        ] {
            let path = home.join(name);
            fs::write(&path, text)?;
            options.push(format!("--{option}={}", path.display()));
        }
        Ok(options)
    }
}
