//! A real Alertmanager on loopback.

use std::fs;
use std::net::SocketAddr;

use anyhow::Result;
use chrono::{SecondsFormat, TimeDelta};
use passport_evidence::Clock as _;
use serde_json::{Value, json};

use crate::foreign::Foreign;
use crate::wait::until;
use crate::{http, port};

/// Notifies nobody.
const CONFIGURATION: &str = "route: { receiver: nobody }\nreceivers: [ { name: nobody } ]\n";

/// A server that takes alerts of a Prometheus. Its data lives as long as this value.
#[derive(Debug)]
pub struct RealAlertmanager {
    process: Foreign,
    address: SocketAddr,
}

// === impl RealAlertmanager ===

impl RealAlertmanager {
    /// Starts a server on a free port and waits until it answers.
    ///
    /// # Errors
    /// It is not installed, or does not become ready.
    pub async fn start() -> Result<Self> {
        let address = SocketAddr::from(([127, 0, 0, 1], port::free()?));
        let program = "prometheus-alertmanager";
        let process = Foreign::start("alertmanager", program, |command, home| {
            fs::write(home.join("alertmanager.yml"), CONFIGURATION)?;
            command
                .args(["--config.file=alertmanager.yml", "--storage.path=data"])
                .arg(format!("--web.listen-address={address}"))
                .args(["--cluster.listen-address=", "--log.level=warn"]);
            Ok(())
        })?;
        let mut server = Self { process, address };
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
            self.process.still_runs()?;
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
