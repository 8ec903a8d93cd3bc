//! `passport replay`.

use std::error::Error as _;

use passport_testkit::case::CaseError;
use passport_testkit::replay::{Verdict, replay_paths};
use passport_testkit::report;
use serde::Serialize;

use super::Session;
use crate::cli::Replay;
use crate::connectors::registry;
use crate::exit::{Exit, Fault};
use crate::output::{Block, Cell, Format, Grid, Page, Show, Tone};
use crate::terminal::print;

pub async fn run(args: &Replay, session: &Session) -> Result<Exit, Fault> {
    let connector = args.connector.as_deref();
    let played = replay_paths(&args.paths, connector, &registry()).await;
    let verdicts = played.map_err(|error| unreadable(&error))?;
    if verdicts.is_empty() {
        return Err(Fault::wrong(
            "there is no case to play",
            "name files or folders with *.case.json, and a connector that they are of",
        ));
    }
    match session.global.output {
        Format::Table => print(&for_people(&verdicts))?,
        Format::Json => print(&report::json(&verdicts))?,
        Format::Yaml | Format::Markdown => session.show(&Played(&verdicts))?,
    }
    match verdicts.iter().all(|verdict| verdict.ok) {
        true => Ok(Exit::Answered),
        false => Ok(Exit::Otherwise),
    }
}

fn for_people(verdicts: &[Verdict]) -> String {
    let differences = report::differences(verdicts);
    let parts = [
        report::lines(verdicts),
        differences,
        report::table(verdicts),
    ];
    let parts = parts.into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("\n")
}

fn unreadable(error: &CaseError) -> Fault {
    let why = error.source().map(|why| format!(": {why}"));
    Fault::wrong(
        format!("{error}{}", why.unwrap_or_default()),
        "correct the file, or name others; none was played",
    )
}

/// Verdicts in the order of their files.
#[derive(Serialize)]
#[serde(transparent)]
struct Played<'a>(&'a [Verdict]);

impl Show for Played<'_> {
    fn page(&self) -> Page {
        let rows = self.0.iter().map(|verdict| {
            let (word, tone) = match (verdict.ok, verdict.unearned_pass) {
                (true, _) => ("ok", Tone::Good),
                (false, false) => ("different", Tone::Bad),
                (false, true) => ("unearned pass", Tone::Bad),
            };
            vec![
                Cell::from(&verdict.connector),
                Cell::from(&verdict.case),
                Cell::toned(word, tone),
                Cell::from(verdict.difference.as_deref().unwrap_or_default()),
            ]
        });
        Page(vec![Block::Grid(Grid {
            head: vec!["CONNECTOR", "CASE", "VERDICT", "DIFFERENCE"],
            rows: rows.collect(),
        })])
    }
}
