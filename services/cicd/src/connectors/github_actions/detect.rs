//! Workflows of a repository that judge a commit.

use passport_connector_sdk::detect::{
    Detected, Entry, Node, Origin, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank,
    plain, table,
};

const FOLDER: &str = ".github/workflows/";
const GITHUB: &str = "github.com";
/// Hosts with data residency end so.
const RESIDENT: &str = ".ghe.com";
/// Most required jobs that are proposed.
const MAX_JOBS: usize = 100;
/// Events whose runs belong to the commit that is released. A workflow of none of these is about issues or
/// pull requests, runs by the clock, or is called by others and has no runs of its own.
const OF_A_COMMIT: [&str; 6] = [
    "push",
    "release",
    "workflow_dispatch",
    "merge_group",
    "create",
    "deployment",
];

/// A candidate for each workflow.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let origin = files.origin();
    let workflows = files.yaml().filter(|file| is_workflow(file.path()));
    workflows
        .filter_map(|file| of_workflow(file, origin.as_ref()))
        .collect()
}

fn is_workflow(path: &str) -> bool {
    path.strip_prefix(FOLDER)
        .is_some_and(|rest| !rest.contains('/'))
}

fn of_workflow(file: &RepositoryFile, origin: Option<&Origin>) -> Option<Detected> {
    let workflow = file.documents().first()?;
    let event = event(workflow)?;
    let jobs = workflow.entry("jobs")?;
    let required = required(&jobs.node);
    let counted = match jobs.node.entries().len() {
        0 => return None,
        1 => "1 job".to_owned(),
        many => format!("{many} jobs"),
    };
    let name = match workflow.text_at(&["name"]).and_then(plain) {
        Some(name) => format!("the workflow {name} with {counted}"),
        None => format!("a workflow with {counted}"),
    };
    let why = [
        Why::new(file, jobs.line, name),
        Why::new(file, event.line, "its runs belong to a commit"),
    ];
    let why = why.into_iter().chain(origin.map(|it| it.why.clone()));
    Detected::because(why, proposal(file, origin, required))
}

/// The line of an event whose runs belong to a commit. `on` is a word, a list or a mapping.
fn event(workflow: &Node) -> Option<&Node> {
    let on = workflow.get("on")?;
    let is_one = |text: &str| OF_A_COMMIT.contains(&text);
    let mapped = on.entries().iter().find(|it| is_one(&it.key));
    if mapped.is_some() || on.text().is_some_and(is_one) {
        return Some(on);
    }
    on.items().iter().find(|it| it.text().is_some_and(is_one))
}

fn proposal(file: &RepositoryFile, origin: Option<&Origin>, required: Vec<String>) -> Proposal {
    let stem = file.name().rsplit_once('.').map_or("", |(stem, _)| stem);
    let known = origin.filter(|it| is_github(&it.host));
    let path = known.and_then(|it| it.path.split_once('/'));
    let path = path.filter(|(_, repo)| !repo.contains('/'));
    let workflow = plain(file.name()).filter(|it| !it.contains('/'));
    let scope = table([
        (
            "owner",
            Setting::or_blank(
                path.map(|it| it.0),
                "user or organization of the repository",
            ),
        ),
        (
            "repo",
            Setting::or_blank(path.map(|it| it.1), "name of the repository"),
        ),
        (
            "workflow",
            Setting::or_blank(workflow, "file name of the workflow"),
        ),
    ]);
    let jobs =
        (!required.is_empty()).then(|| required.iter().map(String::as_str).collect::<Setting>());
    Proposal::named(&format!("workflow-{stem}"))
        .with_any("endpoint", endpoint(origin))
        .with_credential("GITHUB_TOKEN")
        .with("scope", scope)
        .with_any("required_jobs", jobs)
}

fn is_github(host: &str) -> bool {
    host == GITHUB || host.ends_with(RESIDENT)
}

/// Where another server than GitHub itself is asked.
fn endpoint(origin: Option<&Origin>) -> Option<Setting> {
    let host = origin?.host.as_str();
    match host.strip_suffix(RESIDENT) {
        _ if host == GITHUB => None,
        Some(tenant) => Some(format!("https://api.{tenant}{RESIDENT}").as_str().into()),
        None => Some(blank(
            "the API: https://HOST/api/v3 of an Enterprise Server, or https://api.github.com",
        )),
    }
}

/// Jobs that every good run has, by the names that they have there.
fn required(jobs: &Node) -> Vec<String> {
    let names = jobs.entries().iter().filter_map(certain);
    names.take(MAX_JOBS).collect()
}

