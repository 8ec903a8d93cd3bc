//! The server's process: started, asked whether it still runs, and ended in any case.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Error, Result};

/// A running Prometheus. Killed when dropped.
#[derive(Debug)]
pub(super) struct Process(Child);

impl Process {
    /// Starts the server with its configuration, data and log in `home`.
    pub(super) fn start(home: &Path, port: u16) -> Result<Self> {
        let log = File::options()
            .create(true)
            .append(true)
            .open(log_of(home))?;
        let child = Command::new("prometheus")
            .arg(format!(
                "--config.file={}",
                home.join("prometheus.yml").display()
            ))
            .arg(format!(
                "--storage.tsdb.path={}",
                home.join("data").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .args(["--web.enable-lifecycle", "--log.level=warn"])
            .arg("--enable-feature=exemplar-storage,native-histograms")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        match child {
            Ok(child) => Ok(Self(child)),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::msg(
                "there is no `prometheus` to run: integration-tests/test.sh installs it",
            )),
            Err(error) => Err(error).context("starting prometheus"),
        }
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.0.try_wait().context("looking after prometheus")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What the server wrote to its log.
pub(super) fn log(home: &Path) -> String {
    fs::read_to_string(log_of(home)).unwrap_or_default()
}

fn log_of(home: &Path) -> std::path::PathBuf {
    home.join("log")
}
