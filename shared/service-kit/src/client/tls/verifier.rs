//! Whether a server is the one that was meant.

use std::sync::Arc;

use rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor,
    },
    crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::TrustError;
use crate::{
    config::model::PeerIdentity,
    tls::{Peer, provider},
};

/// A certificate signed by one of the authorities, for this host or, where an identity is given,
/// with exactly this identity, whatever the host is.
pub(super) fn of(
    roots: Arc<RootCertStore>,
    identity: Option<PeerIdentity>,
) -> Result<Arc<dyn ServerCertVerifier>, TrustError> {
    let provider = provider();
    match identity {
        Some(identity) => Ok(Arc::new(ByIdentity {
            roots,
            identity,
            algorithms: provider.signature_verification_algorithms,
        })),
        None => {
            let usual = WebPkiServerVerifier::builder_with_provider(roots, provider).build();
            usual.map(|it| it as _).map_err(|_| TrustError::Protocol)
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
    /// First the chain, then the identity.
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(end_entity)?,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        )?;
        let peer = Peer::of(end_entity).map_err(|_| CertificateError::BadEncoding)?;
        match peer.is(&self.identity) {
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
