//! Eight queries judged by the script that a team writes instead, beside the same eight asked of the mesh.

mod provider;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use tokio::process::Command;

use crate::Arguments;
use crate::configuration::{eight, scope};
use crate::load::median;
use crate::process::Process;
use crate::report::table;
use provider::{Mood, Provider};

/// What the provider takes for a reply.
const DELAY: Duration = Duration::from_millis(50);
/// How many facts both give.
const QUERIES: usize = 8;
const SCRIPT: &str = "integration-tests/clients/eight-queries.sh";
const MEASURED: &str = "integration-tests/clients/measured.py";

/// What one run of a command took.
#[derive(Debug, Deserialize)]
struct Run {
    wall_ms: f64,
    cpu_ms: f64,
    peak_mib: f64,
    stdout: String,
}

/// Both of them, before one provider.
struct Pair {
    provider: Provider,
    mesh: Process,
    program: PathBuf,
    /// Workspaces that were asked about: each has a cache, a budget and a breaker of its own.
    asked: usize,
}

/// What both took, and what each lets pass.
///
/// # Errors
/// Either does not pass what is good, or the mesh passes what is not.
pub async fn measured(arguments: &Arguments) -> Result<String> {
    let runs = arguments.load(1).runs;
    let mut pair = Pair::start(&arguments.programs, runs + 1 + Mood::HOSTILE.len()).await?;
    let took = pair.took(runs).await?;
    let passed = pair.passed().await?;
    Ok(format!("{took}\n\n{passed}"))
}

// === impl Pair ===

impl Pair {
    async fn start(programs: &Path, workspaces: usize) -> Result<Self> {
        let provider = Provider::serve(DELAY).await?;
        let configuration = eight(workspaces, &provider.origin);
        Ok(Self {
            mesh: Process::start(programs, "passport", &configuration).await?,
            provider,
            program: programs.join("passport"),
            asked: 0,
        })
    }

    /// Time, processor and memory where all is well.
    async fn took(&mut self, runs: usize) -> Result<String> {
        self.provider.set(None);
        // Once without being counted: connections and pages of programs.
        self.of_mesh().await?;
        let (mut scripts, mut commands, mut served) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..runs {
            let script = self.of_script().await?;
            ensure!(passed_lines(&script.stdout) == QUERIES, "{}", script.stdout);
            scripts.push(script);
            let before = self.mesh.cpu_ms()?;
            let command = self.of_mesh().await?;
            served.push(self.mesh.cpu_ms()? - before);
            ensure!(
                passed_facts(&command.stdout)? == QUERIES,
                "{}",
                command.stdout
            );
            commands.push(command);
        }
        let head = [
            "eight queries, 50 ms each",
            "wall ms",
            "processor ms",
            "peak MiB",
        ];
        let mut lines = table(&head);
        for (name, runs) in [
            ("bash, curl and jq", &scripts),
            ("passport collect", &commands),
        ] {
            let of = |figure: fn(&Run) -> f64| median(runs.iter().map(figure));
            lines.add_row([
                name.to_owned(),
                format!("{:.0}", of(|it| it.wall_ms)?),
                format!("{:.0}", of(|it| it.cpu_ms)?),
                format!("{:.1}", of(|it| it.peak_mib)?),
            ]);
        }
        lines.add_row([
            "the mesh that it asks (passport up)".to_owned(),
            String::new(),
            format!("{:.0}", median(served.into_iter())?),
            format!("{:.1}", self.mesh.peak_mib()?),
        ]);
        Ok(lines.to_string())
    }

    /// What of each bad reply is let pass.
    async fn passed(&mut self) -> Result<String> {
        let mut lines = table(&[
            "every reply is",
            "script: passed of 8",
            "passport: passed of 8",
        ]);
        let (mut by_script, mut by_mesh) = (0, 0);
        for (number, (mood, name)) in Mood::HOSTILE.into_iter().enumerate() {
            self.provider.set(Some(number));
            let script = passed_lines(&self.of_script().await?.stdout);
            let mesh = passed_facts(&self.of_mesh().await?.stdout)?;
            ensure!(mesh == 0, "{mood:?}: the mesh passes {mesh} facts");
            (by_script, by_mesh) = (by_script + script, by_mesh + mesh);
            lines.add_row([name.to_owned(), script.to_string(), mesh.to_string()]);
        }
        let all = Mood::HOSTILE.len() * QUERIES;
        let total = format!("all {all}");
        lines.add_row([total, by_script.to_string(), by_mesh.to_string()]);
        Ok(lines.to_string())
    }

    async fn of_script(&self) -> Result<Run> {
        let origin = self.provider.origin.as_str();
        run(Path::new(SCRIPT), &[origin, origin]).await
    }

    async fn of_mesh(&mut self) -> Result<Run> {
        let scope = scope(self.asked);
        self.asked += 1;
        let arguments = [
            "collect",
            "--gateway",
            &self.mesh.url,
            "--workspace",
            &scope.workspace_id,
            "--service",
            &scope.service,
            "--environment",
            &scope.environment,
            "-o",
            "json",
        ];
        run(&self.program, &arguments).await
    }
}

async fn run(program: &Path, arguments: &[&str]) -> Result<Run> {
    let mut command = Command::new("python3");
    command.arg(MEASURED).arg(program).args(arguments);
    let output = command.kill_on_drop(true).output().await;
    let output = output.context("python3 was not found")?;
    ensure!(
        output.status.success(),
        "{MEASURED} ended with {}",
        output.status
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn passed_lines(stdout: &str) -> usize {
    let passed = |line: &&str| line.split_whitespace().nth(1) == Some("passed");
    stdout.lines().filter(passed).count()
}

fn passed_facts(stdout: &str) -> Result<usize> {
    let answer: Value = serde_json::from_str(stdout).context("no JSON of the command")?;
    let evidence = answer.get("evidence").and_then(Value::as_array);
    let facts = evidence.into_iter().flatten();
    let facts = facts.filter_map(|it| it.get("facts")?.as_array());
    let passed = |fact: &&Value| {
        let is = |key: &str, word: &str| fact.get(key).is_some_and(|it| it == word);
        is("status", "passed") && !is("name", "credential_scope")
    };
    Ok(facts.flatten().filter(passed).count())
}
