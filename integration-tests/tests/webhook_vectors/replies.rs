//! Replies of GitHub's API, as `@octokit/fixtures` recorded them: answers to other questions than a source asks.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use passport_evidence::{Fact, Outcome, Status, Subject};
use passport_integration_tests::workspace;
use passport_testkit::case::{Addresses, Case, Response};
use passport_testkit::env::Env;
use passport_testkit::provider::{Provider, Reply, Script, Seen};
use passport_testkit::scenario::{Bench, source_id};
use serde_json::{Value, json};

const RECORDED: &str =
    "integration-tests/payloads/node_modules/@octokit/fixtures/scenarios/api.github.com";
const CASES: &str = "services/cicd/src/connectors/github_actions/cases";
/// Headers that a client may heed.
const HEEDED: [&str; 5] = [
    "link",
    "location",
    "etag",
    "last-modified",
    "x-ratelimit-remaining",
];

/// What rests on which read.
const READS: [(&str, &[&str]); 6] = [
    (
        "/runs",
        &["workflow_run_status", "required_jobs", "source_sha"],
    ),
    ("/jobs", &["required_jobs"]),
    ("/deployments", &["deployment_status"]),
    ("/statuses", &["deployment_status"]),
    ("/pending_deployments", &["environment_approval"]),
    ("/approvals", &["environment_approval"]),
];

/// A reply and what it was recorded as.
struct Recorded {
    what: String,
    status: u16,
    headers: Value,
    body: Value,
}

fn recorded() -> Result<Vec<Recorded>> {
    let mut found = Vec::new();
    for scenario in fs::read_dir(workspace::root().join(RECORDED))
        .context("integration-tests/test.sh installs the payloads")?
    {
        found.extend(of_scenario(&scenario?.path())?);
    }
    Ok(found)
}

fn of_scenario(folder: &Path) -> Result<Vec<Recorded>> {
    let text = fs::read_to_string(folder.join("normalized-fixture.json"))?;
    let replies: Vec<Value> = serde_json::from_str(&text)?;
    replies.iter().map(of_reply).collect()
}

fn of_reply(reply: &Value) -> Result<Recorded> {
    let part = |key: &str| reply[key].as_str().unwrap_or_default();
    let status = reply["status"].as_u64().context("no status")?;
    Ok(Recorded {
        what: format!("{} {}", part("method"), part("path")),
        status: u16::try_from(status)?,
        headers: reply["headers"].clone(),
        body: reply["response"].clone(),
    })
}

// === impl Recorded ===

impl Recorded {
    fn reply(&self) -> Reply {
        let reply = match self.body.as_str() {
            Some(text) => Reply::text(self.status, text),
            None => Reply::json(self.status, self.body.clone()),
        };
        HEEDED
            .iter()
            .fold(reply, |reply, name| match self.headers[*name].as_str() {
                Some(value) => reply.header(*name, value),
                None => reply,
            })
    }

    /// Whether it is the same as that nobody is waited for.
    fn lists_nothing(&self) -> bool {
        self.status == 200 && self.body == json!([])
    }
}

fn case() -> Result<Case> {
    let case = workspace::root().join(CASES);
    Ok(Case::load(case.join("deployment-success.case.json"))?)
}

/// What is judged where GitHub answers so, and what it was asked.
async fn judged(case: &Case, script: Script) -> Result<(Vec<Fact>, Vec<Seen>)> {
    let provider = script.start().await?;
    let source = Addresses::base(provider.base()).fill_json(&case.source);
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "build")?;
    let trial = Bench::new(&passport_cicd::registry(), id, case.now)
        .source(source)
        .env(Env::from_iter(case.env.clone()))
        .subject(case.subject.as_ref().map(Subject::from))
        .deadline(Duration::from_secs(10))
        .start()
        .map_err(|problems| anyhow!("{problems:?}"))?;
    let facts = match trial.collect().await? {
        Outcome::Evidence(evidence) => evidence.facts().to_vec(),
        Outcome::Failure(_) => Vec::new(),
    };
    Ok((facts, provider.requests()))
}

fn passes(facts: &[Fact], name: &str) -> bool {
    let mut named = facts.iter().filter(|it| it.name().as_str() == name);
    named.any(|it| it.status() == Status::Passed)
}

/// Whatever a reply names as its next page, only the source's own repository is asked.
fn asks_its_own_repository(seen: &[Seen]) -> bool {
    let own = "/repos/acme/checkout-api/";
    !seen.is_empty() && seen.iter().all(|it| it.target().starts_with(own))
}

#[tokio::test]
async fn an_answer_to_everything_that_was_recorded_of_something_else_passes_nothing() -> Result<()>
{
    let case = case()?;
    let all = recorded()?;
    for recorded in &all {
        let script = Provider::script().any().respond(recorded.reply());
        let (facts, seen) = judged(&case, script).await?;
        let passed = facts.iter().find(|it| it.status() == Status::Passed);
        ensure!(passed.is_none(), "{}: {passed:?}", recorded.what);
        ensure!(
            asks_its_own_repository(&seen),
            "{}: {seen:?}",
            recorded.what
        );
    }
    ensure!(all.len() > 60, "{}", all.len());
    let pages = all.iter().filter(|it| it.headers["link"].is_string());
    ensure!(pages.count() > 3, "no page names another");
    Ok(())
}

#[tokio::test]
async fn one_answer_that_was_recorded_of_something_else_takes_away_what_rests_on_it() -> Result<()>
{
    let case = case()?;
    let whole = || Script::of(&case.exchanges, case.unmatched.as_ref(), &case.rules);
    let (facts, _) = judged(&case, whole()).await?;
    for (read, names) in READS {
        ensure!(
            names.iter().all(|it| passes(&facts, it)),
            "{read}: {facts:?}"
        );
    }
    for recorded in recorded()? {
        for (read, names) in READS {
            if read == "/pending_deployments" && recorded.lists_nothing() {
                continue;
            }
            let is_other =
                |path: &Option<String>| path.as_ref().is_none_or(|it| !it.ends_with(read));
            let kept = case.exchanges.iter();
            let kept = kept.filter(|it| is_other(&it.request.path)).cloned();
            let kept: Vec<_> = kept.collect();
            ensure!(kept.len() + 1 == case.exchanges.len(), "{read}");
            let script = Script::of(&kept, None::<&Response>, &case.rules);
            let (facts, seen) = judged(&case, script.otherwise(recorded.reply())).await?;
            for name in names {
                ensure!(
                    !passes(&facts, name),
                    "{read}: {}: {facts:?}",
                    recorded.what
                );
            }
            ensure!(
                asks_its_own_repository(&seen),
                "{}: {seen:?}",
                recorded.what
            );
        }
    }
    Ok(())
}
