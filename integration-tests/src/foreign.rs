//! Servers that others wrote, each in a process and a folder of its own.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// A running server. It ends, and its folder goes, when this is dropped.
#[derive(Debug)]
pub(crate) struct Foreign {
    name: &'static str,
    process: Child,
    home: TempDir,
}

impl Foreign {
    /// Starts a program in a new folder, where it writes its errors down.
    pub(crate) fn start(
        name: &'static str,
        program: &str,
        prepare: impl FnOnce(&mut Command, &Path) -> Result<()>,
    ) -> Result<Self> {
        let home = TempDir::with_prefix(format!("{name}-"))?;
        let mut command = Command::new(program);
        command
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(home.path().join("log"))?);
        prepare(&mut command, home.path())?;
        let process = match command.spawn() {
            Ok(process) => process,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!("there is no `{program}` to run: integration-tests/test.sh installs it")
            }
            Err(error) => return Err(error).context(format!("starting {name}")),
        };
        Ok(Self {
            name,
            process,
            home,
        })
    }

    /// Its folder.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Nothing while it runs; else what it said last.
    pub(crate) fn still_runs(&mut self) -> Result<()> {
        let Some(status) = self.process.try_wait()? else {
            return Ok(());
        };
        let log = fs::read_to_string(self.home().join("log"))?;
        let why = log.lines().last().unwrap_or_default();
        let name = self.name;
        bail!("{name} ended with {status}: {why}; integration-tests/test.sh installs what it needs")
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
