//! What `passport detect` proposes is a configuration, and it tells nothing that it should not.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use passport_integration_tests::all_in_one;
use serde_json::Value;
use tempfile::TempDir;

const MARK: &str = "FILL IN:";

const WORKFLOW: &str = r"name: Release
on: { push: { branches: [main] } }
jobs:
  build: { runs-on: ubuntu-latest }
  scan:
    runs-on: ubuntu-latest
    steps:
      - uses: aquasecurity/trivy-action@0.28.0
        with: { image-ref: 'images.example.com/acme/checkout-api:1.0', trivy-config: x, severity: '${{ env.S }}' }
";
const MONITOR: &str = "kind: ServiceMonitor\nmetadata: { name: api, namespace: shop }\n";
const COMPOSE: &str =
    "services:\n  api:\n    environment:\n      OTEL_SERVICE_NAME: checkout-api\n";
const ORIGIN: &str =
    "[remote \"origin\"]\n\turl = https://ada:hunter2hunter2@github.com/acme/checkout-api.git\n";

/// What a service on GitLab, with Jenkins, Argo CD, Flux, SonarQube, Snyk and Loki, has in its repository.
const ELSEWHERE: [(&str, &str); 8] = [
    (
        ".git/config",
        "[remote \"origin\"]\n\turl = https://gitlab.example.com/acme/shop/checkout-api.git\n",
    ),
    (
        ".gitlab-ci.yml",
        "build: { script: [make] }\nscan: { script: [\"snyk test\"] }\n",
    ),
    (
        "Jenkinsfile",
        "pipeline { agent any\n stages { stage('Build') { steps { sh 'make' } } } }\n",
    ),
    (
        "deploy/application.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n\
         metadata: { name: checkout-api-prod, namespace: argocd }\n\
         spec: { project: shop, destination: { namespace: shop } }\n",
    ),
    (
        "deploy/flux.yaml",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n\
         metadata: { name: checkout-api, namespace: flux-system }\nspec: { interval: 5m }\n",
    ),
    (
        "sonar-project.properties",
        "sonar.projectKey=acme:checkout-api\nsonar.host.url=https://sonar.example.com\n",
    ),
    (".snyk", "version: v1.25.0\nignore: {}\n"),
    (
        "promtail.yaml",
        "clients:\n  - url: http://loki:3100/loki/api/v1/push\n",
    ),
];

/// What a person writes in place of each blank.
const FILLED: [(&str, &str); 22] = [
    (
        "the server with its root path, such as https://argocd.example.com",
        "https://argocd.example.com",
    ),
    (
        "the API server of the cluster, such as https://kube.example.com:6443",
        "https://kube.example.com:6443",
    ),
    (
        "the server with its context path, such as https://ci.example.com/jenkins",
        "https://ci.example.com/jenkins",
    ),
    (
        "the job: its folders and its name, each an item of this list; of a multibranch job the branch last",
        "checkout-api",
    ),
    (
        "UUID of the organization, in its settings",
        "0f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0",
    ),
    (
        "UUID of the project, an item of this list for each",
        "1f1e2d3c-4b5a-4968-8776-a5b4c3d2e1f0",
    ),
    ("the branch that is released, such as main", "main"),
    (
        "the server with its path prefix, such as https://loki.example.com",
        "https://loki.example.com",
    ),
    (
        "value of this label of this service's streams",
        "production",
    ),
    (
        "value of this label of this service's streams; rename the key if it is another",
        "checkout-api",
    ),
    (
        "how many error lines are too many, such as < 100",
        "'< 100'",
    ),
    (
        "the socket of a proxy that only lets reads through, such as unix:///run/docker-read.sock",
        "unix:///run/docker-read.sock",
    ),
    (
        "the Compose project: usually the name of the folder that it is started in",
        "shop",
    ),
    ("name of the workspace", "acme"),
    ("name of the environment, such as production", "production"),
    (
        "what --severity lets through, of [unknown, low, medium, high, critical]",
        "[high, critical]",
    ),
    (
        "the resource attribute deployment.environment.name",
        "production",
    ),
    (
        "the server, such as https://prometheus.example.com",
        "https://prometheus.example.com",
    ),
    (
        "the value of a label that only this service's series have; rename the key if it is another",
        "checkout-api",
    ),
    (
        "the namespace, as the label of the service's series says it",
        "shop",
    ),
    ("the resource attribute service.name", "checkout-api"),
    (
        "failed requests divided by all, with ${scope} in every selector",
        "'sum(rate(e{${scope}}[5m])) / sum(rate(a{${scope}}[5m]))'",
    ),
];

fn repository(files: &[(&str, &str)]) -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().context("no folder")?)?;
        fs::write(path, text)?;
    }
    Ok(folder)
}

fn full() -> Result<TempDir> {
    repository(&[
        (".github/workflows/release.yml", WORKFLOW),
        (".git/config", ORIGIN),
        ("deploy/monitor.yaml", MONITOR),
        ("compose.yaml", COMPOSE),
    ])
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is no text")
}

