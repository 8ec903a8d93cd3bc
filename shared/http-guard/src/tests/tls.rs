//! Trust: private authorities, names and client certificates.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, crypto::aws_lc_rs};

use super::server::{Server, Step};
use super::{endpoint, options};
use crate::{
    BuildError, ClientIdentity, ClientOptions, Distrust, GuardedClient, Reply, Request, SendError,
    Stage, TlsOptions,
};

/// A private authority.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub struct Issued {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

// === impl Authority ===

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    pub fn issue(&self, name: &str) -> Issued {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        Issued {
            certificate: params.signed_by(&key, &self.0).unwrap(),
            key,
        }
    }
}

// === impl Issued ===

impl Issued {
    pub fn server(&self, clients: Option<&Authority>) -> ServerConfig {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.0.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let chain: Vec<CertificateDer<'static>> = vec![self.certificate.der().clone()];
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        builder.with_single_cert(chain, key).unwrap()
    }

    fn identity(&self) -> ClientIdentity {
        ClientIdentity {
            certificates_pem: self.certificate.pem().into_bytes(),
            key_pem: self.key.serialize_pem().into_bytes().into(),
        }
    }
}

/// The system's own authorities need not be there.
pub fn trusting(authority: &Authority) -> TlsOptions {
    TlsOptions {
        ca_pem: Some(authority.pem()),
        ..TlsOptions::default()
    }
}

async fn serve(config: ServerConfig) -> Server {
    let reply = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
    Server::secure(vec![Step::Send(reply.as_bytes().to_vec())], config).await
}

fn client(url: &str, tls: TlsOptions) -> Result<GuardedClient, BuildError> {
    GuardedClient::new(endpoint(url), ClientOptions { tls, ..options() })
}

async fn ask(server: &Server, host: &str, tls: TlsOptions) -> Result<Reply, SendError> {
    let url = format!("https://{host}:{}", server.address.port());
    client(&url, tls).unwrap().send(Request::get(["api"])).await
}

fn distrusted(distrust: Distrust) -> SendError {
    SendError::Unreachable(Stage::Certificate(distrust))
}

#[tokio::test]
async fn a_certificate_is_judged_at_the_time_that_is_asked_for_and_told() {
    let authority = Authority::new();
    let issued = authority.issue("localhost");
    let shown = issued.certificate.der().to_vec();
    let server = serve(issued.server(None)).await;
    let options = |at| ClientOptions {
        tls: TlsOptions {
            at: Some(at),
            ..trusting(&authority)
        },
        tells_certificate: true,
        ..options()
    };
    let url = format!("https://localhost:{}", server.address.port());
    let at = |at| GuardedClient::new(endpoint(&url), options(at)).unwrap();
    let day = Duration::from_secs(86_400);
    let reply = at(UNIX_EPOCH + day * 365 * 30)
        .send(Request::get(["a"]))
        .await;
    assert_eq!(reply.unwrap().certificate.unwrap(), shown);
    let late = at(UNIX_EPOCH + day * 365 * 3000)
        .send(Request::get(["a"]))
        .await;
    assert_eq!(late.unwrap_err(), distrusted(Distrust::Expired));
}

#[tokio::test]
async fn a_server_of_the_private_authority_is_trusted() {
    let authority = Authority::new();
    for host in ["127.0.0.1", "localhost"] {
        let server = serve(authority.issue(host).server(None)).await;
        assert!(
            ask(&server, host, trusting(&authority)).await.is_ok(),
            "{host}"
        );
    }
}

#[tokio::test]
async fn a_server_of_another_authority_is_not_trusted() {
    let server = serve(Authority::new().issue("127.0.0.1").server(None)).await;
    let failed = ask(&server, "127.0.0.1", trusting(&Authority::new()))
        .await
        .unwrap_err();
    assert_eq!(failed, distrusted(Distrust::Untrusted));
    assert!(failed.is_before_send());
    assert!(server.heads().is_empty());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_trusted() {
    let authority = Authority::new();
    let server = serve(authority.issue("other.example").server(None)).await;
    let failed = ask(&server, "localhost", trusting(&authority))
        .await
        .unwrap_err();
    assert_eq!(failed, distrusted(Distrust::AnotherName));
}

#[tokio::test]
async fn a_server_name_is_asked_for_and_verified_while_the_host_stays() {
    let authority = Authority::new();
    for host in ["127.0.0.1", "localhost"] {
        let server = serve(authority.issue("provider.example").server(None)).await;
        let name = Some("provider.example".to_owned());
        let tls = TlsOptions {
            server_name: name.clone(),
            ..trusting(&authority)
        };
        assert!(ask(&server, host, tls).await.is_ok(), "{host}");
        assert_eq!(server.server_names(), [name]);
        let header = format!("\r\nhost: {host}:{}\r\n", server.address.port());
        assert!(server.heads()[0].contains(&header), "{}", server.heads()[0]);
    }
}

#[tokio::test]
async fn a_server_name_that_the_certificate_lacks_is_not_trusted() {
    let authority = Authority::new();
    let server = serve(authority.issue("127.0.0.1").server(None)).await;
    let tls = TlsOptions {
        server_name: Some("a.example".to_owned()),
        ..trusting(&authority)
    };
    let failed = ask(&server, "127.0.0.1", tls).await.unwrap_err();
    assert_eq!(failed, distrusted(Distrust::AnotherName));
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_a_server_that_asks() {
    let authority = Authority::new();
    let server = serve(authority.issue("127.0.0.1").server(Some(&authority))).await;
    let identity = Some(authority.issue("client.example").identity());
    let tls = TlsOptions {
        identity,
        ..trusting(&authority)
    };
    assert!(ask(&server, "127.0.0.1", tls).await.is_ok());
}

#[tokio::test]
async fn without_the_client_certificate_the_server_ends_tls() {
    let authority = Authority::new();
    let server = serve(authority.issue("127.0.0.1").server(Some(&authority))).await;
    let failed = ask(&server, "127.0.0.1", trusting(&authority))
        .await
        .unwrap_err();
    assert_eq!(failed, SendError::Unreachable(Stage::Alert));
    assert!(server.heads().is_empty());
}

#[test]
fn tls_options_that_cannot_be_used_are_told() {
    let authority = Authority::new();
    let none = TlsOptions::default;
    let name = |name: &str| TlsOptions {
        server_name: Some(name.to_owned()),
        ..none()
    };
    let mut mixed = authority.issue("a.example").identity();
    mixed.key_pem = authority.issue("a.example").identity().key_pem;
    let table = [
        (
            TlsOptions {
                ca_pem: Some(Vec::new()),
                ..none()
            },
            BuildError::Ca,
        ),
        (
            TlsOptions {
                ca_pem: Some(b"no PEM".to_vec()),
                ..none()
            },
            BuildError::Ca,
        ),
        (
            TlsOptions {
                identity: Some(mixed),
                ..trusting(&authority)
            },
            BuildError::Identity,
        ),
        (name("169.254.169.254"), BuildError::ServerName),
        (name("2852039166"), BuildError::ServerName),
        (name("[::1]"), BuildError::ServerName),
        (name(""), BuildError::ServerName),
        (name("a.example:1"), BuildError::ServerName),
    ];
    for (tls, problem) in table {
        assert_eq!(client("https://127.0.0.1:9", tls).unwrap_err(), problem);
        assert!(!problem.fix().is_empty());
    }
    let plain = client("http://127.0.0.1:9", trusting(&authority)).unwrap_err();
    assert_eq!(plain, BuildError::TlsWithoutHttps);
}
