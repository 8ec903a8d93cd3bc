//! The built `passport` program, run as a user runs it.

use std::ffi::OsStr;
use std::process::{Output, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use crate::configuration::{File, scope};
use crate::program::{self, Program};
use crate::wait::PATIENCE;

const NAME: &str = "passport";

/// A running `passport up`, ended when dropped.
#[derive(Debug)]
pub struct AllInOne {
    program: Program,
    // Goes after the process that works in its folder.
    file: File,
}

/// Runs the program to its end, without a terminal.
///
/// # Errors
/// It could not be run.
pub async fn run<I: AsRef<OsStr>>(arguments: impl IntoIterator<Item = I>) -> Result<Output> {
    let mut command = Command::new(program::built(NAME)?);
    command.args(arguments).stdin(Stdio::null());
    timeout(PATIENCE, command.output())
        .await
        .context("passport did not end")?
        .context("passport could not be run")
}

// === impl AllInOne ===

impl AllInOne {
    /// Starts it with this configuration on a free port, and waits until it says where it listens.
    /// What it keeps is gone with it.
    ///
    /// # Errors
    /// It ended before that.
    pub async fn up(configuration: &Value, environment: &[(&str, &str)]) -> Result<Self> {
        let file = File::of(configuration)?;
        let arguments = ["up", "--listen", "127.0.0.1:0", "--config", file.name()];
        let program = Program::start_in(file.folder(), NAME, arguments, environment).await?;
        Ok(Self { program, file })
    }

    /// The folder that it runs in.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.file.folder()
    }

    /// The process.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        self.program.url()
    }

    /// Asks for the evidence of a scope over HTTP.
    ///
    /// # Errors
    /// No good answer.
    pub async fn collect(&self, request: &Value) -> Result<Value> {
        crate::http::collect(self.url(), request).await
    }

    /// The fact of this name, of the one source that is configured.
    ///
    /// # Errors
    /// No good answer, or none that has it.
    pub async fn fact(&self, name: &str) -> Result<Value> {
        let answer = self.collect(&json!({ "scope": scope() })).await?;
        let facts = answer
            .pointer("/evidence/0/facts")
            .and_then(Value::as_array);
        let mut facts = facts.into_iter().flatten();
        let found = facts.find(|it| it.get("name").is_some_and(|it| it == name));
        found
            .cloned()
            .with_context(|| format!("no {name} in {answer:#}"))
    }

    /// Resident memory now, and its highest so far, in KiB.
    ///
    /// # Errors
    /// The process is gone.
    pub fn memory(&self) -> Result<(u64, u64)> {
        self.program.memory()
    }
}
