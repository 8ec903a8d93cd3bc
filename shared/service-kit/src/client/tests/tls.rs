//! Which servers are believed, and what they are shown.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use passport_proto::collector::collector_service_server::CollectorServiceServer;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, SanType, date_time_ymd,
};
use tempfile::TempDir;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Code, Status,
    transport::{Certificate, Identity, Server, ServerTlsConfig},
};

use super::*;
use crate::{
    client::{TlsError, TlsFiles},
    config::model::{PeerIdentity, Tls},
};

const SPIFFE: &str = "spiffe://acme.example/passport-metrics";

struct Authority(CertifiedIssuer<'static, KeyPair>);

/// PEM of a certificate and its key.
struct Pair {
    certificate: String,
    key: String,
}

/// Files of one test.
struct Files(TempDir);

// === impl Authority ===

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    fn signs(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Pair {
        let mut params = CertificateParams::new([]).unwrap();
        let san = |name: &&str| match name.contains("://") {
            true => SanType::URI((*name).try_into().unwrap()),
            false => match name.parse() {
                Ok(address) => SanType::IpAddress(address),
                Err(_) => SanType::DnsName((*name).try_into().unwrap()),
            },
        };
        params.subject_alt_names = names.iter().map(san).collect();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Pair {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    fn for_names(&self, names: &[&str]) -> Pair {
        self.signs(names, |_| {})
    }
}

// === impl Files ===

impl Files {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    /// Writes a file under another name first, as whoever rotates certificates does.
    fn write(&self, name: &str, text: &str) -> PathBuf {
        let (path, next) = (self.0.path().join(name), self.0.path().join("next"));
        fs::write(&next, text).unwrap();
        fs::set_permissions(&next, fs::Permissions::from_mode(0o600)).unwrap();
        fs::rename(next, &path).unwrap();
        path
    }

    fn shown(&self, pair: &Pair) -> Tls {
        Tls {
            certificate: self.write("tls.crt", &pair.certificate),
            key: self.write("tls.key", &pair.key),
            client_ca: None,
        }
    }

    fn trusting(&self, authority: &Authority) -> TlsFiles {
        TlsFiles {
            ca: Some(self.write("ca.crt", &authority.pem())),
            ..TlsFiles::default()
        }
    }
}

/// A collector that shows this certificate and wants one of the authority, if one is given.
async fn serving(pair: &Pair, callers: Option<&Authority>) -> String {
    let identity = Identity::from_pem(&pair.certificate, &pair.key);
    let mut tls = ServerTlsConfig::new().identity(identity);
    if let Some(callers) = callers {
        tls = tls.client_ca_root(Certificate::from_pem(callers.pem()));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server::builder()
        .tls_config(tls)
        .unwrap()
        .add_service(CollectorServiceServer::new(collector::Obedient));
    tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    format!("https://localhost:{port}")
}

fn reaching(address: &str, tls: TlsFiles) -> Result<CollectorCalls, FarError> {
    let far = Far {
        address: address.to_owned(),
        tls,
        ..Far::default()
    };
    CollectorClient::far(far).map(|it| it.for_caller("tests"))
}

async fn ask(address: &str, tls: TlsFiles) -> Result<(), Status> {
    let calls = reaching(address, tls).unwrap();
    calls.collect(order("a"), AMPLE).await.map(|_| ())
}

fn is_unavailable(answer: &Result<(), Status>) -> bool {
    matches!(answer, Err(status) if status.code() == Code::Unavailable)
}

fn identity(text: &str) -> Option<PeerIdentity> {
    Some(PeerIdentity::try_from(text.to_owned()).unwrap())
}

#[tokio::test]
async fn a_server_of_the_authority_with_the_hosts_name_is_asked_and_no_other() {
    let (ours, foreign, files) = (Authority::new(), Authority::new(), Files::new());
    let good = serving(&ours.for_names(&["localhost"]), None).await;
    assert!(ask(&good, files.trusting(&ours)).await.is_ok());

    let other_host = serving(&ours.for_names(&["elsewhere.test"]), None).await;
    assert!(is_unavailable(
        &ask(&other_host, files.trusting(&ours)).await
    ));

    let other_authority = serving(&foreign.for_names(&["localhost"]), None).await;
    assert!(is_unavailable(
        &ask(&other_authority, files.trusting(&ours)).await
    ));
}

#[tokio::test]
async fn an_expired_server_is_not_asked() {
    let (ours, files) = (Authority::new(), Files::new());
    let expired = ours.signs(&["localhost", SPIFFE], |params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    let server = serving(&expired, None).await;
    for identity in [None, identity(SPIFFE)] {
        let trusted = files.trusting(&ours);
        let tls = TlsFiles {
            identity,
            ..trusted
        };
        assert!(is_unavailable(&ask(&server, tls).await));
    }
}

#[tokio::test]
async fn an_identity_takes_the_place_of_the_hosts_name() {
    let (ours, files) = (Authority::new(), Files::new());
    let other = "spiffe://acme.example/passport-metrics/2";
    for (names, wanted, is_asked) in [
        (&[SPIFFE][..], SPIFFE, true),
        (&[SPIFFE, "elsewhere.test"], SPIFFE, true),
        (&["localhost"], SPIFFE, false),
        (&["localhost", other], SPIFFE, false),
        (&[SPIFFE, other], SPIFFE, false),
        (&["metrics.test", "metrics"], "dns:metrics", true),
        (&["localhost"], "dns:metrics", false),
        (&["*.test"], "dns:metrics.test", false),
    ] {
        let server = serving(&ours.for_names(names), None).await;
        let trusted = files.trusting(&ours);
        let tls = TlsFiles {
            identity: identity(wanted),
            ..trusted
        };
        let answer = ask(&server, tls).await;
        assert_eq!(answer.is_ok(), is_asked, "{names:?} {wanted} {answer:?}");
    }
}

#[tokio::test]
async fn an_identity_of_a_foreign_authority_is_worth_nothing() {
    let (ours, foreign, files) = (Authority::new(), Authority::new(), Files::new());
    let server = serving(&foreign.for_names(&[SPIFFE]), None).await;
    let trusted = files.trusting(&ours);
    let tls = TlsFiles {
        identity: identity(SPIFFE),
        ..trusted
    };
    assert!(is_unavailable(&ask(&server, tls).await));
}

#[tokio::test]
async fn a_new_connection_shows_what_the_files_hold_now() {
    let (ours, callers, files) = (Authority::new(), Authority::new(), Files::new());
    let server = serving(&ours.for_names(&["localhost"]), Some(&callers)).await;
    let stranger = Authority::new().for_names(&["gateway.test"]);
    let trusted = files.trusting(&ours);
    let tls = TlsFiles {
        shown: Some(files.shown(&stranger)),
        ..trusted
    };
    let calls = reaching(&server, tls).unwrap();
    let asked = calls.collect(order("a"), AMPLE).await;
    assert_eq!(asked.unwrap_err().code(), Code::Unavailable);

    files.shown(&callers.for_names(&["gateway.test"]));
    let asked = calls.collect(order("a"), AMPLE).await;
    assert_eq!(asked.unwrap().configuration_digest, "collected a");
}

#[test]
fn files_that_can_t_be_used_are_refused_at_the_start() {
    let (ours, files) = (Authority::new(), Files::new());
    let pair = ours.for_names(&["gateway.test"]);
    let trusted = files.trusting(&ours);
    let refused = |shown: Tls| {
        let tls = TlsFiles {
            shown: Some(shown),
            ..trusted.clone()
        };
        match reaching("https://localhost:1", tls) {
            Err(FarError::Tls(error)) => error,
            other => panic!("{:?}", other.map(|_| ())),
        }
    };
    let shown = files.shown(&pair);
    fs::set_permissions(&shown.key, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(refused(shown.clone()), TlsError::Exposed(shown.key.clone()));

    files.write("tls.key", &ours.for_names(&["gateway.test"]).key);
    let mismatch = TlsError::Mismatch(shown.certificate.clone());
    assert_eq!(refused(shown.clone()), mismatch);

    files.write("tls.key", "no key");
    assert_eq!(refused(shown.clone()), TlsError::NoKey(shown.key.clone()));

    files.write("tls.crt", "");
    let none = TlsError::NoCertificate(shown.certificate.clone());
    assert_eq!(refused(shown), none);
}
