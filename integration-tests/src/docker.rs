//! A real Docker Engine with a socket of its own, and containers of a file system made here: nothing is
//! pulled.

pub(crate) mod image;
mod process;
mod proxy;
mod tls;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use self::process::Process;
pub use self::proxy::FilteringProxy;
pub use self::tls::TlsPort;
use crate::wait::until;

/// Name of the image that containers are made of.
pub const IMAGE: &str = "shop/checkout-api:1";

/// An engine without a network. Its containers end with it, and its data goes.
#[derive(Debug)]
pub struct RealDocker {
    // Dropped before `home`: the engine ends before its files go.
    process: Process,
    home: TempDir,
}

/// A container as Compose would make it.
#[derive(Debug, Clone, Copy)]
pub struct Service<'a> {
    /// Name of the service.
    pub name: &'a str,
    /// What stands before the image on the command line.
    pub options: &'a [&'a str],
    /// What it runs.
    pub command: &'a [&'a str],
}

// === impl RealDocker ===

impl RealDocker {
    /// Starts an engine, waits until it answers, and gives it an image.
    ///
    /// # Errors
    /// What is missing on this machine, by its name; or the engine does not start.
    pub async fn start() -> Result<Self> {
        Self::start_in(TempDir::with_prefix("docker-")?, &[]).await
    }

    /// The same, which listens on a port of loopback too, over TLS, and takes there who shows a certificate.
    ///
    /// # Errors
    /// As without the port.
    pub async fn start_with_port(port: &TlsPort) -> Result<Self> {
        let home = TempDir::with_prefix("docker-")?;
        let options = port.options(home.path())?;
        Self::start_in(home, &options).await
    }

    async fn start_in(home: TempDir, options: &[String]) -> Result<Self> {
        let engine = Self {
            process: Process::start(home.path(), options)?,
            home,
        };
        engine.ready().await?;
        image::import(&engine)?;
        Ok(engine)
    }

    async fn ready(&self) -> Result<()> {
        until("the engine answers", async || {
            if let Some(status) = self.process.ended()? {
                bail!(
                    "dockerd ended with {status}; it needs root, and cgroups that it may write: {}",
                    self.process.log()
                );
            }
            let mut version = self.command(&["version", "--format", "{{.Server.APIVersion}}"]);
            let answer = version.output().context("running docker")?;
            Ok(answer.status.success().then_some(()))
        })
        .await
    }

    /// Where it listens, as a source names it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    /// Starts a container of a project's service.
    ///
    /// # Errors
    /// The engine can't run it.
    pub fn run(&self, project: &str, service: &Service<'_>) -> Result<()> {
        let labels = labels(project, service);
        let mut arguments = vec!["run", "--detach", "--network=none"];
        arguments.extend(labels.iter().map(String::as_str));
        arguments.extend(service.options);
        arguments.push(IMAGE);
        arguments.extend(service.command);
        self.docker(&arguments).map(drop)
    }

    /// Runs the engine's own command.
    ///
    /// # Errors
    /// It fails.
    pub fn docker(&self, arguments: &[&str]) -> Result<String> {
        run(&mut self.command(arguments))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        command(&self.endpoint(), self.home.path(), arguments)
    }

    fn socket(&self) -> PathBuf {
        process::socket_of(self.home.path())
    }
}

impl Drop for RealDocker {
    /// The containers end before the engine does, so that nothing of them stays mounted.
    fn drop(&mut self) {
        let all = self.docker(&["ps", "--all", "--quiet"]).unwrap_or_default();
        let all: Vec<_> = all.split_whitespace().collect();
        if !all.is_empty() {
            let _ = self.docker(&[&["rm", "--force"][..], &all].concat());
        }
        self.process.stop();
    }
}

/// The labels that Compose gives to the first container of a service.
pub(crate) fn labels(project: &str, service: &Service<'_>) -> [String; 6] {
    let labels = [
        ("project", project),
        ("service", service.name),
        ("oneoff", "False"),
        ("container-number", "1"),
        ("config-hash", "0123abcd"),
        ("project.working_dir", "/srv/shop"),
    ];
    labels.map(|(name, value)| format!("--label=com.docker.compose.{name}={value}"))
}

/// The engine's own command, with settings of nobody.
fn command(endpoint: &str, settings: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("docker");
    command
        .env_remove("DOCKER_CONTEXT")
        .env("DOCKER_CONFIG", settings)
        .arg("--host")
        .arg(endpoint)
        .args(arguments)
        .stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.output().context("running docker")?;
    ensure!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
