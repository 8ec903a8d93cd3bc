//! A real Alertmanager on loopback.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Error, Result, ensure};
use chrono::{SecondsFormat, TimeDelta};
use passport_evidence::Clock as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::wait::until;
use crate::{http, port};

/// Notifies nobody.
const CONFIGURATION: &str = "route: { receiver: nobody }\nreceivers: [ { name: nobody } ]\n";

/// A server that takes alerts of a Prometheus. Its data lives as long as this value.
#[derive(Debug)]
pub struct RealAlertmanager {
    // Dropped before its files go.
    process: Process,
    address: SocketAddr,
    _home: TempDir,
}

/// Killed when dropped.
#[derive(Debug)]
struct Process(Child);

// === impl RealAlertmanager ===

impl RealAlertmanager {
    /// Starts a server on a free port and waits until it answers.
    ///
    /// # Errors
    /// It is not installed, or does not become ready.
    pub async fn start() -> Result<Self> {
        let home = TempDir::with_prefix("alertmanager-")?;
        let configuration = home.path().join("alertmanager.yml");
        fs::write(&configuration, CONFIGURATION)?;
        let address = SocketAddr::from(([127, 0, 0, 1], port::free()?));
        let child = Command::new("prometheus-alertmanager")
            .arg(format!("--config.file={}", configuration.display()))
            .arg(format!(
                "--storage.path={}",
                home.path().join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .args(["--cluster.listen-address=", "--log.level=warn"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(home.path().join("log"))?)
            .spawn();
        let process = match child {
            Ok(child) => Process(child),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let missing = "there is no `prometheus-alertmanager` to run: integration-tests/test.sh installs it";
                return Err(Error::msg(missing));
            }
            Err(error) => return Err(error).context("starting alertmanager"),
        };
        let mut server = Self {
            process,
            address,
            _home: home,
        };
        server.ready().await?;
        Ok(server)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    async fn ready(&mut self) -> Result<()> {
        let client = http::client()?;
        let url = format!("http://{}/-/ready", self.address);
        until("alertmanager is ready", async || {
            let ended = self.process.0.try_wait()?;
            ensure!(ended.is_none(), "alertmanager ended with {ended:?}");
            let answer = client.get(&url).send().await;
            Ok(answer
                .is_ok_and(|it| it.status().is_success())
                .then_some(()))
        })
        .await
    }

    /// The states of all alerts of this name: `active`, or `suppressed` by a silence.
    ///
    /// # Errors
    /// It could not be asked.
    pub async fn states(&self, alert: &str) -> Result<Vec<String>> {
        let url = format!("http://{}/api/v2/alerts", self.address);
        let answer = http::client()?.get(url).send().await?.error_for_status()?;
        let all: Vec<Value> = answer.json().await?;
        let named = |it: &&Value| {
            it.pointer("/labels/alertname")
                .is_some_and(|it| it == alert)
        };
        let state = |it: &Value| it.pointer("/status/state")?.as_str().map(str::to_owned);
        Ok(all.iter().filter(named).filter_map(state).collect())
    }

    /// Silences the alerts of this name for an hour.
    ///
    /// # Errors
    /// It was not taken.
    pub async fn silence(&self, alert: &str) -> Result<()> {
        let now = passport_service_kit::clock::SystemClock.now();
        let text =
            |at: chrono::DateTime<chrono::Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let silence = json!({
            "matchers": [{ "name": "alertname", "value": alert, "isRegex": false, "isEqual": true }],
            "startsAt": text(now),
            "endsAt": text(now + TimeDelta::hours(1)),
            "createdBy": "a person on call",
            "comment": "looked at",
        });
        let request = http::client()?
            .post(format!("http://{}/api/v2/silences", self.address))
            .header("content-type", "application/json")
            .body(silence.to_string());
        request.send().await?.error_for_status()?;
        Ok(())
    }
}

// === impl Process ===

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
