//! The built programs, run as an operator runs them.

mod said;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use self::said::Said;
use crate::wait::PATIENCE;
use crate::workspace;

/// A running program that says where it listens. Killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    id: u32,
    url: String,
    said: Said,
}

/// Finds the hosts of a file in the folder that the program works in.
pub const OWN_HOSTS: &str = "mount --bind hosts /etc/hosts";

/// What runs a program that sees mounts of its own, made before it by a command of the shell.
#[must_use]
pub fn with_mounts(mounting: &str) -> Vec<String> {
    let script = format!("{mounting} && exec \"$@\"");
    let wrapper = [
        "unshare",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        &script,
        "sh",
    ];
    wrapper.map(str::to_owned).to_vec()
}

/// Where a program was built.
///
/// # Errors
/// It was not.
pub fn built(name: &str) -> Result<PathBuf> {
    let target = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let program = workspace::root().join(target).join("debug").join(name);
    ensure!(
        program.exists(),
        "{} is missing: integration-tests/test.sh builds it",
        program.display()
    );
    Ok(program)
}

// === impl Program ===

impl Program {
    /// Starts the program of that name, such as `passport-quality`, and waits until it says where
    /// it listens. The environment is added to that of the test.
    ///
    /// # Errors
    /// It ended before that; the text tells what it said.
    pub async fn start<A: AsRef<OsStr>>(
        name: &str,
        arguments: impl IntoIterator<Item = A>,
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        Self::start_in(Path::new("."), name, arguments, environment).await
    }

    /// The same in a folder, which relative paths of its configuration lead on from.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_in<A: AsRef<OsStr>>(
        folder: &Path,
        name: &str,
        arguments: impl IntoIterator<Item = A>,
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        Self::start_as(folder, &[], name, arguments, environment).await
    }

    /// The same, run by another program in its place, such as one that sets limits.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub async fn start_as<A: AsRef<OsStr>>(
        folder: &Path,
        wrapper: &[String],
        name: &str,
        arguments: impl IntoIterator<Item = A>,
        environment: &[(&str, &str)],
    ) -> Result<Self> {
        let built = built(name)?;
        let mut command = match wrapper {
            [] => Command::new(built),
            [first, more @ ..] => {
                let mut command = Command::new(first);
                command.args(more).arg(built);
                command
            }
        };
        let mut child = command
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{name} could not be run"))?;
        let id = child.id().context("it has ended already")?;
        let mut said = Said::by(&mut child)?;
        let url = said.announced(name).await?;
        Ok(Self {
            child,
            id,
            url,
            said,
        })
    }

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process id, also after its end.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.id
    }

    /// All that it printed so far, on standard output and standard error, line by line as it came.
    #[must_use]
    pub fn output(&self) -> String {
        self.said.so_far()
    }

    /// Ends it at once, as a power cut would, and waits until it is gone.
    ///
    /// # Errors
    /// It does not go.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("killing it")?;
        self.said.ended().await
    }

    /// Asks it to end (SIGTERM), and waits until it has. Its output is whole then.
    ///
    /// # Errors
    /// It does not end.
    pub async fn terminate(&mut self) -> Result<ExitStatus> {
        self.signal("TERM").await?;
        let ended = timeout(PATIENCE, self.child.wait()).await;
        let status = ended.context("it does not end")??;
        self.said.ended().await?;
        Ok(status)
    }

    /// Sends it a signal by its name, such as `STOP`.
    ///
    /// # Errors
    /// It is gone.
    pub async fn signal(&self, name: &str) -> Result<()> {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.id.to_string()])
            .status()
            .await
            .context("kill can't be run")?;
        ensure!(sent.success(), "it could not be sent SIG{name}");
        Ok(())
    }

    /// Resident memory now, and its highest so far, in KiB.
    ///
    /// # Errors
    /// The process is gone.
    pub fn memory(&self) -> Result<(u64, u64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id))?;
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|rest| rest.split_whitespace().next());
            number.and_then(|number| number.parse().ok())
        };
        let now = field("VmRSS:").context("no VmRSS")?;
        Ok((now, field("VmHWM:").context("no VmHWM")?))
    }
}
