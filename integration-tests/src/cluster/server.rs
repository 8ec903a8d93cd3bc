//! The process of the stand-in.

use anyhow::Result;
use reqwest::Client;
use serde_json::Value;

use super::kubectl::Kubectl;
use crate::foreign::Foreign;
use crate::wait::until;
use crate::{http, port, workspace};

/// A stand-in for an API server. What is in it is gone with it.
#[derive(Debug)]
pub struct Cluster {
    process: Foreign,
    port: u16,
    http: Client,
}

impl Cluster {
    /// Starts it on a free port, and waits until it answers.
    ///
    /// # Errors
    /// It is not installed, or does not become ready.
    pub async fn start() -> Result<Self> {
        let port = port::free()?;
        let script = workspace::root().join("integration-tests/cluster/server.py");
        let process = Foreign::start("cluster", "python3", |command, _| {
            command.arg(&script).arg(port.to_string());
            Ok(())
        })?;
        let mut server = Self {
            process,
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
            home: self.process.home(),
        }
    }

    async fn is_ready(&mut self) -> Result<Option<()>> {
        self.process.still_runs()?;
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
