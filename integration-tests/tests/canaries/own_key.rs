//! The key of a port's own certificate, and every way in which its files can turn bad while the
//! process runs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use futures::future::try_join_all;
use passport_integration_tests::configuration::{File, of_sources, with};
use passport_integration_tests::program::{self, Program};
use passport_integration_tests::receiver::Receiver;
use passport_integration_tests::wait::until;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use reqwest::Certificate;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

use crate::drive::printed;
use crate::search::{Canary, Output};
use crate::{ended, exported, nothing_shows};

/// A certificate and its key.
struct Pair {
    certificate: String,
    key: String,
    /// The number that makes the key.
    scalar: Vec<u8>,
}

/// An authority, and the files of the port that it vouches for.
struct Port {
    folder: TempDir,
    authority: CertifiedIssuer<'static, KeyPair>,
    served: Pair,
    other: Pair,
}

/// Files that can't be used: the certificate, the key, and the key's mode.
struct Bad {
    certificate: String,
    key: String,
    mode: u32,
}

// === impl Port ===

impl Port {
    fn new() -> Result<Self> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let port = Self {
            folder: TempDir::new()?,
            served: issued(&authority)?,
            other: issued(&authority)?,
            authority,
        };
        fs::write(port.file("ca.crt"), port.authority.pem())?;
        port.write(&port.served.certificate, &port.served.key, 0o600)?;
        Ok(port)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Each moved over the one before, so that no half of a file is read.
    fn write(&self, certificate: &str, key: &str, mode: u32) -> Result<()> {
        replace(&self.file("tls.crt"), certificate, 0o644)?;
        replace(&self.file("tls.key"), key, mode)
    }

    /// Lines of the keys that nobody else has, and the numbers in them. The first line of a key on
    /// P-256 begins alike in all of them.
    fn canaries(&self) -> Vec<Canary> {
        let own = [
            (
                "line of the port's key",
                "number of the port's key",
                &self.served,
            ),
            ("line of another key", "number of another key", &self.other),
        ];
        let canaries = own.into_iter().flat_map(|(line, number, pair)| {
            let lines = pair.key.lines().filter(|it| !it.starts_with("-----"));
            let mut canaries: Vec<_> = lines.map(|it| Canary::of(line, it)).collect();
            canaries.push(Canary::of(number, &pair.scalar));
            canaries
        });
        canaries.collect()
    }

    fn bad(&self) -> Vec<Bad> {
        let (served, other) = (&self.served, &self.other);
        let bad = |certificate: &str, key: &str, mode| Bad {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            mode,
        };
        let half = other.key.len() / 2;
        vec![
            // Another certificate's.
            bad(&served.certificate, &other.key, 0o600),
            // For everybody to read.
            bad(&served.certificate, &served.key, 0o644),
            // Without its first line, broken off, and with a character that is none of base64.
            bad(
                &served.certificate,
                other.key.split_once('\n').map_or("", |it| it.1),
                0o600,
            ),
            bad(
                &served.certificate,
                other.key.get(..half).unwrap_or_default(),
                0o600,
            ),
            bad(
                &served.certificate,
                &other.key.replace("\n-----END", "!\n-----END"),
                0o600,
            ),
            // Where the certificate belongs.
            bad(&other.key, &served.key, 0o600),
            // As a certificate.
            bad(
                &other.key.replace("PRIVATE KEY", "CERTIFICATE"),
                &served.key,
                0o600,
            ),
        ]
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "asks a server of the test's own on loopback"
    )]
    fn client(&self) -> Result<reqwest::Client> {
        let authority = Certificate::from_pem(self.authority.pem().as_bytes())?;
        let client = reqwest::Client::builder().no_proxy();
        Ok(client.tls_certs_only([authority]).build()?)
    }

    async fn told(&self, url: &str) -> Result<Vec<Output>> {
        let client = self.client()?;
        let told = [
            "/metrics",
            "/readyz",
            "/healthz",
            "/v1/connectors",
            "/nowhere",
        ]
        .map(|path| {
            let asked = client.get(format!("{url}{path}"));
            async move {
                let answer = asked.send().await?;
                let name = format!("{path} over TLS, {}", answer.status());
                let headers = format!("{:?}\n", answer.headers());
                let text = answer.text().await?;
                anyhow::Ok(Output::new(name, headers + &text))
            }
        });
        try_join_all(told).await
    }

    async fn commands(&self, url: &str) -> Result<Vec<Output>> {
        let [ca, key] = ["ca.crt", "tls.key"].map(|it| self.file(it).display().to_string());
        let command = |arguments: Vec<&str>| {
            let mut command = Command::new(program::built("passport")?);
            command.args(["--gateway", url]).args(arguments);
            anyhow::Ok(printed(command, "passport over TLS"))
        };
        let outputs = [
            command(vec!["connectors", "--ca", &ca])?,
            command(vec!["connectors"])?,
            // Keys where certificates belong.
            command(vec!["connectors", "--ca", &key])?,
            command(vec![
                "connectors",
                "--ca",
                &ca,
                "--cert",
                &key,
                "--key",
                &key,
            ])?,
        ];
        try_join_all(outputs).await
    }
}

