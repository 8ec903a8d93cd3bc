//! A stand-in for AWS on loopback: moto, which others wrote.

use anyhow::{Result, ensure};
use reqwest::Client;
use serde_json::Value;

use crate::foreign::Foreign;
use crate::wait::until;
use crate::{http, port};

/// The region that everything is made in.
pub const REGION: &str = "eu-west-1";
/// The account that everything belongs to.
pub const ACCOUNT: &str = "123456789012";

/// A server that answers as several services of AWS do. What is made there is gone with it.
#[derive(Debug)]
pub struct Aws {
    process: Foreign,
    port: u16,
    http: Client,
}

impl Aws {
    /// Starts a server on a free port, whose services of ECS run so many tasks, and waits until it answers.
    ///
    /// # Errors
    /// It is not installed, or does not become ready.
    pub async fn start(running_tasks: u32) -> Result<Self> {
        let port = port::free()?;
        let process = Foreign::start("moto", "moto_server", |command, _| {
            command
                .args(["-H", "127.0.0.1", "-p", &port.to_string()])
                .env("MOTO_ECS_SERVICE_RUNNING", running_tasks.to_string());
            Ok(())
        })?;
        let mut server = Self {
            process,
            port,
            http: http::client()?,
        };
        until("moto is ready", async || server.is_ready().await).await?;
        Ok(server)
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes something, by an operation such as `AmazonEC2ContainerServiceV20141113.CreateCluster`. The
    /// signature is none: the server only looks for whom the request is.
    ///
    /// # Errors
    /// It was not made.
    pub async fn make(&self, service: &str, operation: &str, input: &Value) -> Result<()> {
        let scope = format!("NOBODY/20260101/{REGION}/{service}/aws4_request");
        let signature =
            format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let request = self
            .http
            .post(self.url())
            .header("Authorization", signature)
            .header("Content-Type", "application/x-amz-json-1.1")
            .header("X-Amz-Target", operation)
            .body(input.to_string());
        let answer = request.send().await?;
        let status = answer.status();
        ensure!(
            status.is_success(),
            "{operation}: {status} {}",
            answer.text().await?
        );
        Ok(())
    }

    async fn is_ready(&mut self) -> Result<Option<()>> {
        self.process.still_runs()?;
        let url = format!("{}/moto-api/data.json", self.url());
        let answer = self.http.get(url).send().await;
        Ok(answer
            .is_ok_and(|answer| answer.status().is_success())
            .then_some(()))
    }
}