async fn detect(of: &Path, more: &[&str]) -> Result<String> {
    let arguments = ["detect", text(of)?]
        .into_iter()
        .chain(more.iter().copied());
    let output = all_in_one::run(arguments).await?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(
        output.status.code() == Some(0),
        "{:?}: {said}",
        output.status
    );
    Ok(String::from_utf8(output.stdout)? + &said)
}

/// The code of a check, and the lines of its problems.
async fn check(file: &Path) -> Result<(i32, BTreeSet<u64>, String)> {
    let output = all_in_one::run(["config", "check", text(file)?, "-o", "json"]).await?;
    let said = String::from_utf8(output.stdout)?;
    let answer: Value = serde_json::from_str(&said)?;
    let problems = answer.get("problems").and_then(Value::as_array);
    let problems = problems.context("no problems")?;
    let lines = problems.iter().filter_map(|it| it["line"].as_u64());
    Ok((
        output.status.code().context("no code")?,
        lines.collect(),
        said,
    ))
}

/// Lines of blanks, from 1; the comment at the top speaks of them too.
fn blanks(configuration: &str) -> BTreeSet<u64> {
    let lines = (1..).zip(configuration.lines());
    let blank = lines.filter(|(_, line)| line.contains(MARK) && !line.starts_with('#'));
    blank.map(|(at, _)| at).collect()
}

fn fill(configuration: &str) -> String {
    FILLED
        .iter()
        .fold(configuration.to_owned(), |text, (blank, value)| {
            text.replace(&format!("\"{MARK} {blank}\""), value)
        })
}

#[tokio::test]
async fn what_is_proposed_names_its_blanks_and_is_good_once_they_are_filled() -> Result<()> {
    let libraries = [
        (
            "package.json",
            "{\"dependencies\": {\n\"prom-client\": \"15\",\n\"@opentelemetry/sdk-node\": \"1\"}}",
        ),
        (".github/workflows/ci.yml", WORKFLOW),
    ];
    for repository in [
        full()?,
        repository(&libraries[..1])?,
        repository(&ELSEWHERE)?,
    ] {
        let out = tempfile::tempdir()?;
        let file = out.path().join("passport.yaml");
        detect(
            repository.path(),
            &["--service", "checkout-api", "--write", text(&file)?],
        )
        .await?;
        let proposed = fs::read_to_string(&file)?;
        let blanks = blanks(&proposed);
        ensure!(blanks.len() >= 5, "{proposed}");
        let (code, lines, said) = check(&file).await?;
        assert_eq!((code, &lines), (2, &blanks), "{proposed}\n{said}");
        // Which sockets there are is the operator's to say.
        let sockets = "addresses: { sockets: [/run/docker-read.sock] }\n";
        fs::write(&file, format!("{sockets}{}", fill(&proposed)))?;
        let (code, _, said) = check(&file).await?;
        assert_eq!(code, 0, "{said}\n{}", fill(&proposed));
    }
    Ok(())
}

#[tokio::test]
async fn every_connector_that_detects_is_told_with_file_and_line() -> Result<()> {
    let repository = full()?;
    let said = detect(repository.path(), &["-o", "json"]).await?;
    let answer: Value = serde_json::from_str(&said)?;
    let found = answer["detected"].as_array().context("nothing detected")?;
    let first = found.iter().map(|it| {
        let why = &it["why"][0];
        format!(
            "{} {} {}:{}",
            it["connector"], it["source"], why["file"], why["line"]
        )
    });
    let wanted = [
        r#""docker-compose" "compose-api" "compose.yaml":2"#,
        r#""github-actions" "workflow-release" ".github/workflows/release.yml":3"#,
        r#""otlp" "otlp" "compose.yaml":4"#,
        r#""prometheus" "prometheus" "deploy/monitor.yaml":1"#,
        r#""trivy" "scan-checkout-api" ".github/workflows/release.yml":8"#,
    ];
    assert_eq!(first.collect::<Vec<_>>(), wanted);
    let said = detect(self::repository(&ELSEWHERE)?.path(), &["-o", "json"]).await?;
    let answer: Value = serde_json::from_str(&said)?;
    let found = answer["detected"].as_array().context("nothing detected")?;
    let connectors: Vec<_> = found
        .iter()
        .filter_map(|it| it["connector"].as_str())
        .collect();
    let wanted = [
        "argo-cd",
        "flux",
        "gitlab-ci",
        "jenkins",
        "loki",
        "snyk",
        "sonarqube",
    ];
    assert_eq!(connectors, wanted);
    let yaml = detect(repository.path(), &["-o", "yaml"]).await?;
    assert!(yaml.starts_with("detected:\n"), "{yaml}");
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_there_is_never_written_over() -> Result<()> {
    let repository = full()?;
    let file = repository.path().join("compose.yaml");
    let path = text(repository.path())?;
    let output = all_in_one::run(["detect", path, "--write", text(&file)?]).await?;
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&file)?, COMPOSE);
    Ok(())
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_wrong_usage_and_an_empty_one_proposes_nothing() -> Result<()>
{
    let folder = tempfile::tempdir()?;
    let output = all_in_one::run(["detect", text(&folder.path().join("no"))?]).await?;
    assert_eq!(output.status.code(), Some(2));
    let said = detect(folder.path(), &[]).await?;
    assert_eq!(said, "nothing was recognized\n");
    Ok(())
}

