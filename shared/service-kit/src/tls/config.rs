//! What a port speaks and whom it asks for a certificate.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, CertificateRevocationListDer},
    server::{
        NoServerSessionStorage, VerifierBuilderError, WebPkiClientVerifier,
        danger::ClientCertVerifier,
    },
};

use super::{
    Problem, TlsError,
    files::{Pair, authorities, lists, roots},
    provider,
};
use crate::config::model::Tls;

/// What a caller has to do where the configuration names an authority of callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskClients {
    /// It may show a certificate of such an authority; another one is refused.
    May,
    /// It must show one.
    Must,
}

/// What was read at one time.
pub(super) struct Read {
    pub config: Arc<ServerConfig>,
    /// The same pair, shown to whoever comes: nobody is asked for a certificate.
    pub open: Arc<ServerConfig>,
    pub not_after: DateTime<Utc>,
    pub callers: Callers,
}

/// What callers' certificates are held against.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Callers {
    authorities: Vec<CertificateDer<'static>>,
    withdrawn: Vec<CertificateRevocationListDer<'static>>,
}

/// Reads the files that the configuration names at `at`.
pub(super) fn read(
    at: &str,
    tls: &Tls,
    ask: AskClients,
    now: DateTime<Utc>,
) -> Result<Read, TlsError> {
    let pair = Pair::read(at, tls, now)?;
    let not_after = pair.not_after;
    let callers = Callers::read(at, tls)?;
    let unusable = |key: &str, file: &std::path::Path, problem| TlsError {
        key: format!("{at}.{key}"),
        file: file.to_owned(),
        problem,
    };
    let verifier = callers.verifier(ask).map_err(|problem| {
        let (key, file) = match problem == Problem::NoList {
            true => ("client_crl", &tls.client_crl),
            false => ("client_ca", &tls.client_ca),
        };
        unusable(key, file.as_deref().unwrap_or(&tls.certificate), problem)
    })?;
    let made = |verifier| {
        let config = config(&pair, verifier);
        config.ok_or_else(|| unusable("key", &tls.key, Problem::NoKey))
    };
    Ok(Read {
        config: Arc::new(made(verifier)?),
        open: Arc::new(made(WebPkiClientVerifier::no_client_auth())?),
        not_after,
        callers,
    })
}

// === impl Callers ===

impl Callers {
    fn read(at: &str, tls: &Tls) -> Result<Self, TlsError> {
        let (of_ca, of_crl) = (format!("{at}.client_ca"), format!("{at}.client_crl"));
        let authorities = tls.client_ca.as_deref().map(|it| authorities(&of_ca, it));
        let withdrawn = tls.client_crl.as_deref().map(|it| lists(&of_crl, it));
        Ok(Self {
            authorities: authorities.transpose()?.unwrap_or_default(),
            withdrawn: withdrawn.transpose()?.unwrap_or_default(),
        })
    }

    fn verifier(&self, ask: AskClients) -> Result<Arc<dyn ClientCertVerifier>, Problem> {
        if self.authorities.is_empty() {
            return Ok(WebPkiClientVerifier::no_client_auth());
        }
        let roots = Arc::new(roots(&self.authorities)?);
        let builder = WebPkiClientVerifier::builder_with_provider(roots, provider());
        let builder = builder.with_crls(self.withdrawn.iter().cloned());
        let builder = match ask {
            AskClients::May => builder.allow_unauthenticated(),
            AskClients::Must => builder,
        };
        builder.build().map_err(|error| {
            let is_of_list = matches!(error, VerifierBuilderError::InvalidCrl(_));
            if is_of_list {
                Problem::NoList
            } else {
                Problem::NoCertificate
            }
        })
    }
}

/// TLS 1.2 and 1.3. No session is resumed, so that every connection shows its certificate anew.
fn config(pair: &Pair, verifier: Arc<dyn ClientCertVerifier>) -> Option<ServerConfig> {
    let builder = ServerConfig::builder_with_provider(provider());
    let builder = builder.with_safe_default_protocol_versions().ok()?;
    let builder = builder.with_client_cert_verifier(verifier);
    let mut config = builder
        .with_single_cert(pair.chain.clone(), pair.key.clone_key())
        .ok()?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Some(config)
}
