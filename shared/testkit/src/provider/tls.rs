//! Certificates of a provider that speaks TLS.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};

use super::ProviderError;
use crate::case::Tls;

/// How long before it is first judged a certificate is valid.
const VALID_BEFORE: Duration = Duration::from_secs(86_400);

/// A certificate for `localhost` and the authority that issued it, made for one run.
pub(super) struct Identity {
    authority: String,
    acceptor: TlsAcceptor,
}

// === impl Identity ===

impl Identity {
    pub(super) fn of(rule: &Tls, now: Option<DateTime<Utc>>) -> Result<Self, ProviderError> {
        let made = || {
            let issuer = authority()?;
            let key = KeyPair::generate().ok()?;
            let mut params = CertificateParams::new(["localhost".to_owned()]).ok()?;
            let since_1970 = |at: DateTime<Utc>| u64::try_from(at.timestamp()).ok();
            let at = |seconds| date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
            let first = now.unwrap_or(rule.not_after).min(rule.not_after);
            params.not_after = at(since_1970(rule.not_after)?);
            params.not_before = at(since_1970(first)?) - VALID_BEFORE;
            let certificate = params.signed_by(&key, &issuer).ok()?;
            let key = PrivateKeyDer::try_from(key.serialize_der()).ok()?;
            let provider = Arc::new(aws_lc_rs::default_provider());
            let config = ServerConfig::builder_with_provider(provider);
            let config = config.with_safe_default_protocol_versions().ok()?;
            let config = config.with_no_client_auth();
            let chain = vec![certificate.der().clone()];
            let config = config.with_single_cert(chain, key).ok()?;
            Some(Self {
                authority: issuer.pem(),
                acceptor: TlsAcceptor::from(Arc::new(config)),
            })
        };
        made().ok_or(ProviderError::Certificate)
    }

    pub(super) fn into_parts(self) -> (String, TlsAcceptor) {
        (self.authority, self.acceptor)
    }
}

/// An authority (PEM) that vouches for nobody, for whoever is to trust none.
///
/// # Errors
/// It could not be made.
pub fn stranger() -> Result<String, ProviderError> {
    let made = authority().map(|it| it.pem());
    made.ok_or(ProviderError::Certificate)
}

fn authority() -> Option<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().ok()?).ok()
}