/// The name of a job that always runs. One with a condition may be left out of a good run, one that calls
/// another workflow has the names of the jobs there, and an expression is known to the run alone.
fn certain(job: &Entry) -> Option<String> {
    let node = &job.node;
    if ["if", "uses"].iter().any(|key| node.get(key).is_some()) {
        return None;
    }
    let name = match node.get("name") {
        Some(name) => name.text()?,
        None => &job.key,
    };
    let name = plain(name)?;
    match node.at(&["strategy", "matrix"]) {
        Some(_) => Some(format!("{name} (*)")),
        None => Some(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASE: &str = "name: Release
on:
  push: {branches: [main]}
jobs:
  build:
    runs-on: ubuntu-latest
    steps: [{run: make}]
  test:
    strategy: {matrix: {os: [a, b]}}
  lint: {name: Check style}
  odd: {name: 'for ${{ matrix.os }}'}
  sometimes: {if: github.ref == 'x'}
  called: {uses: ./.github/workflows/other.yml}
";

    fn files(files: &[(&str, &str)]) -> RepositoryFiles {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        files.iter().map(owned).collect()
    }

    fn config(url: &str) -> String {
        format!("[remote \"origin\"]\n\turl = {url}\n")
    }

    fn settings(found: &Detected) -> serde_json::Value {
        let entries = found.proposal.settings.iter();
        entries
            .map(|(key, it)| (key.to_string(), serde_json::to_value(it).unwrap()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    #[test]
    fn a_workflow_of_a_known_repository_leaves_no_blank() {
        let config = config("https://ada:hunter2hunter2@github.com/acme/checkout-api.git");
        let all = files(&[
            (".github/workflows/release.yml", RELEASE),
            (".git/config", &config),
        ]);
        let [found] = &detect(&all)[..] else {
            panic!("one workflow");
        };
        let wanted = serde_json::json!({
            "credential": {"env": "GITHUB_TOKEN"},
            "scope": {"owner": "acme", "repo": "checkout-api", "workflow": "release.yml"},
            "required_jobs": ["build", "test (*)", "Check style"],
        });
        assert_eq!(settings(found), wanted);
        assert_eq!(found.proposal.name, "workflow-release");
        let why: Vec<_> = found
            .why
            .iter()
            .map(|it| (it.line, it.what.as_str()))
            .collect();
        let wanted = [
            (4, "the workflow Release with 6 jobs"),
            (3, "its runs belong to a commit"),
            (2, "the remote origin"),
        ];
        assert_eq!(why, wanted);
    }

    #[test]
    fn without_a_known_repository_there_are_blanks() {
        let elsewhere = config("git@gitlab.com:acme/checkout-api.git");
        let path = ".github/workflows/release.yaml";
        for (config, endpoint) in [("", false), (elsewhere.as_str(), true)] {
            let found = detect(&files(&[(path, RELEASE), (".git/config", config)]));
            let settings = settings(&found[0]);
            assert_eq!(
                settings["scope"]["owner"],
                "FILL IN: user or organization of the repository"
            );
            assert_eq!(settings["scope"]["repo"], "FILL IN: name of the repository");
            assert_eq!(settings.get("endpoint").is_some(), endpoint);
        }
    }

    #[test]
    fn a_tenant_of_its_own_is_asked_at_its_own_address() {
        let config = config("git@acme.ghe.com:shop/checkout-api.git");
        let found = detect(&files(&[
            (".github/workflows/ci.yml", RELEASE),
            (".git/config", &config),
        ]));
        assert_eq!(settings(&found[0])["endpoint"], "https://api.acme.ghe.com");
    }

    #[test]
    fn what_is_no_workflow_of_a_commit_is_no_candidate() {
        for (path, text) in [
            (".github/workflows/a.yml", "on: schedule\njobs: {a: {}}"),
            (
                ".github/workflows/a.yml",
                "on: [issues, pull_request]\njobs: {a: {}}",
            ),
            (
                ".github/workflows/a.yml",
                "on: {workflow_call: {}}\njobs: {a: {}}",
            ),
            (".github/workflows/a.yml", "on: push\njobs: {}"),
            (".github/workflows/a.yml", "on: push"),
            (".github/workflows/a.yml", "on: push\njobs: [a, b"),
            (".github/workflows/a.yml", ""),
            (".github/workflows/deep/a.yml", RELEASE),
            ("docs/.github/workflows/a.yml", RELEASE),
            (".github/workflows/a.txt", RELEASE),
        ] {
            assert_eq!(detect(&files(&[(path, text)])), [], "{path}: {text}");
        }
        for on in [
            "push",
            "[issues, push]",
            "{push: {}}",
            "\n  release:\n    types: [published]",
        ] {
            let text = format!("on: {on}\njobs: {{a: {{}}}}");
            assert_eq!(
                detect(&files(&[(".github/workflows/a.yml", &text)])).len(),
                1,
                "{on}"
            );
        }
    }

    #[test]
    fn no_text_that_may_be_a_secret_is_told() {
        let secret = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
        let text = format!(
            "name: {secret}\non: push\nenv: {{T: {secret}}}\njobs:\n  {secret}: {{}}\n  b: {{name: {secret}}}\n"
        );
        let config = config(&format!("https://x:{secret}@github.com/{secret}/it.git"));
        let path = ".github/workflows/a.yml";
        let found = detect(&files(&[(path, &text), (".git/config", &config)]));
        assert_eq!(found.len(), 1);
        assert!(!format!("{found:?}").contains("ghp_"));
    }
}
