//! A gateway that signs, and whoever audits it.

use std::fs;
use std::process::Output;

use anyhow::{Context as _, Result, ensure};
use passport_evidence::Clock as _;
use passport_integration_tests::all_in_one;
use passport_integration_tests::configuration::{File, of_sources, prometheus};
use passport_integration_tests::moody::{Mood, Moody};
use passport_integration_tests::program::Program;
use passport_service_kit::clock::SystemClock;
use serde_json::{Value, json};
use tokio::process::Command;

pub const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

pub const WORKSPACE: [&str; 2] = ["--workspace", "workspace-acme-prod"];

/// A gateway that signs, and the folder of whoever audits it.
pub struct World {
    pub program: Program,
    file: File,
    pub configuration: Value,
    folder: tempfile::TempDir,
    _provider: Moody,
}

pub async fn openssl(arguments: &[&str]) -> Result<()> {
    let done = Command::new("openssl").args(arguments).output().await?;
    ensure!(done.status.success(), "openssl failed");
    Ok(())
}

impl World {
    pub async fn start() -> Result<Self> {
        Self::over(tempfile::tempdir()?, |_| ()).await
    }

    /// The same with further words of its configuration.
    pub async fn over(folder: tempfile::TempDir, more: impl FnOnce(&mut Value)) -> Result<Self> {
        let provider = Moody::start(Mood::Healthy, SystemClock.now().timestamp()).await?;
        let key = folder.path().join("signing-key.pem").display().to_string();
        openssl(&["genpkey", "-algorithm", "ed25519", "-out", &key]).await?;
        let mut configuration = of_sources(json!({ "prom": prometheus(&provider.url(), "5m") }));
        configuration["gateway"]["signing_key"] = json!({ "file": key });
        let of_workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
        of_workspace["mode"] = json!("enforce");
        of_workspace["policy"] =
            json!({ "require": [{ "source": "prom", "facts": ["error_rate"] }] });
        more(&mut configuration);
        let file = File::of(&configuration)?;
        let up = ["up", "--listen", "127.0.0.1:0", "--config", file.name()];
        let world = Self {
            program: Program::start_in(file.folder(), "passport", up, &[]).await?,
            file,
            configuration,
            folder,
            _provider: provider,
        };
        let (key, keys) = (world.file("signing-key.pem"), world.file("trusted.pem"));
        openssl(&["pkey", "-in", &key, "-pubout", "-out", &keys]).await?;
        Ok(world)
    }

    pub fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub fn written(&self, name: &str, text: &str) -> Result<String> {
        fs::write(self.file(name), text)?;
        Ok(self.file(name))
    }

    /// Runs a command that asks the gateway.
    pub async fn run(&self, arguments: &[&str]) -> Result<Output> {
        let of = ["--gateway", self.program.url()];
        all_in_one::run([arguments, &of, &WORKSPACE].concat()).await
    }

    pub async fn decide(&self, further: &[&str]) -> Result<Value> {
        let scope = ["--service", "checkout-api", "--environment", "production"];
        let asked = ["gate", "--revision", REVISION, "-o", "json"];
        let arguments = [asked.as_slice(), &scope, further].concat();
        json_of(&self.run(&arguments).await?)
    }

    pub async fn head(&self) -> Result<Value> {
        json_of(&self.run(&["ledger", "head", "-o", "json"]).await?)
    }

    /// Takes the ledger out, and gives its lines.
    pub async fn exported(&self) -> Result<Vec<String>> {
        let to = self.file("ledger.jsonl");
        let output = self.run(&["ledger", "export", "--to", &to]).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), said);
        Ok(fs::read_to_string(to)?.lines().map(str::to_owned).collect())
    }

    /// What is said of an attestation.
    pub async fn attested_by(&self, envelope: &str, further: &[&str]) -> Result<Output> {
        let keys = self.file("trusted.pem");
        let verify = ["passports", "verify", envelope, "--keys", &keys];
        let of = ["--revision", REVISION, "-o", "json"];
        let arguments = [verify.as_slice(), &of, &WORKSPACE, further].concat();
        all_in_one::run(arguments).await
    }

    pub async fn attested(&self, envelope: &str, further: &[&str]) -> Result<(Option<i32>, Value)> {
        let output = self.attested_by(envelope, further).await?;
        Ok((output.status.code(), json_of(&output)?))
    }

    /// Changes the policy of the workspace.
    pub fn require(&self, policy: &Value) -> Result<()> {
        let mut changed = self.configuration.clone();
        changed["workspaces"]["workspace-acme-prod"]["policy"] = policy.clone();
        let whole = self.file.folder().join("whole");
        fs::write(&whole, changed.to_string())?;
        Ok(fs::rename(
            whole,
            self.file.folder().join(self.file.name()),
        )?)
    }

    /// What is found of these lines, and how the command ends.
    pub async fn verified(
        &self,
        lines: &[String],
        further: &[&str],
    ) -> Result<(Option<i32>, Value)> {
        let file = self.written("to-verify.jsonl", &(lines.join("\n") + "\n"))?;
        let keys = self.file("trusted.pem");
        let verify = ["ledger", "verify", &file, "--keys", &keys, "-o", "json"];
        let output = all_in_one::run([verify.as_slice(), &WORKSPACE, further].concat()).await?;
        Ok((output.status.code(), json_of(&output)?))
    }
}

pub fn json_of(output: &Output) -> Result<Value> {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())
}
