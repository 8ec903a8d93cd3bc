//! Whether a server is the one that was meant.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor,
    },
    crypto::{
        CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use webpki::EndEntityCert;

use super::TlsError;
use crate::config::model::PeerIdentity;

const SPIFFE: &str = "spiffe://";
const DNS: &str = "dns:";

/// A certificate signed by one of the authorities, for this host or, where an identity is given,
/// with exactly this identity, whatever the host is.
pub(super) fn of(
    roots: Arc<RootCertStore>,
    identity: Option<PeerIdentity>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    match identity {
        Some(identity) => Ok(Arc::new(ByIdentity {
            roots,
            identity,
            algorithms: provider.signature_verification_algorithms,
        })),
        None => {
            let provider = Arc::clone(provider);
            let usual = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
            usual.map(|it| it as _).map_err(|_| TlsError::SystemRoots)
        }
    }
}

#[derive(Debug)]
struct ByIdentity {
    roots: Arc<RootCertStore>,
    identity: PeerIdentity,
    algorithms: WebPkiSupportedAlgorithms,
}

// === impl ByIdentity ===

impl ServerCertVerifier for ByIdentity {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(end_entity)?;
        verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        )?;
        let unreadable = |_| Error::InvalidCertificate(CertificateError::BadEncoding);
        let certificate = EndEntityCert::try_from(end_entity).map_err(unreadable)?;
        match says(&certificate, &self.identity) {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(CertificateError::NotValidForName.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// A certificate has one SPIFFE id or none that counts, as the standard has it; it may have several
/// names of hosts.
fn says(certificate: &EndEntityCert<'_>, identity: &PeerIdentity) -> bool {
    if let Some(wanted) = identity.as_str().strip_prefix(DNS) {
        return certificate.valid_dns_names().any(|name| name == wanted);
    }
    let mut ids = certificate.valid_uri_names();
    let only = ids.next().filter(|_| ids.next().is_none());
    only.is_some_and(|id| id.starts_with(SPIFFE) && id == identity.as_str())
}
