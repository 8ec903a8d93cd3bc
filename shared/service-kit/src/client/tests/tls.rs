//! Which servers are believed, and what they are shown.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use passport_proto::collector::collector_service_server::CollectorServiceServer;
use tempfile::TempDir;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Code, Status,
    transport::{Certificate, Identity, Server, ServerTlsConfig},
};

use super::*;
use crate::{
    client::{Named, TlsFiles, TrustError},
    config::model::{PeerIdentity, Tls},
    tls::{
        Problem,
        tests::authority::{Authority, Issued},
    },
};

const SPIFFE: &str = "spiffe://acme.example/passport-metrics";

/// Files of one test.
struct Files(TempDir);

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

    fn shown(&self, pair: &Issued) -> Tls {
        Tls {
            certificate: self.write("tls.crt", &pair.pem()),
            key: self.write("tls.key", &pair.key_pem()),
            client_ca: None,
            client_crl: None,
        }
    }

    fn trusting(&self, authority: &Authority) -> TlsFiles {
        TlsFiles {
            ca: Some(Named {
                at: "ca".to_owned(),
                it: self.write("ca.crt", &authority.pem()),
            }),
            ..TlsFiles::default()
        }
    }
}

/// A collector that shows this certificate and wants one of the authority, if one is given.
async fn serving(pair: &Issued, callers: Option<&Authority>) -> String {
    let identity = Identity::from_pem(pair.pem(), pair.key_pem());
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

fn gateway(shown: Tls) -> Named<Tls> {
    Named {
        at: "gateway.tls".to_owned(),
        it: shown,
    }
}

fn identity(text: &str) -> Option<PeerIdentity> {
    Some(PeerIdentity::try_from(text.to_owned()).unwrap())
}

#[tokio::test]
async fn a_server_of_the_authority_with_the_hosts_name_is_asked_and_no_other() {
    let (ours, foreign, files) = (Authority::new(), Authority::new(), Files::new());
    let good = serving(&ours.issue(&["dns:localhost"]), None).await;
    assert!(ask(&good, files.trusting(&ours)).await.is_ok());

    let other_host = serving(&ours.issue(&["dns:elsewhere.test"]), None).await;
    assert!(is_unavailable(
        &ask(&other_host, files.trusting(&ours)).await
    ));

    let other_authority = serving(&foreign.issue(&["dns:localhost"]), None).await;
    assert!(is_unavailable(
        &ask(&other_authority, files.trusting(&ours)).await
    ));
}

#[tokio::test]
async fn an_expired_server_is_not_asked() {
    let (ours, files) = (Authority::new(), Files::new());
    let expired = ours.issue_expired(&["dns:localhost", SPIFFE]);
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
        (&[SPIFFE, "dns:elsewhere.test"], SPIFFE, true),
        (&["dns:localhost"], SPIFFE, false),
        (&["dns:localhost", other], SPIFFE, false),
        (&[SPIFFE, other], SPIFFE, false),
        (&["dns:metrics.test", "dns:metrics"], "dns:metrics", true),
        (&["dns:localhost"], "dns:metrics", false),
        (&["dns:*.test"], "dns:metrics.test", false),
    ] {
        let server = serving(&ours.issue(names), None).await;
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
    let server = serving(&foreign.issue(&[SPIFFE]), None).await;
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
    let server = serving(&ours.issue(&["dns:localhost"]), Some(&callers)).await;
    let stranger = Authority::new().issue(&["dns:gateway.test"]);
    let trusted = files.trusting(&ours);
    let tls = TlsFiles {
        shown: Some(gateway(files.shown(&stranger))),
        ..trusted
    };
    let calls = reaching(&server, tls).unwrap();
    let asked = calls.collect(order("a"), AMPLE).await;
    assert_eq!(asked.unwrap_err().code(), Code::Unavailable);

    files.shown(&callers.issue(&["dns:gateway.test"]));
    let asked = calls.collect(order("a"), AMPLE).await;
    assert_eq!(asked.unwrap().configuration_digest, "collected a");
}

#[test]
fn files_that_can_t_be_used_are_refused_at_the_start() {
    let (ours, files) = (Authority::new(), Files::new());
    let trusted = files.trusting(&ours);
    let shown = files.shown(&ours.issue(&["dns:gateway.test"]));
    let refused = |shown: &Tls| {
        let tls = TlsFiles {
            shown: Some(gateway(shown.clone())),
            ..trusted.clone()
        };
        match reaching("https://localhost:1", tls) {
            Err(FarError::Tls(TrustError::File(error))) => (error.key, error.problem),
            other => panic!("{:?}", other.map(|_| ())),
        }
    };
    fs::set_permissions(&shown.key, fs::Permissions::from_mode(0o644)).unwrap();
    let at = |key: &str, problem| (format!("gateway.tls.{key}"), problem);
    assert_eq!(refused(&shown), at("key", Problem::OpenKey(0o644)));
    files.write("tls.key", &ours.issue(&["dns:gateway.test"]).key_pem());
    assert_eq!(refused(&shown), at("key", Problem::OtherKey));
    files.write("tls.crt", "");
    assert_eq!(refused(&shown), at("certificate", Problem::NoCertificate));
}
