//! The built programs, each started with a configuration on a free port.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tonic::transport::Channel;
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use crate::configuration::with_collector;

/// A running program, ended when dropped.
#[derive(Debug)]
pub struct Process {
    /// Where it listens.
    pub url: String,
    /// From its start to the first answer: that it serves.
    pub first_answer: Duration,
    child: Child,
    _folder: TempDir,
}

// === impl Process ===

impl Process {
    /// Starts a program of this folder and waits until it serves; its log is dropped.
    ///
    /// # Errors
    /// It ended before that.
    pub async fn start(programs: &Path, name: &str, configuration: &Value) -> Result<Self> {
        let folder = TempDir::new()?;
        let file = folder.path().join("passport.yaml");
        std::fs::write(&file, serde_json::to_vec(configuration)?)?;
        let mut command = Command::new(programs.join(name));
        if name == "passport" {
            command.arg("up");
        }
        command
            .args(["--listen", "127.0.0.1:0", "--config"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let began = Instant::now();
        let mut child = command
            .spawn()
            .with_context(|| format!("{name} was not built"))?;
        let url = announced(&mut child).await.context(name.to_owned())?;
        serves(&url).await.context(name.to_owned())?;
        Ok(Self {
            url,
            first_answer: began.elapsed(),
            child,
            _folder: folder,
        })
    }

    /// Resident memory in MiB.
    ///
    /// # Errors
    /// It has ended.
    pub fn resident_mib(&self) -> Result<f64> {
        self.mib("VmRSS:")
    }

    /// The most that its resident memory ever was, in MiB.
    ///
    /// # Errors
    /// It has ended.
    pub fn peak_mib(&self) -> Result<f64> {
        self.mib("VmHWM:")
    }

    fn mib(&self, key: &str) -> Result<f64> {
        let id = self.child.id().context("the program has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|it| it.strip_prefix(key));
        let number = line.and_then(|it| it.split_whitespace().next());
        let number = number.with_context(|| format!("no {key}"))?;
        Ok(number.parse::<f64>()? / 1_024.0)
    }
}

/// A metrics collector, and a gateway that has no other.
///
/// # Errors
/// Either ended before it served.
pub async fn apart(programs: &Path, configuration: &Value) -> Result<(Process, Process)> {
    let metrics = Process::start(programs, "passport-metrics", configuration).await?;
    let configuration = with_collector(configuration, "metrics", &metrics.url);
    let gateway = Process::start(programs, "passport-gateway", &configuration).await?;
    Ok((metrics, gateway))
}

async fn announced(child: &mut Child) -> Result<String> {
    let stdout = child.stdout.take().context("no standard output")?;
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await? {
        let url = line.split_whitespace().find(|it| it.starts_with("http://"));
        if let Some(url) = url {
            let url = url.trim_end_matches('/').to_owned();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(url);
        }
    }
    bail!("ended without listening")
}

async fn serves(url: &str) -> Result<()> {
    let channel = Channel::from_shared(url.to_owned())?.connect().await?;
    let asked = HealthCheckRequest::default();
    let answer = HealthClient::new(channel).check(asked).await?.into_inner();
    let status = answer.status();
    ensure!(status == ServingStatus::Serving, "{}", status.as_str_name());
    Ok(())
}
