//! Real `kubectl`, with a home of its own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// `kubectl` before one server.
#[derive(Debug)]
pub struct Kubectl<'a> {
    pub server: String,
    pub home: &'a Path,
}

impl Kubectl<'_> {
    /// The server itself checks what is written; its description for clients is not there.
    pub fn apply(&self, objects: &[Value]) -> Result<()> {
        let documents: Vec<_> = objects.iter().map(Value::to_string).collect();
        let file = self.home.join("objects.json");
        fs::write(&file, documents.join("\n"))?;
        let file = file.to_string_lossy().into_owned();
        self.run(&["apply", "--validate=false", "-f", &file])
            .map(drop)
    }

    pub fn patch_status(&self, namespace: &str, object: &str, status: &Value) -> Result<()> {
        let patch = json!({"status": status}).to_string();
        let mut arguments = vec![
            "-n",
            namespace,
            "patch",
            object,
            "--type=merge",
            "-p",
            &patch,
        ];
        // Those before 1.24 do not know it; the server keeps all of an object in one place.
        let help = self.run(&["patch", "--help"])?;
        if help.contains("--subresource") {
            arguments.push("--subresource=status");
        }
        self.run(&arguments).map(drop)
    }

    pub fn patch(&self, namespace: &str, object: &str, patch: &Value) -> Result<()> {
        let patch = patch.to_string();
        let arguments = [
            "-n",
            namespace,
            "patch",
            object,
            "--type=merge",
            "-p",
            &patch,
        ];
        self.run(&arguments).map(drop)
    }

    pub fn get(&self, namespace: &str, object: &str) -> Result<Value> {
        let said = self.run(&["-n", namespace, "get", object, "-o", "json"])?;
        Ok(serde_json::from_str(&said)?)
    }

    fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new("kubectl")
            .args(["--server", &self.server])
            .args(arguments)
            .env("HOME", self.home)
            .env("KUBECONFIG", "/dev/null")
            .stdin(Stdio::null())
            .output()
            .context("running kubectl, which integration-tests/test.sh installs")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "kubectl {arguments:?}: {said}");
        Ok(String::from_utf8(output.stdout)?)
    }
}
