//! The process of the stand-in.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Error, Result, bail};
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;

use super::kubectl::Kubectl;
use crate::wait::until;
use crate::{http, port, workspace};

/// A stand-in for an API server. What is in it is gone with it.
#[derive(Debug)]
pub struct Cluster {
    process: Child,
    home: TempDir,
    port: u16,
    http: Client,
}

impl Cluster {
    /// Starts it on a free port, and waits until it answers.
    ///
    /// # Errors
    /// It is not installed, or does not become ready.
    pub async fn start() -> Result<Self> {
        let home = TempDir::with_prefix("cluster-")?;
        let log = File::create(home.path().join("log"))?;
        let port = port::free()?;
        let script = workspace::root().join("integration-tests/cluster/server.py");
        let process = Command::new("python3")
            .arg(&script)
            .arg(port.to_string())
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let process = match process {
            Ok(process) => process,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!("there is no `python3` to run: integration-tests/test.sh installs it")
            }
            Err(error) => return Err(error).context("starting the cluster"),
        };
        let mut server = Self {
            process,
            home,
            port,
            http: http::client()?,
        };
        until("the cluster is ready", async || server.is_ready().await).await?;
        Ok(server)
    }

    /// Its address, without a slash at the end. It asks nobody who he is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Applies objects, as `kubectl apply` does.
    ///
    /// # Errors
    /// What `kubectl` says.
    pub fn apply(&self, objects: &[Value]) -> Result<()> {
        self.kubectl().apply(objects)
    }

    /// Writes the status of an object, as its controller would.
    ///
    /// # Errors
    /// What `kubectl` says.
    pub fn report(&self, namespace: &str, object: &str, status: &Value) -> Result<()> {
        self.kubectl().patch_status(namespace, object, status)
    }

    /// Changes an object.
    ///
    /// # Errors
    /// What `kubectl` says.
    pub fn patch(&self, namespace: &str, object: &str, patch: &Value) -> Result<()> {
        self.kubectl().patch(namespace, object, patch)
    }

    /// An object, as `kubectl get` shows it.
    ///
    /// # Errors
    /// What `kubectl` says.
    pub fn get(&self, namespace: &str, object: &str) -> Result<Value> {
        self.kubectl().get(namespace, object)
    }

    fn kubectl(&self) -> Kubectl<'_> {
        Kubectl {
            server: self.url(),
            home: self.home.path(),
        }
    }

    async fn is_ready(&mut self) -> Result<Option<()>> {
        if let Some(status) = self.process.try_wait()? {
            let log = fs::read_to_string(self.home.path().join("log"))?;
            let why = log.lines().last().unwrap_or_default();
            return Err(Error::msg(format!(
                "the cluster ended with {status}: {why}; integration-tests/test.sh installs kmock"
            )));
        }
        let answer = self
            .http
            .get(format!("{}/version", self.url()))
            .send()
            .await;
        Ok(answer
            .is_ok_and(|answer| answer.status().is_success())
            .then_some(()))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
