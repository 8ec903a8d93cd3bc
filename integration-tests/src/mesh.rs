//! The whole mesh as operators run it: nine processes with mutual TLS between them, from one
//! configuration file, with certificates of `deploy/certificates/new.sh`. `mesh.sh` does the same
//! for a reader.

mod certificates;
mod plan;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

pub use self::certificates::Shown;
pub use self::plan::{COLLECTORS, GATEWAY, Plan, TOKEN};
use crate::port;
use crate::program::Program;
use crate::workspace;

/// A caller that the gateway's configuration knows by its certificate.
pub const CALLER: &str = "caller";

/// A service of the same authority that no configuration names.
pub const STRANGER: &str = "stranger";

/// Nine processes, or as many of them as were started. Killed when dropped.
#[derive(Debug)]
pub struct Mesh {
    plan: Plan,
    ports: BTreeMap<String, u16>,
    otlp: u16,
    programs: BTreeMap<String, Program>,
    // Goes after the processes that work in it.
    folder: TempDir,
}

// === impl Mesh ===

impl Mesh {
    /// Makes certificates and the configuration; nothing is started.
    ///
    /// # Errors
    /// One of them can't be made.
    pub async fn prepared(plan: Plan) -> Result<Self> {
        let mut ports = BTreeMap::new();
        for service in services() {
            ports.insert(service.to_owned(), port::quiet()?);
        }
        let mesh = Self {
            plan,
            ports,
            otlp: port::quiet()?,
            programs: BTreeMap::new(),
            folder: TempDir::new()?,
        };
        let all = services().chain([CALLER, STRANGER]);
        mesh.issue(&all.collect::<Vec<_>>()).await?;
        mesh.configure(&mesh.configuration())?;
        Ok(mesh)
    }

    /// Starts all nine.
    ///
    /// # Errors
    /// One of them ended before it listened.
    pub async fn up(plan: Plan) -> Result<Self> {
        let mut mesh = Self::prepared(plan).await?;
        for service in services() {
            mesh.start(service).await?;
        }
        Ok(mesh)
    }

    /// Gives services new certificates, as an operator does; the authority stays.
    ///
    /// # Errors
    /// `openssl` can't be run.
    pub async fn issue(&self, services: &[&str]) -> Result<()> {
        let script = workspace::root().join("deploy/certificates/new.sh");
        let mut command = Command::new(script);
        command.arg(self.certificates()).arg("mesh.example");
        let made = command.args(services).output().await?;
        let said = String::from_utf8_lossy(&made.stderr);
        ensure!(made.status.success(), "no certificates: {said}");
        Ok(())
    }

    /// The folder that holds the authority, and a folder for each service.
    #[must_use]
    pub fn certificates(&self) -> std::path::PathBuf {
        self.folder().join("certificates")
    }

    /// Where everything lies.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration as the plan has it.
    #[must_use]
    pub fn configuration(&self) -> Value {
        self.plan.configuration(&self.certificates(), &self.ports)
    }

    /// Puts a configuration in the place of what is there, whole.
    ///
    /// # Errors
    /// It can't be written.
    pub fn configure(&self, configuration: &Value) -> Result<()> {
        let whole = self.folder().join("whole");
        fs::write(&whole, serde_json::to_vec_pretty(configuration)?)?;
        Ok(fs::rename(whole, self.folder().join("passport.yaml"))?)
    }

    /// Lets the gateway reach a collector elsewhere, such as behind a network that can be cut.
    ///
    /// # Errors
    /// The configuration can't be written.
    pub fn reach(&mut self, collector: &str, at: String) -> Result<()> {
        self.plan.reached_at.insert(collector.to_owned(), at);
        self.configure(&self.configuration())
    }

    /// Puts other sources in the place of those that are there.
    ///
    /// # Errors
    /// The configuration can't be written.
    pub fn replan(&mut self, sources: Value) -> Result<()> {
        self.plan.sources = sources;
        self.configure(&self.configuration())
    }

    /// The port that a service listens on, at 127.0.0.1.
    #[must_use]
    pub fn port(&self, service: &str) -> u16 {
        self.ports.get(service).copied().unwrap_or_default()
    }

    /// Where senders of metrics push to.
    #[must_use]
    pub fn otlp(&self) -> String {
        format!("https://127.0.0.1:{}", self.otlp)
    }

    /// Where the gateway answers.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of(GATEWAY)
    }

    /// Where a service answers.
    #[must_use]
    pub fn url_of(&self, service: &str) -> String {
        format!("https://127.0.0.1:{}", self.port(service))
    }

    /// Starts a service at its port, in place of what was started before.
    ///
    /// # Errors
    /// It ended before it listened.
    pub async fn start(&mut self, service: &str) -> Result<()> {
        let listen = format!("127.0.0.1:{}", self.port(service));
        let program = self.replica(service, &listen).await?;
        self.programs.insert(service.to_owned(), program);
        Ok(())
    }

    /// Starts a service at an address of its own, beside what runs.
    ///
    /// # Errors
    /// It ended before it listened.
    pub async fn replica(&self, service: &str, listen: &str) -> Result<Program> {
        let name = format!("passport-{service}");
        let (host, _) = listen.rsplit_once(':').context("no port to listen on")?;
        let otlp = format!("{host}:{}", self.otlp);
        let mut arguments = vec!["--listen", listen, "--config", "passport.yaml"];
        if service == "metrics" {
            arguments.extend(["--otlp-listen", &otlp]);
        }
        let environment = self.plan.environment();
        let wrapped = self.plan.wrapper(service);
        Program::start_as(self.folder(), wrapped, &name, arguments, &environment).await
    }

    /// A service that was started.
    ///
    /// # Errors
    /// It was not.
    pub fn program(&mut self, service: &str) -> Result<&mut Program> {
        let program = self.programs.get_mut(service);
        program.with_context(|| format!("{service} was not started"))
    }

    /// All that a service printed so far.
    #[must_use]
    pub fn output(&self, service: &str) -> String {
        let program = self.programs.get(service);
        program.map(Program::output).unwrap_or_default()
    }

    /// Tells every process to look at its files now (SIGHUP).
    ///
    /// # Errors
    /// One of them is gone.
    pub async fn hang_up(&self) -> Result<()> {
        for program in self.programs.values() {
            program.signal("HUP").await?;
        }
        Ok(())
    }
}

/// All nine by name, the gateway last.
pub fn services() -> impl Iterator<Item = &'static str> {
    COLLECTORS.into_iter().chain([GATEWAY])
}