fn issued(authority: &CertifiedIssuer<'static, KeyPair>) -> Result<Pair> {
    let key = KeyPair::generate()?;
    let params = CertificateParams::new(["127.0.0.1".to_owned()])?;
    // The private number of a key on P-256 in PKCS #8: 32 bytes behind 36 that are alike in all.
    let scalar = key.serialize_der().get(36..68).unwrap_or_default().to_vec();
    Ok(Pair {
        certificate: params.signed_by(&key, authority)?.pem(),
        key: key.serialize_pem(),
        scalar,
    })
}

fn replace(file: &Path, text: &str, mode: u32) -> Result<()> {
    let new = file.with_extension("new");
    fs::write(&new, text)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(mode))?;
    Ok(fs::rename(new, file)?)
}

/// How often files of the port were refused, by its metrics.
async fn refused(port: &Port, url: &str) -> Result<u64> {
    let metrics = port.client()?.get(format!("{url}/metrics")).send().await?;
    let metrics = metrics.text().await?;
    let line = metrics.lines().find(|line| {
        line.starts_with("passport_tls_reloads_total{") && line.contains("outcome=\"refused\"")
    });
    let count = line.and_then(|line| line.rsplit(' ').next());
    Ok(count.context("nothing is counted")?.parse()?)
}

async fn hang_up(program: &Program) -> Result<()> {
    let id = program.pid().to_string();
    let told = Command::new("kill").args(["-HUP", &id]).status().await?;
    ensure!(told.success(), "SIGHUP could not be sent");
    Ok(())
}

/// Puts bad files in place of good ones, one after another, under a process that runs.
async fn turned_bad(port: &Port, mesh: &Program) -> Result<Vec<Output>> {
    let mut told = Vec::new();
    for bad in port.bad() {
        let before = refused(port, mesh.url()).await?;
        port.write(&bad.certificate, &bad.key, bad.mode)?;
        hang_up(mesh).await?;
        until("the bad files are refused", async || {
            Ok((refused(port, mesh.url()).await? > before).then_some(()))
        })
        .await?;
        told.extend(port.told(mesh.url()).await?);
        told.extend(port.commands(mesh.url()).await?);
    }
    Ok(told)
}

/// A configuration that holds a key where it is to name one, under a process that runs.
async fn configured_badly(port: &Port, file: &File, mesh: &Program) -> Result<Vec<Output>> {
    let bad = json!({ "gateway": { "tls": { "certificate": port.served.certificate,
        "key": port.served.key, "client_ca": port.other.key } }, "workspaces": {} });
    fs::write(file.folder().join(file.name()), bad.to_string())?;
    hang_up(mesh).await?;
    until("the bad configuration is refused", async || {
        let readiness = port.client()?.get(format!("{}/readyz", mesh.url()));
        let told: serde_json::Value = serde_json::from_str(&readiness.send().await?.text().await?)?;
        let refused = told.pointer("/configuration/refused");
        Ok(refused.is_some_and(|it| !it.is_null()).then_some(()))
    })
    .await?;
    port.told(mesh.url()).await
}

/// What a process says that does not start.
async fn refused_at_start(port: &Port, file: &File) -> Result<Vec<Output>> {
    let mut told = Vec::new();
    for bad in port.bad() {
        port.write(&bad.certificate, &bad.key, bad.mode)?;
        let mut command = Command::new(program::built("passport")?);
        command.current_dir(file.folder());
        command.args([
            "up",
            "--log",
            "trace",
            "--listen",
            "127.0.0.1:0",
            "--config",
            file.name(),
        ]);
        let output = printed(command, "a port of bad files").await?;
        let text = String::from_utf8_lossy(&output.bytes);
        ensure!(
            text.contains("error: ") && !text.contains("listens on"),
            "{text}"
        );
        told.push(output);
    }
    Ok(told)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_shows_nothing_of_its_key_and_of_no_file_that_it_refuses() -> Result<()> {
    let port = Port::new()?;
    let (receiver, origin) = Receiver::start().await?;
    let configuration = of_sources(json!({}));
    let configuration = with(
        configuration,
        "telemetry",
        json!({ "otlp_endpoint": origin }),
    );
    let tls = json!({ "certificate": port.file("tls.crt"), "key": port.file("tls.key") });
    let file = File::of(&with(configuration, "gateway", json!({ "tls": tls })))?;
    let arguments = [
        "up",
        "--log",
        "trace",
        "--listen",
        "127.0.0.1:0",
        "--config",
        file.name(),
    ];
    let mesh = Program::start_in(file.folder(), "passport", arguments, &[]).await?;

    let mut outputs = port.told(mesh.url()).await?;
    outputs.extend(port.commands(mesh.url()).await?);
    outputs.extend(turned_bad(&port, &mesh).await?);
    let configured = fs::read(file.folder().join(file.name()))?;
    outputs.extend(configured_badly(&port, &file, &mesh).await?);
    outputs.push(ended("passport", mesh).await?);
    fs::write(file.folder().join(file.name()), configured)?;
    outputs.extend(refused_at_start(&port, &file).await?);
    outputs.extend(exported(&receiver)?);
    nothing_shows(&port.canaries(), &outputs)
}
