//! What is asked of GitHub, held against GitHub's own description of its API by software that nobody here
//! wrote.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::of_sources;
use passport_integration_tests::{http, workspace};
use passport_testkit::case::{Case, Exchange, load_folder};
use passport_testkit::provider::{Provider, Script};
use serde::Deserialize;
use serde_json::{Map, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const PYTHON: &str = "integration-tests/.tools/venv/bin/python";
const MOCK: &str = "integration-tests/tests/described/mock.py";
const CONNECTOR: &str = "services/cicd/src/connectors/github_actions";
const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";

/// A request that the mock was sent.
#[derive(Debug, Deserialize)]
struct Asked {
    upstream: usize,
    target: String,
    refused: Option<String>,
}

/// Providers behind a mock that knows what may be asked of them.
struct World {
    ports: Vec<u16>,
    folder: TempDir,
    _mock: Child,
    _providers: Vec<Provider>,
}

// === impl World ===

impl World {
    async fn of(cases: &[Case]) -> Result<Self> {
        let mut providers = Vec::new();
        for case in cases {
            let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &case.rules);
            providers.push(script.start().await?);
        }
        let folder = tempfile::tempdir()?;
        let mut mock = Command::new(workspace::root().join(PYTHON));
        mock.current_dir(workspace::root())
            .arg(MOCK)
            .arg(format!("{CONNECTOR}/testdata/octokit-openapi/reads.json"))
            .arg(folder.path().join("asked.jsonl"))
            .args(providers.iter().map(|it| it.address().to_string()))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut mock = mock.spawn()?;
        let output = BufReader::new(mock.stdout.take().context("no output")?);
        let ports = output.lines().next_line().await?;
        let ports = ports.context("the mock has ended")?;
        Ok(Self {
            ports: ports.split(' ').map(str::parse).collect::<Result<_, _>>()?,
            folder,
            _mock: mock,
            _providers: providers,
        })
    }

    fn asked(&self) -> Result<Vec<Asked>> {
        let log = fs::read_to_string(self.folder.path().join("asked.jsonl"))?;
        let asked = log.lines().map(serde_json::from_str);
        Ok(asked.collect::<Result<_, _>>()?)
    }
}

/// The cases that ask GitHub something and get evidence, each with a workflow that is there for a check.
fn cases() -> Result<Vec<Case>> {
    let all = load_folder(workspace::root().join(CONNECTOR).join("cases"), None)?;
    let asking = all.into_iter().filter(|it| !it.exchanges.is_empty());
    let workflow = json!({
        "request": {
            "method": "GET", "path": "/repos/acme/checkout-api/actions/workflows/release.yml",
        },
        "response": { "status": 200, "body": { "id": 5501 } },
    });
    let workflow: Exchange = serde_json::from_value(workflow)?;
    let there = asking.map(|mut case| {
        case.exchanges.push(workflow.clone());
        case
    });
    Ok(there.collect())
}

/// Lets every source see what its credential may do. Many of the cases have no answer to that: what is wanted are the
/// questions.
async fn check_each(mesh: &AllInOne, sources: usize) -> Result<()> {
    let http = http::client()?;
    let place = "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";
    for number in 0..sources {
        let url = format!("{}/v1/sources/case-{number}/check?{place}", mesh.url());
        http.post(url).send().await?;
    }
    Ok(())
}

#[tokio::test]
async fn every_read_is_one_that_github_describes() -> Result<()> {
    let cases = cases()?;
    let world = World::of(&cases).await?;
    let mut sources = Map::new();
    for (number, (case, port)) in cases.iter().zip(&world.ports).enumerate() {
        let source = case.source.to_string();
        let here = source.replace("{{BASE}}", &format!("http://127.0.0.1:{port}"));
        sources.insert(format!("case-{number}"), serde_json::from_str(&here)?);
    }
    let configuration = of_sources(sources.into());
    let token = [("CASE_TOKEN", "a-token-of-this-test")];
    let mesh = AllInOne::up(&configuration, &token).await?;
    let subject = json!({
        "revision": REVISION,
        "artifactDigests": [format!("sha256:{}", "c1".repeat(32))],
    });
    let scope = json!({
        "workspaceId": "workspace-acme-prod",
        "service": "checkout-api",
        "environment": "production",
    });
    mesh.collect(&json!({ "scope": scope, "subject": subject }))
        .await?;
    check_each(&mesh, cases.len()).await?;

    let asked = world.asked()?;
    let refused: Vec<_> = asked.iter().filter(|it| it.refused.is_some()).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    let heard: BTreeSet<_> = asked.iter().map(|it| it.upstream).collect();
    let silent = (0..cases.len()).filter(|it| !heard.contains(it));
    let silent: Vec<_> = silent.filter_map(|it| cases.get(it)).collect();
    let silent: Vec<_> = silent.iter().map(|it| it.name.as_str()).collect();
    assert!(silent.is_empty(), "nothing was asked in {silent:?}");
    for wanted in [
        "/runs?",
        "/jobs?",
        "/artifacts?",
        "/attestations/",
        "/deployments?",
        "/statuses?",
        "/approvals",
        "/pending_deployments",
        "/installation/repositories?",
    ] {
        let is_asked = asked.iter().any(|it| it.target.contains(wanted));
        assert!(is_asked, "{wanted} was never asked");
    }
    let workflow = |it: &Asked| it.target.ends_with("/actions/workflows/release.yml");
    assert!(asked.iter().any(workflow), "no workflow was asked for");
    Ok(())
}

#[tokio::test]
async fn what_github_does_not_describe_is_found() -> Result<()> {
    let world = World::of(&cases()?).await?;
    let port = world.ports.first().context("no port")?;
    let runs = "repos/acme/checkout-api/actions/workflows/release.yml/runs";
    for target in [
        format!("{runs}?per_page=many"),
        format!("{runs}?commit={REVISION}"),
        "repos/acme/checkout-api/actions/jobs-of-all".to_owned(),
        "repos/acme/checkout-api/actions/runs/1/jobs?filter=some".to_owned(),
    ] {
        let url = format!("http://127.0.0.1:{port}/{target}");
        let answer = http::client()?.get(url).send().await?;
        ensure!(answer.status() == 422, "{target} is described");
    }
    let asked = world.asked()?;
    assert!(asked.iter().all(|it| it.refused.is_some()), "{asked:#?}");
    Ok(())
}
