//! Three issuers, a gateway that trusts them, and both ways to show it a token.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use passport_evidence::Clock as _;
use passport_integration_tests::configuration::{File, of_sources, scope, with};
use passport_integration_tests::http;
use passport_integration_tests::program::{Program, built};
use passport_integration_tests::wait::until;
use passport_service_kit::clock::SystemClock;
use passport_test_issuer::{Issuer, Key};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

pub const AUDIENCE: &str = "passport-mesh";

/// A gateway as an operator runs it, which logs all that it can.
pub struct World {
    pub github: Issuer,
    pub github_key: Arc<Key>,
    /// Reached over TLS, under an authority that its entry names.
    pub gitlab: Issuer,
    pub gitlab_key: Key,
    pub kubernetes: Issuer,
    pub kubernetes_key: Key,
    program: Program,
    // Both go after the process.
    _file: File,
    _authority: TempDir,
}

/// What somebody who showed a token was told, both ways.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The status of HTTP.
    pub status: u16,
    challenge: Option<String>,
    /// The problem document, or the answer.
    pub body: Value,
    /// How `passport collect` ended.
    pub exit: Option<i32>,
    /// What it said of it.
    pub complaint: String,
}

pub fn now() -> i64 {
    SystemClock.now().timestamp()
}

fn issuer(it: &Issuer, kind: &str, algorithm: &str, mappings: Value) -> Value {
    json!({
        "issuer": it.url(), "kind": kind, "audience": AUDIENCE,
        "algorithms": [algorithm], "mappings": mappings,
    })
}

fn mapping(id: &str, workspace: &str, claims: Value) -> Value {
    json!({ "id": id, "claims": claims, "grants": [{
        "workspace": workspace,
        "services": ["checkout-api"],
        "environments": ["production"],
        "verbs": ["collect", "ingest"],
    }] })
}

// === impl World ===

impl World {
    pub async fn start() -> Result<Self> {
        let (github_key, gitlab_key) = (Arc::new(Key::rsa("github-1")?), Key::rsa("gitlab-1")?);
        let kubernetes_key = Key::p256("cluster-1")?;
        let github = Issuer::start(vec![github_key.jwk()]).await?;
        let gitlab = Issuer::start_with_tls(vec![gitlab_key.jwk()]).await?;
        let kubernetes = Issuer::start(vec![kubernetes_key.jwk()]).await?;

        let authority = TempDir::new()?;
        let ca = authority.path().join("ca.crt");
        fs::write(&ca, gitlab.authority().context("no authority")?)?;
        let of_gitlab = issuer(
            &gitlab,
            "gitlab_ci",
            "RS256",
            json!([mapping(
                "gitlab-release",
                "workspace-acme-prod",
                json!({ "project_id": 22, "ref": "main", "ref_protected": true }),
            )]),
        );
        let of_gitlab = with(of_gitlab, "ca", json!(ca));
        let of_github = issuer(
            &github,
            "github_actions",
            "RS256",
            json!([
                mapping(
                    "github-release",
                    "workspace-acme-prod",
                    json!({ "repository_id": 74, "ref": "refs/heads/main" }),
                ),
                mapping(
                    "github-of-globex",
                    "workspace-globex",
                    json!({ "repository_id": 75, "ref": "refs/heads/main" }),
                ),
            ]),
        );
        let of_kubernetes = issuer(
            &kubernetes,
            "kubernetes",
            "ES256",
            json!([mapping(
                "pod-of-checkout",
                "workspace-acme-prod",
                json!({ "namespace": "shop", "service_account": "checkout-api" }),
            )]),
        );
        let scan =
            json!({ "connector": "trivy", "scope": { "artifact": "example.com/checkout-api" } });
        let file = File::of(&with(
            of_sources(json!({ "scan": scan })),
            "gateway",
            json!({ "oidc": [of_github, of_gitlab, of_kubernetes] }),
        ))?;
        let arguments = ["up", "--listen", "127.0.0.1:0", "--config", file.name()];
        let environment = [("PASSPORT_LOG", "debug")];
        let program = Program::start_in(file.folder(), "passport", arguments, &environment).await?;
        Ok(Self {
            github,
            github_key,
            gitlab,
            gitlab_key,
            kubernetes,
            kubernetes_key,
            program,
            _file: file,
            _authority: authority,
        })
    }

    /// Asks for evidence of the scope with this token, over HTTP and with the command.
    pub async fn show(&self, token: &str) -> Result<Told> {
        let url = format!("{}/v1/evidence/collect", self.program.url());
        let request = http::client()?.post(url).bearer_auth(token);
        let answer = request.json(&json!({ "scope": scope() })).send().await?;
        let challenge = answer.headers().get("www-authenticate");
        let challenge = challenge.map(|it| it.to_str().map(str::to_owned));
        let (status, challenge) = (answer.status().as_u16(), challenge.transpose()?);
        let body = serde_json::from_str(&answer.text().await?).context("no JSON")?;

        let mut command = Command::new(built("passport")?);
        command.args(["collect", "--workspace", "workspace-acme-prod"]);
        command.args(["--service", "checkout-api", "--environment", "production"]);
        command.args(["--gateway", self.program.url()]);
        let ended = command.env("PASSPORT_TOKEN", token).output().await?;
        Ok(Told {
            status,
            challenge,
            body,
            exit: ended.status.code(),
            complaint: String::from_utf8(ended.stderr)?,
        })
    }

    /// Uploads a report from inside a job of GitHub Actions, with nothing but what its runner set there; and gives how
    /// that ended, with all that was said.
    pub async fn upload(
        &self,
        job: &[(&str, &str)],
        audience: &str,
        report: &Value,
    ) -> Result<(Option<i32>, String)> {
        let folder = TempDir::new()?;
        let file = folder.path().join("report.json");
        fs::write(&file, report.to_string())?;
        let mut command = Command::new(built("passport")?);
        command.args([
            "ingest",
            "--source",
            "scan",
            "--workspace",
            "workspace-acme-prod",
        ]);
        command.args(["--service", "checkout-api", "--environment", "production"]);
        command.args(["--gateway", self.program.url()]).arg(&file);
        let job = job.iter().copied();
        let job = job.chain([("PASSPORT_TOKEN_AUDIENCE", audience)]);
        let ended = command.env_clear().envs(job).output().await?;
        let said = [ended.stdout, ended.stderr].concat();
        Ok((ended.status.code(), String::from_utf8(said)?))
    }

    /// Bytes that were logged so far.
    pub fn logged(&self) -> usize {
        self.program.output().len()
    }

    /// Waits until as many lines as calls, written after `since`, have this text.
    pub async fn logs_twice(&self, since: usize, text: &str) -> Result<String> {
        until(&format!("the log says: {text}"), async || {
            let output = self.program.output();
            let later = output.get(since..).unwrap_or_default();
            let count = later.lines().filter(|line| line.contains(text)).count();
            Ok((count >= 2).then(|| later.to_owned()))
        })
        .await
    }

    /// Waits until a line that was written after `since` has this text, and gives all since then.
    pub async fn logs(&self, since: usize, text: &str) -> Result<String> {
        until(&format!("the log says: {text}"), async || {
            let output = self.program.output();
            let later = output.get(since..).unwrap_or_default();
            Ok(later.contains(text).then(|| later.to_owned()))
        })
        .await
    }

    /// Ends it, and gives all that it logged.
    pub async fn end(mut self) -> Result<String> {
        let status = self.program.terminate().await?;
        ensure!(status.success(), "{status}");
        Ok(self.program.output())
    }
}
