//! Gateways over https: whom the command trusts, and what it shows.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tonic::transport::{Certificate, Identity, ServerTlsConfig};

use crate::fake::Fake;
use crate::run::{Ran, passport, run};

/// An authority, and a folder for what it signs.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

/// Files of a certificate and its key.
struct Pair {
    cert: PathBuf,
    key: PathBuf,
}

// === impl Authority ===

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = Self {
            issuer: CertifiedIssuer::self_signed(params, key).unwrap(),
            folder: TempDir::new().unwrap(),
        };
        authority.write("ca.crt", &authority.issuer.pem());
        authority
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.crt")
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        mode(&path, 0o600);
        path
    }

    fn issue(&self, name: &str) -> Pair {
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Pair {
            cert: self.write(&format!("{name}.crt"), &certificate.pem()),
            key: self.write(&format!("{name}.key"), &key.serialize_pem()),
        }
    }

    /// A server that wants a certificate of this authority.
    fn serving(&self) -> ServerTlsConfig {
        let pair = self.issue("localhost");
        let [cert, key] = [pair.cert, pair.key].map(|it| fs::read(it).unwrap());
        ServerTlsConfig::new()
            .identity(Identity::from_pem(cert, key))
            .client_ca_root(Certificate::from_pem(self.issuer.pem()))
    }
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

async fn connectors(url: &str, files: &[(&str, &Path)]) -> Ran {
    let mut command = passport();
    command.args(["connectors", "--gateway", url]);
    for (option, file) in files {
        command.arg(option).arg(file);
    }
    run(command).await
}

#[tokio::test]
async fn a_gateway_of_the_named_authority_is_shown_the_certificate() {
    let ours = Authority::new();
    let gateway = Fake::default().listen_tls(ours.serving()).await;
    let (ca, bot) = (ours.ca(), ours.issue("bot.test"));
    let files = [
        ("--ca", ca.as_path()),
        ("--cert", bot.cert.as_path()),
        ("--key", bot.key.as_path()),
    ];
    let ran = connectors(&gateway.url, &files).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));

    let stranger = Authority::new();
    let ran = connectors(&gateway.url, &[("--ca", stranger.ca().as_path())]).await;
    assert_eq!(ran.code, 3, "{}", ran.err);
    let ran = connectors(&gateway.url, &files[..1]).await;
    assert_eq!(ran.code, 3, "{}", ran.err);
}

#[tokio::test]
async fn files_that_can_t_be_used_are_named_before_anything_is_asked() {
    let ours = Authority::new();
    let (bot, other) = (ours.issue("bot.test"), ours.issue("other.test"));
    let (cert, key) = (bot.cert.as_path(), bot.key.as_path());
    let (https, ca) = ("https://localhost:1", ours.ca());
    let (ca, absent) = (("--ca", ca.as_path()), Path::new("/nowhere/ca.crt"));
    for (url, files, said) in [
        (
            https,
            vec![("--cert", cert)],
            "--cert was given without --key",
        ),
        (
            https,
            vec![("--key", key)],
            "--key was given without --cert",
        ),
        ("http://localhost:1", vec![ca], "named with http://"),
        (
            https,
            vec![("--ca", absent)],
            "/nowhere/ca.crt is not there",
        ),
        (
            https,
            vec![("--ca", key)],
            "bot.test.key holds no certificates",
        ),
        (
            https,
            vec![ca, ("--cert", cert), ("--key", other.key.as_path())],
            "other.test.key is not the key of the certificate",
        ),
    ] {
        let ran = connectors(url, &files).await;
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        assert!(ran.err.contains(said), "{}", ran.err);
    }
    mode(key, 0o644);
    let ran = connectors(https, &[ca, ("--cert", cert), ("--key", key)]).await;
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("mode 0644"), "{}", ran.err);
}
