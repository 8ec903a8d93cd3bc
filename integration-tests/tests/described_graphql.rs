//! What is asked of Linear, held against Linear's own schema by a GraphQL server that nobody here wrote, which
//! then answers as that schema has it.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, scope};
use passport_integration_tests::{http, workspace};
use passport_testkit::case::{Case, load_folder};
use passport_testkit::provider::{Provider, Script};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const PYTHON: &str = "integration-tests/.tools/venv/bin/python";
const MOCK: &str = "integration-tests/tests/described/graphql_mock.py";
const CONNECTOR: &str = "services/work-items/src/connectors/linear";
/// Cases that ask in every way there is, and are answered as Linear may answer.
const ASKED: [&str; 10] = [
    "completed-approved",
    "blocked-by-open-issue",
    "state-by-an-approver",
    "moved-and-back",
    "trashed",
    "not-found-and-found-by-its-number",
    "issue-and-release",
    "release-two-pages",
    "release-one-open",
    "key-of-several-teams",
];
const OPERATIONS: [&str; 4] = ["Issue", "IssueByNumber", "Release", "Viewer"];

/// A request that the mock was sent.
#[derive(Debug, Deserialize)]
struct Asked {
    upstream: usize,
    operation: Option<String>,
    refused: Option<String>,
    /// Why a server of the schema could not have answered as the case does.
    unlike: Option<String>,
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
            .arg(format!("{CONNECTOR}/testdata/schema/schema.graphql"))
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

fn cases() -> Result<Vec<Case>> {
    let all = load_folder(workspace::root().join(CONNECTOR).join("cases"), None)?;
    let chosen = all
        .into_iter()
        .filter(|it| ASKED.contains(&it.name.as_str()));
    Ok(chosen.collect())
}

/// The facts of a source, by name.
fn facts(collected: &Value, source: &str) -> Map<String, Value> {
    let evidence = collected["evidence"].as_array().into_iter().flatten();
    let its = evidence.filter(|it| it["source"] == source);
    let facts = its.flat_map(|it| it["facts"].as_array().into_iter().flatten());
    let status = |it: &Value| {
        (
            it["name"].as_str().unwrap_or_default().to_owned(),
            it["status"].clone(),
        )
    };
    facts.map(status).collect()
}

#[tokio::test]
async fn every_document_is_one_that_linear_publishes() -> Result<()> {
    let cases = cases()?;
    assert_eq!(cases.len(), ASKED.len());
    let world = World::of(&cases).await?;
    let mut sources = Map::new();
    for (number, (case, port)) in cases.iter().zip(&world.ports).enumerate() {
        let source = case.source.to_string();
        let here = source.replace("{{BASE}}", &format!("http://127.0.0.1:{port}"));
        sources.insert(format!("case-{number}"), serde_json::from_str(&here)?);
    }
    let key = [("LINEAR_KEY", "a-key-of-this-test")];
    let mesh = AllInOne::up(&of_sources(sources.into()), &key).await?;
    let collected = mesh.collect(&json!({ "scope": scope() })).await?;

    let asked = world.asked()?;
    let odd = |it: &&Asked| it.refused.is_some() || it.unlike.is_some();
    let odd: Vec<_> = asked.iter().filter(odd).collect();
    assert!(odd.is_empty(), "{odd:#?}");
    let heard: BTreeSet<_> = asked.iter().map(|it| it.upstream).collect();
    assert_eq!(heard.len(), cases.len(), "{asked:#?}");
    let operations: BTreeSet<_> = asked
        .iter()
        .filter_map(|it| it.operation.as_deref())
        .collect();
    assert_eq!(operations, OPERATIONS.into());

    // What is judged of a real server's answer is what the case says of its own.
    for (number, case) in cases.iter().enumerate() {
        let found = facts(&collected, &format!("case-{number}"));
        for wanted in &case.expected.facts {
            let status = json!(wanted.status);
            let name = wanted.name.as_str();
            assert_eq!(found.get(name), Some(&status), "{} {name}", case.name);
        }
    }
    Ok(())
}

/// A document of the connector, with something in it replaced.
fn document(file: &str, from: &str, to: &str) -> Result<String> {
    let path = workspace::root()
        .join(CONNECTOR)
        .join("documents")
        .join(file);
    let text = fs::read_to_string(path)?;
    assert!(text.contains(from), "{file} holds no {from}");
    Ok(text.replacen(from, to, 1))
}

#[tokio::test]
async fn what_linear_does_not_publish_is_found() -> Result<()> {
    let mut cases = cases()?;
    cases.truncate(1);
    let world = World::of(&cases).await?;
    let port = world.ports.first().context("no port")?;
    let url = format!("http://127.0.0.1:{port}/graphql");
    let id = json!({"id": "ENG-42"});
    let number = json!({"team": "ENG", "number": 42});
    let release = json!({"pipeline": "pl-1", "version": "2.14.0", "after": null});
    let issue = |from: &str, to: &str| document("issue.graphql", from, to);
    let by_number = |from: &str, to: &str| document("issue_by_number.graphql", from, to);
    let wrong = [
        ("a field", "Issue", issue("trashed", "binned")?, id.clone()),
        (
            "a field below",
            "Issue",
            issue("toStateId", "toState")?,
            id.clone(),
        ),
        (
            "an argument",
            "Issue",
            issue("first: 100", "most: 100")?,
            id.clone(),
        ),
        (
            "a value",
            "Issue",
            issue("createdAt)", "deletedAt)")?,
            id.clone(),
        ),
        (
            "a type",
            "Issue",
            issue("$id: String!", "$id: Int!")?,
            json!({"id": 42}),
        ),
        (
            "a fragment",
            "Issue",
            issue("...Judged", "...Others")?,
            id.clone(),
        ),
        ("an operation", "Issues", issue("", "")?, id),
        ("no variable", "Issue", issue("", "")?, json!({})),
        ("null", "Issue", issue("", "")?, json!({"id": null})),
        (
            "one more",
            "Issue",
            issue("", "")?,
            json!({"id": "ENG-42", "team": "ENG"}),
        ),
        ("another type", "Issue", issue("", "")?, json!({"id": 42})),
        (
            "a filter",
            "IssueByNumber",
            by_number("number: {", "identifier: {")?,
            number,
        ),
        (
            "text for a number",
            "IssueByNumber",
            by_number("", "")?,
            json!({"team": "ENG", "number": "42"}),
        ),
        (
            "a comparator",
            "Release",
            document("release.graphql", "eq: $version", "is: $version")?,
            release,
        ),
    ];
    for (what, operation, query, variables) in &wrong {
        let body = json!({"operationName": operation, "query": query, "variables": variables});
        let answer = http::client()?
            .post(&url)
            .body(body.to_string())
            .send()
            .await?;
        assert_eq!(answer.status(), 400, "{what}");
    }
    let asked = world.asked()?;
    assert_eq!(asked.len(), wrong.len());
    assert!(asked.iter().all(|it| it.refused.is_some()), "{asked:#?}");
    Ok(())
}
