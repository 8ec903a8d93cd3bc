//! A provider that admits clients of one private authority only.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use anyhow::Result;
use axum::serve::Listener;
use passport_integration_tests::moody::{Mood, Moody};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;

/// The provider, and what a client of it needs.
pub struct Guarded {
    pub provider: Moody,
    /// The authority's certificate, PEM.
    pub authority: String,
    /// The client's certificate, PEM.
    pub certificate: String,
    /// The client's key, PEM.
    pub key: String,
    /// The secret part of that key.
    pub scalar: Vec<u8>,
}

/// Connections after their handshake; one that fails it is dropped.
struct Handshakes(TcpListener, TlsAcceptor);

impl Listener for Handshakes {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (stream, from) = Listener::accept(&mut self.0).await;
            if let Ok(stream) = self.1.accept(stream).await {
                return (stream, from);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

// === impl Guarded ===

impl Guarded {
    pub async fn start(now: i64) -> Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let issue = |name: &str| -> Result<_> {
            let key = KeyPair::generate()?;
            let params = CertificateParams::new([name.to_owned()])?;
            Ok((params.signed_by(&key, &authority)?, key))
        };
        let (own, own_key) = issue("127.0.0.1")?;
        let (certificate, key) = issue("client.example.com")?;

        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(authority.der().clone())?;
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let own_key =
            PrivateKeyDer::try_from(own_key.serialize_der()).map_err(anyhow::Error::msg)?;
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(verifier.build()?)
            .with_single_cert(vec![own.der().clone()], own_key)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let listener = Handshakes(listener, TlsAcceptor::from(Arc::new(config)));
        // The private number of a key on P-256 in PKCS #8: 32 bytes behind 36 that are alike in all.
        let scalar = key.serialize_der().get(36..68).unwrap_or_default().to_vec();
        Ok(Self {
            provider: Moody::on(listener, Mood::Healthy, now)?,
            authority: authority.pem(),
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            scalar,
        })
    }

    pub fn url(&self) -> String {
        format!("https://{}", self.provider.address())
    }
}
