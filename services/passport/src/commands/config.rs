//! `passport config`.

mod explain;
mod show;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use passport_collector_kit::secrets;
use passport_evidence::Problem;
use passport_gateway::{Unusable, policies};
use passport_service_kit::config::{Finding, Loaded, Report, load, schema};
use serde::Serialize;

use super::Session;
use crate::all_in_one::{AllInOne, Kept};
use crate::cli::Config;
use crate::connectors::{checks, registry};
use crate::exit::{Exit, Fault};
use crate::output::{Block, Cell, Format, Grid, Page, Show};
use crate::terminal::print;

pub async fn run(command: Config, session: &Session) -> Result<Exit, Fault> {
    match command {
        Config::Show { file } => show::run(file.as_deref(), session).await,
        Config::Check {
            file,
            policy_of: Some(scope),
        } => explain::run(&file, &scope, session),
        Config::Check {
            file,
            policy_of: None,
        } => check(&file, session),
        Config::Schema => print_schema(session),
    }
}

fn check(file: &Path, session: &Session) -> Result<Exit, Fault> {
    match built(file) {
        Ok(good) => {
            session.show(&good)?;
            Ok(Exit::Answered)
        }
        Err(report) => {
            show_problems(file, report, session)?;
            Ok(Exit::Wrong)
        }
    }
}

/// What is good here is what `up` would start.
fn built(file: &Path) -> Result<Checked, Report> {
    let loaded = load(file, &checks())?;
    let (sources, digest) = (loaded.sources().count(), loaded.digest.clone());
    let secrets = secrets(&loaded.settings);
    let mesh = AllInOne::build(loaded, Arc::new(secrets), &Kept::default())?;
    Ok(Checked {
        file: file.display().to_string(),
        found: Found::Good {
            problems: [],
            sources,
            digest: format!("sha256:{digest}"),
            absent_variables: mesh.absent_variables(),
        },
    })
}

/// A file whose policies can be used. Its secrets are not looked for.
pub fn sound(file: &Path) -> Result<Loaded, Report> {
    let loaded = load(file, &checks())?;
    let problems = policies::problems(&loaded.settings);
    match problems.is_empty() {
        true => Ok(loaded),
        false => Err(Report::of(&loaded.tree, problems)),
    }
}

/// What was checked and is not usable all the same.
pub fn unusable(loaded: &Loaded, error: &Unusable) -> Report {
    let next = "report this as a defect";
    let problem = Problem::new("workspaces", error.to_string(), next);
    Report::of(&loaded.tree, vec![problem])
}

/// A person sees the lines that are wrong.
pub fn show_problems(file: &Path, report: Report, session: &Session) -> Result<(), Fault> {
    let picture = report.picture(session.terminal.colour);
    let checked = Checked::bad(file, report);
    match session.global.output {
        Format::Table => print(&format!("{picture}\n\n{}", checked.summary())),
        Format::Json | Format::Yaml | Format::Markdown => session.show(&checked),
    }
}

fn print_schema(session: &Session) -> Result<Exit, Fault> {
    session.only_text("config schema")?;
    let connectors: Vec<_> = registry().schemas().collect();
    print(&format!("{:#}", schema(&connectors)))?;
    Ok(Exit::Answered)
}

/// What a check of a file found.
#[derive(Debug, Serialize)]
struct Checked {
    file: String,
    #[serde(flatten)]
    found: Found,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Found {
    Good {
        problems: [(); 0],
        sources: usize,
        digest: String,
        /// Named by sources, and not set in the environment of this check.
        #[serde(rename = "absentVariables", skip_serializing_if = "BTreeSet::is_empty")]
        absent_variables: BTreeSet<String>,
    },
    Bad {
        problems: Vec<Finding>,
    },
}

// === impl Checked ===

impl Checked {
    fn bad(file: &Path, report: Report) -> Self {
        Self {
            file: file.display().to_string(),
            found: Found::Bad {
                problems: report.findings().to_vec(),
            },
        }
    }

    fn summary(&self) -> String {
        let file = &self.file;
        match &self.found {
            Found::Good { sources: 1, .. } => format!("{file} is good: 1 source"),
            Found::Good { sources, .. } => format!("{file} is good: {sources} sources"),
            Found::Bad { problems } if problems.len() == 1 => format!("{file}: 1 problem"),
            Found::Bad { problems } => format!("{file}: {} problems", problems.len()),
        }
    }
}

impl Show for Checked {
    fn page(&self) -> Page {
        let summary = Block::Line(self.summary());
        match &self.found {
            Found::Good {
                absent_variables, ..
            } => {
                let mut blocks = vec![summary];
                blocks.extend(note(absent_variables).map(Block::Line));
                Page(blocks)
            }
            Found::Bad { problems } => Page(vec![Block::Grid(grid(problems)), summary]),
        }
    }
}

/// A check may be made where the secrets are not, so that this is no problem of the file.
fn note(absent: &BTreeSet<String>) -> Option<String> {
    let names: Vec<_> = absent.iter().map(String::as_str).collect();
    (!names.is_empty()).then(|| {
        let names = names.join(", ");
        format!("note: not set in this environment, and needed where it runs: {names}")
    })
}

fn grid(problems: &[Finding]) -> Grid {
    let rows = problems.iter().map(|it| {
        vec![
            Cell::from(format!("{}:{}", it.line, it.column)),
            Cell::from(&it.path),
            Cell::from(&it.reason),
            Cell::from(&it.fix),
        ]
    });
    Grid {
        head: vec!["PLACE", "PATH", "PROBLEM", "FIX"],
        rows: rows.collect(),
    }
}