// === a repository that means harm ===

const SECRETS: [&str; 4] = [
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "hunter2hunter2",
    "AKIAIOSFODNN7EXAMPLE",
    "outside-of-the-repository",
];

/// Secrets wherever a detector looks, and more of everything than anybody should read.
fn hostile(outside: &Path) -> Result<TempDir> {
    let [token, password, key, _] = SECRETS;
    let workflow = format!(
        "name: {token}\non: push\nenv: {{ T: {token} }}\njobs:\n  {key}: {{ steps: [ {{ uses: 'aquasecurity/trivy-action@{token}', with: {{ image-ref: '{token}/{key}', severity: {token} }} }} ] }}\n  b: {{ name: '{password}@x' }}\n"
    );
    let command = format!("a:\n  - trivy image --password {password} --token {token} x\n");
    let monitor = format!("kind: ServiceMonitor\nmetadata: {{ namespace: {key} }}\n# {token}\n");
    let variables =
        format!("env:\n  OTEL_SERVICE_NAME: {token}\n  OTEL_EXPORTER_OTLP_HEADERS: {password}\n");
    let origin = format!(
        "[remote \"origin\"]\n\turl = https://ada:{password}@github.com/{token}/{key}.git\n"
    );
    let bomb: String = (1..40)
        .map(|n| format!("a{n}: &a{n} [*a{p}, *a{p}, *a{p}]\n", p = n - 1))
        .collect();
    let folder = repository(&[
        (".github/workflows/secret.yml", &workflow),
        (".github/workflows/torn.yml", "on: push\njobs: { a: [ {"),
        (".github/workflows/deep.yml", &"[".repeat(200_000)),
        (
            ".github/workflows/bomb.yml",
            &format!("on: push\na0: &a0 x\n{bomb}jobs: *a39\n"),
        ),
        (".github/workflows/\u{1b}[31mred\n.yml", &workflow),
        (".gitlab-ci.yml", &command),
        ("deploy/monitor.yaml", &monitor),
        ("deploy/pod.yaml", &variables),
        (".git/config", &origin),
        (".env", &format!("TOKEN={token}\n")),
        ("package.json", &format!("{{\"prom-client\": \"{token}\"}}")),
    ])?;
    let root = folder.path();
    fs::write(
        root.join(".github/workflows/binary.yml"),
        [0, 159, 146, 150],
    )?;
    // Sparse: a file of 8 GiB that takes no room.
    fs::File::create(root.join("huge.yml"))?.set_len(8 << 30)?;
    symlink(root, root.join("loop"))?;
    symlink("/dev/zero", root.join("deploy/.gitignore"))?;
    symlink("/dev/zero", root.join("zero.yml"))?;
    symlink(outside, root.join(".github/workflows/outside.yml"))?;
    Ok(folder)
}

fn listed(folder: &Path, into: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        into.insert(entry.path());
        if entry.file_type()?.is_dir() {
            listed(&entry.path(), into)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_hostile_repository_ends_leaks_nothing_and_stays_as_it_is() -> Result<()> {
    let elsewhere = repository(&[("outside.yml", &WORKFLOW.replace("Release", SECRETS[3]))])?;
    let repository = hostile(&elsewhere.path().join("outside.yml"))?;
    let mut before = BTreeSet::new();
    listed(repository.path(), &mut before)?;
    let out = tempfile::tempdir()?;
    let file = out.path().join("passport.yaml");
    let mut all = detect(repository.path(), &["--write", text(&file)?]).await?;
    all += &fs::read_to_string(&file)?;
    for form in ["table", "json", "yaml", "markdown"] {
        let began = Instant::now();
        all += &detect(repository.path(), &["-o", form]).await?;
        ensure!(began.elapsed() < Duration::from_secs(20), "{form}");
    }
    for secret in SECRETS {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
    assert!(!all.contains('\u{1b}'), "{all}");
    assert!(
        all.contains("secret.yml") && all.contains("symbolic links: 4"),
        "{all}"
    );
    let mut after = BTreeSet::new();
    listed(repository.path(), &mut after)?;
    assert_eq!(before, after);
    // Whatever was proposed, only its blanks are wrong with it.
    let (code, lines, said) = check(&file).await?;
    let proposed = fs::read_to_string(&file)?;
    assert_eq!((code, lines), (2, blanks(&proposed)), "{proposed}\n{said}");
    Ok(())
}
