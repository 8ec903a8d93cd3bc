//! The proxy that lets only reads through, as the connector's own page describes it.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Error, Result};

use super::{RealDocker, command, run};
use crate::wait::until;
use crate::workspace;

const PAGE: &str = "services/runtime/src/connectors/docker_compose/README.md";
/// The sockets as the page names them.
const OPEN: &str = "/var/run/docker.sock";
const FILTERED: &str = "/run/docker-read.sock";

/// A running proxy before an engine. Ended when dropped.
#[derive(Debug)]
pub struct FilteringProxy {
    child: Child,
    endpoint: String,
    settings: PathBuf,
}

// === impl FilteringProxy ===

impl FilteringProxy {
    /// Starts nginx with what the page says.
    ///
    /// # Errors
    /// It is not installed, or does not listen.
    pub async fn before(engine: &RealDocker) -> Result<Self> {
        let home = engine.home.path();
        let socket = home.join("read.sock");
        let server = described()?
            .replace(OPEN, &engine.socket().display().to_string())
            .replace(FILTERED, &socket.display().to_string());
        let file = home.join("nginx.conf");
        let own = "user root; daemon off; worker_processes 1; events {}";
        let pid = home.join("nginx.pid");
        let text = format!(
            "{own}\npid {};\nhttp {{ access_log off;\n{server} }}\n",
            pid.display()
        );
        fs::write(&file, text)?;
        let log = home.join("nginx.log");
        let mut command = Command::new("nginx");
        command.arg("-c").arg(&file).arg("-e").arg(&log);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let child = match command
            .stderr(File::create(home.join("nginx.err"))?)
            .spawn()
        {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Error::msg(
                    "there is no `nginx` to run: integration-tests/test.sh installs it (nginx-light)",
                ));
            }
            Err(error) => return Err(error).context("starting nginx"),
        };
        let proxy = Self {
            child,
            endpoint: format!("unix://{}", socket.display()),
            settings: home.to_owned(),
        };
        until("nginx listens", async || Ok(socket.exists().then_some(()))).await?;
        Ok(proxy)
    }

    /// Where it listens, as a source names it.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Runs the engine's own command through it.
    ///
    /// # Errors
    /// It fails.
    pub fn docker(&self, arguments: &[&str]) -> Result<String> {
        run(&mut command(&self.endpoint, &self.settings, arguments))
    }
}

impl Drop for FilteringProxy {
    /// Its workers end with it only if it is asked to end.
    fn drop(&mut self) {
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}

fn described() -> Result<String> {
    let page = fs::read_to_string(workspace::root().join(PAGE))?;
    let block = page.split_once("```nginx\n").map(|(_, rest)| rest);
    let block = block.and_then(|it| it.split_once("```"));
    let (block, _) = block.context("the page has no nginx configuration")?;
    Ok(block.to_owned())
}
