//! The workspace as cargo describes it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The top folder of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// What `cargo metadata` says of the workspace's own crates.
#[derive(Debug, Deserialize)]
pub struct Workspace {
    /// The crates of the workspace.
    pub packages: Vec<Package>,
}

/// One crate of the workspace.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// What its manifest asks for, features aside.
    pub dependencies: Vec<Dependency>,
    manifest_path: PathBuf,
}

/// One line of a manifest's dependency tables.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    /// Name of the crate that is asked for.
    pub name: String,
    /// `dev`, `build`, or absent for an ordinary one.
    kind: Option<String>,
}

// === impl Workspace ===

impl Workspace {
    /// Asks cargo, without the network.
    ///
    /// # Errors
    /// Cargo could not be run, or its answer not be read.
    pub fn read() -> Result<Self> {
        let output = Command::new(env!("CARGO"))
            .args([
                "metadata",
                "--no-deps",
                "--offline",
                "--format-version",
                "1",
            ])
            .current_dir(root())
            .output()
            .context("running cargo metadata")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "cargo metadata: {complaint}");
        serde_json::from_slice(&output.stdout).context("reading what cargo metadata printed")
    }

    /// Names of the workspace's crates.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.packages
            .iter()
            .map(|package| package.name.as_str())
            .collect()
    }

    /// The crate of that name.
    #[must_use]
    pub fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }
}

// === impl Package ===

impl Package {
    /// What the crate itself is built with, tests aside.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.dependencies
            .iter()
            .filter(|d| !d.only_for_tests())
            .map(|d| d.name.as_str())
    }

    /// Whether the crate lies in that folder of the repository.
    #[must_use]
    pub fn lies_in(&self, folder: &str) -> bool {
        self.manifest_path.starts_with(root().join(folder))
    }
}

// === impl Dependency ===

impl Dependency {
    /// Whether only the tests, examples and benches of the crate are built with it.
    #[must_use]
    pub fn only_for_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}
