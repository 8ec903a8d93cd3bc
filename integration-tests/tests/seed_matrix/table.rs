//! The table: what was announced of each connector, what is so now, and what came of it today.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};
use passport_connector_sdk::Registry;
use passport_evidence::Descriptor;
use passport_integration_tests::workspace;

use crate::rows::ROWS;
use crate::world::{Gated, Outcome};

/// What a connector was announced as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    pub category: String,
    pub status: String,
}

/// The connectors of all collectors, by id.
pub fn descriptors() -> BTreeMap<&'static str, Descriptor> {
    let registries = [
        passport_cicd::registry(),
        passport_runtime::registry(),
        passport_metrics::registry(),
        passport_logs::registry(),
        passport_incidents::registry(),
        passport_work_items::registry(),
        passport_quality::registry(),
        passport_manual::registry(),
    ];
    let all = registries
        .into_iter()
        .fold(Registry::default(), Registry::and);
    all.descriptors().map(|it| (it.id, *it)).collect()
}

/// What every connector was announced as, by its id. The file is written by hand: it says what was so
/// before there was code.
pub fn announced() -> Result<BTreeMap<String, Announced>> {
    let file = workspace::root().join("integration-tests/golden/seed-matrix.txt");
    let text = fs::read_to_string(file)?;
    let lines = text
        .lines()
        .filter(|it| !it.starts_with('#') && !it.trim().is_empty());
    lines
        .map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let [id, category, status] = cells[..] else {
                anyhow::bail!("not three cells: {line}");
            };
            let announced = Announced {
                category: category.to_owned(),
                status: status.to_owned(),
            };
            Ok((id.to_owned(), announced))
        })
        .collect()
}

/// What is wrong between what was announced, what is there and what is asked here. `differences` gets a line
/// for every status that is another by now.
pub fn problems(differences: &mut String) -> Result<Vec<String>> {
    let (announced, built) = (announced()?, descriptors());
    let mut problems = Vec::new();
    for row in ROWS {
        if !announced.contains_key(row.connector) {
            problems.push(format!(
                "{} has a row and was never announced",
                row.connector
            ));
        }
        if !built.contains_key(row.connector) {
            problems.push(format!("{} is not built", row.connector));
        }
    }
    for id in announced
        .keys()
        .map(String::as_str)
        .chain(built.keys().copied())
    {
        if !ROWS.iter().any(|row| row.connector == id) {
            problems.push(format!("{id} has no row"));
        }
    }
    for (id, descriptor) in &built {
        let Some(was) = announced.get(*id) else {
            problems.push(format!("{id} is built and was never announced"));
            continue;
        };
        problems.extend(changed(was, descriptor, differences)?);
    }
    Ok(problems)
}

/// What is wrong with how a connector differs from what it was announced as.
fn changed(was: &Announced, is: &Descriptor, differences: &mut String) -> Result<Option<String>> {
    let (id, status) = (is.id, is.status.as_str());
    if was.category != is.category.as_str() {
        let category = is.category.as_str();
        return Ok(Some(format!(
            "{id} was announced in {}, not {category}",
            was.category
        )));
    }
    let from = is.promotion.map_or(status, |it| it.from.as_str());
    if from != was.status {
        let said = format!(
            "{id} was announced as {}, and says that it was {from}",
            was.status
        );
        return Ok(Some(said));
    }
    match is.promotion {
        None => Ok(None),
        Some(it) if it.because.trim().is_empty() => {
            Ok(Some(format!("{id} is {status} by now, and says not why")))
        }
        Some(it) => {
            let because = it.because;
            writeln!(
                differences,
                "{id}: announced as {from}, now {status}: {because}"
            )?;
            Ok(None)
        }
    }
}

/// The table itself.
pub fn drawn(gated: &Gated) -> Result<String> {
    let (announced, built) = (announced()?, descriptors());
    let mut table = String::new();
    let line = |cells: [&str; 6]| {
        let [name, category, seed, status, outcome, facts] = cells;
        format!("{name:<24} {category:<14} {seed:<19} {status:<16} {outcome:<20} {facts}\n")
    };
    table += &line(["source", "category", "announced", "now", "outcome", "facts"]);
    for row in ROWS {
        let was = announced.get(row.connector).context(row.connector)?;
        let now = built.get(row.connector).context(row.connector)?;
        let (outcome, facts) = told(gated.outcome(row)?);
        table += &line([
            &row.name(),
            &was.category,
            &was.status,
            now.status.as_str(),
            &outcome,
            &facts,
        ]);
    }
    Ok(table)
}

/// An outcome in a word or two, and how many facts have which status.
fn told(outcome: Outcome<'_>) -> (String, String) {
    if let Outcome::Failure(failure) = outcome {
        let code = failure["code"].as_str().unwrap_or("?");
        return (format!("failure {code}"), String::new());
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for fact in outcome.facts() {
        let status = fact["status"].as_str().unwrap_or("?");
        *counts.entry(status).or_default() += 1;
    }
    let counts = counts
        .iter()
        .map(|(status, count)| format!("{count} {status}"));
    ("evidence".to_owned(), counts.collect::<Vec<_>>().join(", "))
}
