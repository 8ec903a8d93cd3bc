//! The built `passport` program, run as a user runs it.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::wait::PATIENCE;
use crate::workspace;

/// A running `passport up`, ended when dropped.
#[derive(Debug)]
pub struct AllInOne {
    child: Child,
    url: String,
    _folder: TempDir,
}

/// The built program.
///
/// # Errors
/// It was not built.
pub fn program() -> Result<PathBuf> {
    let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| workspace::root().join("target"));
    let program = target.join("debug/passport");
    ensure!(
        program.exists(),
        "{} is missing: integration-tests/test.sh builds it",
        program.display()
    );
    Ok(program)
}

/// Runs the program to its end, without a terminal.
///
/// # Errors
/// It could not be run.
pub async fn run<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Result<Output> {
    let mut command = Command::new(program()?);
    command.args(arguments).stdin(Stdio::null());
    timeout(PATIENCE, command.output())
        .await
        .context("passport did not end")?
        .context("passport could not be run")
}

// === impl AllInOne ===

impl AllInOne {
    /// Starts it with this configuration on a free port, and waits until it says where it listens.
    ///
    /// # Errors
    /// It ended before that.
    pub async fn up(configuration: &Value, environment: &[(&str, &str)]) -> Result<Self> {
        let folder = TempDir::new()?;
        let file = folder.path().join("passport.yaml");
        std::fs::write(&file, serde_json::to_vec_pretty(configuration)?)?;
        let mut child = Command::new(program()?)
            .args(["up", "--listen", "127.0.0.1:0", "--config"])
            .arg(&file)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("passport could not be run")?;
        let stdout = child.stdout.take().context("no standard output")?;
        let url = timeout(PATIENCE, announced(BufReader::new(stdout)))
            .await
            .context("passport did not say where it listens")??;
        Ok(Self {
            child,
            url,
            _folder: folder,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks for the evidence of a scope over HTTP.
    ///
    /// # Errors
    /// No good answer.
    pub async fn collect(&self, request: &Value) -> Result<Value> {
        let answer = crate::http::client()?
            .post(format!("{}/v1/evidence/collect", self.url))
            .json(request)
            .send()
            .await?;
        let status = answer.status();
        let body = answer.text().await?;
        ensure!(status.is_success(), "{status}: {body}");
        serde_json::from_str(&body).context("the answer is not JSON")
    }

    /// Resident memory now, and its highest so far, in KiB.
    ///
    /// # Errors
    /// The process is gone.
    pub fn memory(&self) -> Result<(u64, u64)> {
        let id = self.child.id().context("passport has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|rest| rest.split_whitespace().next());
            number.and_then(|number| number.parse().ok())
        };
        let now = field("VmRSS:").context("no VmRSS")?;
        Ok((now, field("VmHWM:").context("no VmHWM")?))
    }
}

/// The first address that the program prints. The rest of its output is read and dropped, so that
/// it never blocks on a full pipe.
async fn announced(stdout: BufReader<tokio::process::ChildStdout>) -> Result<String> {
    let mut lines = stdout.lines();
    while let Some(line) = lines.next_line().await? {
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        if let Some(url) = url {
            let url = url.trim_end_matches('/').to_owned();
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(url);
        }
    }
    anyhow::bail!("passport ended without listening")
}
