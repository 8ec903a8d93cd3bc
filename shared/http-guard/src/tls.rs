//! TLS as the options ask for it, with one crypto provider that nobody has to install.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::client::WantsClientCert;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::ExposeSecret;
use url::Host;

use crate::error::BuildError;
use crate::options::{ClientIdentity, TlsOptions};

/// The configuration for an https endpoint.
pub(crate) fn configure(options: &TlsOptions) -> Result<ClientConfig, BuildError> {
    let verified = trusting(builder(options.at)?, options.ca_pem.as_deref())?;
    let mut config = match &options.identity {
        Some(identity) => appearing_as(verified, identity)?,
        None => verified.with_no_client_auth(),
    };
    let protocols: &[&[u8]] = if options.server_name.is_some() {
        &[b"http/1.1"]
    } else {
        &[b"h2", b"http/1.1"]
    };
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    Ok(config)
}

/// The configuration for a protocol that is not told of in the handshake.
pub(crate) fn unnamed(options: &TlsOptions) -> Result<ClientConfig, BuildError> {
    let mut config = configure(options)?;
    config.alpn_protocols.clear();
    Ok(config)
}

/// The configuration for a plain http endpoint: trusts nobody, and so needs no roots of the system.
pub(crate) fn unused() -> Result<ClientConfig, BuildError> {
    Ok(builder(None)?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

/// A `server_name` as it goes into the request's URL. An address is refused: it would be dialled.
pub(crate) fn checked_name(name: &str) -> Result<String, BuildError> {
    match Host::parse(name) {
        Ok(Host::Domain(name)) => Ok(name),
        Ok(Host::Ipv4(_) | Host::Ipv6(_)) | Err(_) => Err(BuildError::ServerName),
    }
}

/// A clock that stands.
#[derive(Debug)]
struct Stopped(UnixTime);

impl TimeProvider for Stopped {
    fn current_time(&self) -> Option<UnixTime> {
        Some(self.0)
    }
}

fn builder(
    at: Option<SystemTime>,
) -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, BuildError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let clock: Arc<dyn TimeProvider> = match at {
        Some(at) => {
            let since = at.duration_since(UNIX_EPOCH);
            let since = since.map_err(|_| BuildError::Client)?;
            Arc::new(Stopped(UnixTime::since_unix_epoch(since)))
        }
        None => Arc::new(DefaultTimeProvider),
    };
    ClientConfig::builder_with_details(provider, clock)
        .with_safe_default_protocol_versions()
        .map_err(|_| BuildError::Client)
}

fn trusting(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    ca_pem: Option<&[u8]>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, BuildError> {
    match ca_pem {
        Some(pem) => Ok(builder.with_root_certificates(roots(pem)?)),
        None => builder
            .with_platform_verifier()
            .map_err(|_| BuildError::SystemRoots),
    }
}

fn roots(pem: &[u8]) -> Result<RootCertStore, BuildError> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(pem).ok_or(BuildError::Ca)? {
        store.add(certificate).map_err(|_| BuildError::Ca)?;
    }
    Ok(store)
}

fn appearing_as(
    builder: ConfigBuilder<ClientConfig, WantsClientCert>,
    identity: &ClientIdentity,
) -> Result<ClientConfig, BuildError> {
    let chain = certificates(&identity.certificates_pem).ok_or(BuildError::Identity)?;
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.expose_secret())
        .map_err(|_| BuildError::Identity)?;
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|_| BuildError::Identity)
}

/// All certificates of a PEM text; `None` where one is broken or there is none.
fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .ok()?;
    (!found.is_empty()).then_some(found)
}
