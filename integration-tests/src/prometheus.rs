//! A real Prometheus on loopback.

mod answer;
mod process;

use std::fs;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use reqwest::Client;
use tempfile::TempDir;

use self::answer::Answer;
pub use self::answer::Sample;
use self::process::Process;
use crate::port;
use crate::wait::{PATIENCE, until};

/// A server that scrapes the given targets every second. Its data lives as long as this value.
#[derive(Debug)]
pub struct RealPrometheus {
    // Dropped before `home`: the process ends before its files go.
    process: Option<Process>,
    home: TempDir,
    port: u16,
    http: Client,
}

impl RealPrometheus {
    /// Starts a server on a free port and waits until it answers.
    ///
    /// # Errors
    /// It is not installed, or does not become ready.
    pub async fn scraping(targets: &[SocketAddr]) -> Result<Self> {
        let home = TempDir::with_prefix("prometheus-")?;
        fs::write(home.path().join("prometheus.yml"), configuration(targets))?;
        Self::of(home).await
    }

    /// The same with rules that it evaluates every second, and with an Alertmanager that it tells what fires.
    ///
    /// # Errors
    /// As [`scraping`](Self::scraping), or the rules are none.
    pub async fn alerting(
        targets: &[SocketAddr],
        rules: &str,
        alertmanager: SocketAddr,
    ) -> Result<Self> {
        let home = TempDir::with_prefix("prometheus-")?;
        fs::write(home.path().join("rules.yml"), rules)?;
        let more = format!(
            "rule_files: [ rules.yml ]\n\
             alerting: {{ alertmanagers: [ {{ static_configs: [ {{ targets: [ '{alertmanager}' ] }} ] }} ] }}\n"
        );
        let text = configuration(targets) + &more;
        fs::write(home.path().join("prometheus.yml"), text)?;
        Self::of(home).await
    }

    async fn of(home: TempDir) -> Result<Self> {
        let mut server = Self {
            process: None,
            home,
            port: port::free()?,
            http: client()?,
        };
        server.restart().await?;
        Ok(server)
    }

    /// Its address, without a slash at the end. The same after a restart.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends the server in its own orderly way. Does nothing if it does not run.
    ///
    /// # Errors
    /// It does not end when asked to.
    pub async fn stop(&mut self) -> Result<()> {
        let Some(mut process) = self.process.take() else {
            return Ok(());
        };
        self.http
            .post(format!("{}/-/quit", self.url()))
            .send()
            .await?;
        let status = until("prometheus ends", async || process.ended()).await?;
        ensure!(
            status.success(),
            "prometheus ended with {status}: {}",
            self.log()
        );
        Ok(())
    }

    /// Stops the server if it runs and starts it again: same port, same data.
    ///
    /// # Errors
    /// It does not end, or does not become ready.
    pub async fn restart(&mut self) -> Result<()> {
        self.stop().await?;
        let mut process = Process::start(self.home.path(), self.port)?;
        until("prometheus is ready", async || {
            if let Some(status) = process.ended()? {
                bail!("prometheus ended with {status}: {}", self.log());
            }
            let answer = self
                .http
                .get(format!("{}/-/ready", self.url()))
                .send()
                .await;
            Ok(answer
                .is_ok_and(|answer| answer.status().is_success())
                .then_some(()))
        })
        .await?;
        self.process = Some(process);
        Ok(())
    }

    /// Asks an instant query at the server's present time.
    ///
    /// # Errors
    /// The server could not be asked, or did not answer with a vector.
    pub async fn query(&self, promql: &str) -> Result<Vec<Sample>> {
        self.ask(&[("query", promql)]).await
    }

    /// Asks an instant query at the given time, in seconds since 1970.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub async fn query_at(&self, promql: &str, time: f64) -> Result<Vec<Sample>> {
        self.ask(&[("query", promql), ("time", &time.to_string())])
            .await
    }

    /// The one sample that a query gives.
    ///
    /// # Errors
    /// As [`query`](Self::query), or there is none, or more than one.
    pub async fn one(&self, promql: &str) -> Result<Sample> {
        let samples = self.query(promql).await?;
        let [sample] = <[Sample; 1]>::try_from(samples)
            .map_err(|samples| anyhow::anyhow!("{promql} gives {samples:?}, not one sample"))?;
        Ok(sample)
    }

    async fn ask(&self, parameters: &[(&str, &str)]) -> Result<Vec<Sample>> {
        let request = self
            .http
            .get(format!("{}/api/v1/query", self.url()))
            .query(parameters);
        let answer = request.send().await?.error_for_status()?;
        answer
            .json::<Answer>()
            .await
            .context("reading an answer of prometheus")?
            .samples()
    }

    fn log(&self) -> String {
        process::log(self.home.path())
    }
}

fn configuration(targets: &[SocketAddr]) -> String {
    let targets: Vec<_> = targets.iter().map(|target| format!("'{target}'")).collect();
    format!(
        "global: {{ scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }}\n\
         scrape_configs:\n\
         - job_name: exporter\n  \
           static_configs: [ {{ targets: [ {} ] }} ]\n",
        targets.join(", ")
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "talks to the test's own server on loopback only"
)]
fn client() -> Result<Client> {
    // No connection outlives its request, so none is left over from before a restart.
    let client = Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .pool_max_idle_per_host(0);
    client.build().context("making an HTTP client")
}
