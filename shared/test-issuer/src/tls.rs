//! The same router over TLS, under a certificate for `localhost`.

use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The authority's certificate, as PEM, and what accepts connections.
pub(crate) fn acceptor() -> Result<(String, TlsAcceptor)> {
    let mut of_authority = CertificateParams::default();
    of_authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let name = "authority of a test issuer";
    of_authority
        .distinguished_name
        .push(DnType::CommonName, name);
    let key = KeyPair::generate()?;
    let authority = of_authority.self_signed(&key)?;
    let signer = Issuer::new(of_authority, key);
    let own = KeyPair::generate()?;
    let certificate = CertificateParams::new(["localhost".to_owned()])?.signed_by(&own, &signer)?;
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)?;
    Ok((authority.pem(), TlsAcceptor::from(Arc::new(config))))
}

pub(crate) async fn serve(listener: TcpListener, acceptor: TlsAcceptor, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, service) = (acceptor.clone(), TowerToHyperService::new(router.clone()));
        tokio::spawn(async move {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let served = Builder::new(TokioExecutor::new());
            // A client that leaves early is no concern of the test.
            let _ = served.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
