//! A real browser: Debian's Chromium, driven by Playwright's own test runner over the suite in `browser/`.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

use crate::{wait::PATIENCE, workspace};

/// What a page looks like that is as it should be.
pub const GOOD: &str = "good";
/// The same with an error on its console, a request that fails, and a button that was moved.
pub const BROKEN: &str = "broken";

/// A suite and the baselines that it made of an earlier artifact.
#[derive(Debug)]
pub struct Suite {
    folder: TempDir,
    baseline: String,
}

/// What one run left behind.
#[derive(Debug)]
pub struct Run {
    folder: PathBuf,
    /// Whether its tests passed.
    pub passed: bool,
}

// === impl Suite ===

impl Suite {
    /// Makes the baselines, with the page as it should be.
    ///
    /// # Errors
    /// There is no browser or no suite: `integration-tests/test.sh` installs both.
    pub async fn of_baseline(artifact: &str) -> Result<Self> {
        let suite = Self {
            folder: tempfile::tempdir()?,
            baseline: artifact.to_owned(),
        };
        std::fs::create_dir(suite.baselines())?;
        let made = suite.run("baseline", GOOD).await?;
        ensure!(
            made.passed,
            "the page that the baselines are made of is not good"
        );
        Ok(suite)
    }

    /// Runs it against a page, under a name of its own.
    ///
    /// # Errors
    /// It could not be run, or left nothing behind.
    pub async fn run(&self, name: &str, variant: &str) -> Result<Run> {
        let folder = self.folder.path().join(name);
        let cli = "node_modules/@playwright/test/cli.js";
        let mut command = self.node(&folder);
        command.args([cli, "test"]).env("SUITE_VARIANT", variant);
        let output = timeout(PATIENCE * 2, command.output()).await;
        let output = output
            .context("the suite did not end")?
            .context("no node")?;
        let report = folder.join("report.json");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        ensure!(
            report.exists(),
            "integration-tests/test.sh installs the suite: {said}"
        );
        Ok(Run {
            folder,
            passed: output.status.success(),
        })
    }

    /// Makes the bundle of a run of an artifact, and gives its content type and its bytes.
    ///
    /// # Errors
    /// The run left something out.
    pub async fn bundle(&self, run: &Run, artifact: &str) -> Result<(String, PathBuf)> {
        let mut command = self.node(&run.folder);
        command.args(["bundle.mjs", artifact, &self.baseline]);
        let output = command.output().await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "{said}");
        let content_type = String::from_utf8(output.stdout)?;
        Ok((content_type, run.folder.join("bundle")))
    }

    fn node(&self, out: &Path) -> Command {
        let mut command = Command::new("node");
        command
            .current_dir(workspace::root().join("integration-tests/browser"))
            .env("SUITE_OUT", out)
            .env("SUITE_BASELINES", self.baselines())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    fn baselines(&self) -> PathBuf {
        self.folder.path().join("baselines")
    }
}

// === impl Run ===

impl Run {
    /// A file that it left behind.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}
