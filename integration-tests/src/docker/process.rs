//! The engine's process: started, asked whether it still runs, and ended in any case.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Error, Result, ensure};

/// How long the engine has to end by itself.
const LOOKS: u32 = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// What it runs containers with, and what it is spoken to with.
const NEEDED: [&str; 4] = ["dockerd", "docker", "containerd", "runc"];

/// A running engine. Ended when dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Mutex<Child>,
    home: PathBuf,
}

impl Process {
    /// Starts the engine with its socket, data and log in `home`.
    pub(super) fn start(home: &Path, options: &[String]) -> Result<Self> {
        installed()?;
        let log = File::create(log_of(home))?;
        let child = Command::new("dockerd")
            .arg(format!("--host=unix://{}", socket_of(home).display()))
            .arg(format!("--data-root={}", home.join("root").display()))
            .arg(format!("--exec-root={}", home.join("run").display()))
            .arg(format!("--pidfile={}", home.join("pid").display()))
            .arg(format!("--config-file={}", settings(home)?.display()))
            .args(["--bridge=none", "--iptables=false", "--ip6tables=false"])
            .args(["--storage-driver=vfs", "--log-level=warn"])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("starting dockerd")?;
        Ok(Self {
            child: Mutex::new(child),
            home: home.to_owned(),
        })
    }

    /// How it ended, if it has.
    pub(super) fn ended(&self) -> Result<Option<ExitStatus>> {
        self.with(Child::try_wait).context("looking after dockerd")
    }

    /// What it wrote to its log.
    pub(super) fn log(&self) -> String {
        fs::read_to_string(log_of(&self.home)).unwrap_or_default()
    }

    /// Ends it in its own orderly way, which ends what it started too; if it does not, by force.
    pub(super) fn stop(&self) {
        let id = self.with(|it| it.id()).to_string();
        if matches!(self.ended(), Ok(None)) {
            let _ = Command::new("kill").args(["-TERM", &id]).status();
        }
        for _ in 0..LOOKS {
            if !matches!(self.ended(), Ok(None)) {
                return;
            }
            sleep(BETWEEN_LOOKS);
        }
        self.with(|it| {
            let _ = it.kill();
            let _ = it.wait();
        });
        let containerd = self.home.join("run/containerd/containerd.pid");
        if let Ok(id) = fs::read_to_string(containerd) {
            let _ = Command::new("kill").args(["-KILL", id.trim()]).status();
        }
    }

    fn with<T>(&self, what: impl FnOnce(&mut Child) -> T) -> T {
        what(&mut self.child.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

fn installed() -> Result<()> {
    for program in NEEDED {
        let found = Command::new(program).arg("--version").output();
        match found {
            Ok(found) => ensure!(found.status.success(), "`{program} --version` fails"),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Error::msg(format!(
                    "there is no `{program}` to run: integration-tests/test.sh installs it (docker.io)"
                )));
            }
            Err(error) => return Err(error).context(format!("running {program}")),
        }
    }
    Ok(())
}

/// Settings of its own, whatever the machine's engine has.
fn settings(home: &Path) -> Result<PathBuf> {
    let path = home.join("daemon.json");
    fs::write(&path, "{}")?;
    Ok(path)
}

pub(super) fn socket_of(home: &Path) -> PathBuf {
    home.join("engine.sock")
}

fn log_of(home: &Path) -> PathBuf {
    home.join("log")
}
