//! A real podman with the socket that it offers to who speaks Docker's API, and containers of a file system made here:
//! nothing is pulled.
//!
//! Where nothing runs systemd, podman has no timers for health checks: [`RealPodman::check`] makes one by hand.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Error, Result, bail, ensure};
use tempfile::TempDir;

use crate::docker::{IMAGE, Service, image, labels};
use crate::wait::until;

/// Limits that machines let a container have which is itself run in one.
const SETTINGS: &str = "[engine]\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"none\"\nruntime = \"runc\"\n\
                        [containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n";

/// The service behind the socket. Its containers end with it, and its data goes.
#[derive(Debug)]
pub struct RealPodman {
    service: Child,
    home: TempDir,
}

// === impl RealPodman ===

impl RealPodman {
    /// Starts the service, waits until it listens, and gives it an image.
    ///
    /// # Errors
    /// What is missing on this machine, by its name; or the service does not start.
    pub async fn start() -> Result<Self> {
        installed()?;
        let home = TempDir::with_prefix("podman-")?;
        fs::write(home.path().join("containers.conf"), SETTINGS)?;
        let archive = image::archive(home.path())?;
        let log = File::create(home.path().join("log"))?;
        let socket = format!("unix://{}", socket(&home).display());
        let service = command(&home)
            .args(["system", "service", "--time=0", &socket])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("starting podman")?;
        let mut podman = Self { service, home };
        podman.ready().await?;
        let archive = archive.display().to_string();
        podman.podman(&["import", &archive, IMAGE])?;
        Ok(podman)
    }

    async fn ready(&mut self) -> Result<()> {
        until("podman listens", async || {
            if let Some(status) = self.service.try_wait()? {
                let log = fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
                bail!("podman ended with {status}; it needs root, and cgroups that it may write: {log}");
            }
            Ok(socket(&self.home).exists().then_some(()))
        })
        .await
    }

    /// Where it listens, as a source names it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("unix://{}", socket(&self.home).display())
    }

    /// Starts a container of a project's service, and gives its id.
    ///
    /// # Errors
    /// podman can't run it.
    pub fn run(&self, project: &str, service: &Service<'_>) -> Result<String> {
        let labels = labels(project, service);
        let mut arguments = vec!["run", "--detach", "--network=host"];
        arguments.extend(labels.iter().map(String::as_str));
        arguments.extend(service.options);
        arguments.push(IMAGE);
        arguments.extend(service.command);
        Ok(self.podman(&arguments)?.trim().to_owned())
    }

    /// Makes a container's health check once, as its timer would.
    ///
    /// # Errors
    /// podman can't be run. A check that fails is none.
    pub fn check(&self, id: &str) -> Result<()> {
        let mut command = command(&self.home);
        let checked = command.args(["healthcheck", "run", id]).output();
        checked.map(drop).context("running podman")
    }

    /// Runs podman's own command.
    ///
    /// # Errors
    /// It fails.
    pub fn podman(&self, arguments: &[&str]) -> Result<String> {
        let output = command(&self.home).args(arguments).output();
        let output = output.context("running podman")?;
        ensure!(
            output.status.success(),
            "podman {arguments:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for RealPodman {
    /// The containers end before their files go, so that nothing of them stays mounted.
    fn drop(&mut self) {
        let _ = self.podman(&["rm", "--all", "--force", "--time=0"]);
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

/// podman with files, settings and containers of its own, whatever the machine's has.
fn command(home: &TempDir) -> Command {
    let folder = |name: &str| home.path().join(name).display().to_string();
    let mut command = Command::new("podman");
    command
        .env("CONTAINERS_CONF", folder("containers.conf"))
        .args(["--root", &folder("root"), "--runroot", &folder("run")])
        .args(["--tmpdir", &folder("tmp"), "--storage-driver", "vfs"])
        .args(["--cgroup-manager", "cgroupfs", "--runtime", "runc"])
        .args(["--events-backend", "none"])
        .stdin(Stdio::null());
    command
}

fn socket(home: &TempDir) -> PathBuf {
    home.path().join("podman.sock")
}

fn installed() -> Result<()> {
    match Command::new("podman").arg("--version").output() {
        Ok(found) => ensure!(found.status.success(), "`podman --version` fails"),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Error::msg(
                "there is no `podman` to run: integration-tests/test.sh installs it",
            ));
        }
        Err(error) => return Err(error).context("running podman"),
    }
    Ok(())
}
