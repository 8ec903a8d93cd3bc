//! Evidence and failures.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use passport_evidence::{Evidence, Fact, Failure, Origin, Outcome, Status, json};
use serde::Serialize;

use super::{Block, Cell, Grid, Page, Show, Tone, actors::actors, age};

const FACTS: [&str; 9] = [
    "SOURCE",
    "FACT",
    "ITEM",
    "STATUS",
    "VALUE",
    "THRESHOLD",
    "AGE",
    "REASON",
    ORIGIN,
];
/// The last column, which only evidence has: what a source says of itself has no origin.
const ORIGIN: &str = "ORIGIN";
const EXCERPTS: [&str; 4] = ["SOURCE", "FACT", "ITEM", "LOG LINE, REDACTED"];
const FAILURES: [&str; 4] = ["SOURCE", "FAILURE", "RETRY AT", "NEXT STEP"];

/// What became of every source that was asked; each part by name of source.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    evidence: Vec<Evidence>,
    failures: Vec<Failure>,
    #[serde(skip)]
    now: DateTime<Utc>,
}

// === impl Answer ===

impl Answer {
    /// Sorts outcomes into an answer that is shown now.
    pub fn new(outcomes: Vec<Outcome>, now: DateTime<Utc>) -> Self {
        let mut answer = Self {
            evidence: Vec::new(),
            failures: Vec::new(),
            now,
        };
        for outcome in outcomes {
            match outcome {
                Outcome::Evidence(evidence) => answer.evidence.push(evidence),
                Outcome::Failure(failure) => answer.failures.push(failure),
            }
        }
        answer.evidence.sort_by(|a, b| a.source.cmp(&b.source));
        answer.failures.sort_by(|a, b| a.source.cmp(&b.source));
        answer
    }

    /// What was found.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// Sources that could not answer.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    fn facts(&self) -> impl Iterator<Item = (&Evidence, &Fact)> {
        let each = self.evidence.iter();
        each.flat_map(|evidence| evidence.facts().iter().map(move |fact| (evidence, fact)))
    }

    fn summary(&self) -> String {
        let count = |status| {
            let of_status = self.facts().filter(|(_, fact)| fact.status() == status);
            (of_status.count(), status.as_str().replace('_', " "))
        };
        let counts = Status::ALL.map(count).into_iter();
        let mut parts: Vec<_> = counts
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        parts.extend(match self.failures.len() {
            0 => None,
            1 => Some("1 source could not answer".to_owned()),
            many => Some(format!("{many} sources could not answer")),
        });
        match parts.is_empty() {
            true => "no facts".to_owned(),
            false => parts.join(", "),
        }
    }

    /// Sources whose last good answer stands in for one that failed.
    fn remarks(&self) -> impl Iterator<Item = Block> {
        self.evidence.iter().filter_map(|evidence| {
            let failed = evidence.provenance.failed_refresh?;
            let ago = age(failed.at, self.now);
            let source = &evidence.source;
            let code = failed.code;
            Some(Block::Line(format!(
                "{source}: asked again {ago} ago, {code}; its last good answer is shown"
            )))
        })
    }
}

impl Show for Answer {
    fn page(&self) -> Page {
        let mut blocks = Vec::new();
        if self.facts().next().is_some() {
            let rows = self.facts();
            let rows = rows.map(|(evidence, fact)| {
                let mut row = vec![Cell::from(&evidence.source)];
                row.extend(fact_cells(fact, self.now));
                row.push(origin(evidence.provenance.origin));
                row
            });
            blocks.push(Block::Grid(Grid {
                head: FACTS.to_vec(),
                rows: rows.collect(),
            }));
        }
        blocks.extend(excerpts(&self.evidence));
        blocks.extend(actors(&self.evidence).map(Block::Grid));
        if !self.failures.is_empty() {
            blocks.push(Block::Grid(failures(&self.failures)));
        }
        blocks.extend(self.remarks());
        blocks.push(Block::Line(self.summary()));
        Page(blocks)
    }
}

/// Where a fact comes from; somebody's word is told apart at a glance.
fn origin(origin: Origin) -> Cell {
    match origin {
        Origin::Declared => Cell::toned(origin.as_str(), Tone::Doubtful),
        Origin::Pulled | Origin::Delivered => Cell::from(origin.as_str()),
    }
}

/// Columns of a table of facts that belong to one source.
pub fn fact_head() -> Vec<&'static str> {
    let head = FACTS.into_iter().skip(1);
    head.filter(|it| *it != ORIGIN).collect()
}

/// Cells of one fact: name, item, status, value, threshold, age, reason.
pub fn fact_cells(fact: &Fact, now: DateTime<Utc>) -> Vec<Cell> {
    let text = |text: Option<String>| Cell::from(text.unwrap_or_default());
    let observed = match fact.observed_at() {
        Some(at) => age(at, now),
        None => "no time".to_owned(),
    };
    vec![
        Cell::from(fact.name()),
        text(fact.item().map(str::to_owned)),
        Cell::toned(fact.status().as_str(), tone(fact.status())),
        text(fact.value_text()),
        text(fact.threshold().map(ToString::to_string)),
        Cell::from(observed),
        text(fact.reason().map(|reason| reason.to_string())),
    ]
}

/// What the log lines behind facts look like, if any of any is shown, and what was taken out of them. There are few
/// of a fact, and they are short, wherever they come from.
pub fn excerpts(evidence: &[Evidence]) -> Vec<Block> {
    let facts = evidence.iter();
    let facts = facts.flat_map(|of| of.facts().iter().map(move |fact| (of, fact)));
    let rows = facts.clone();
    let rows =
        rows.flat_map(|(of, fact)| fact.excerpts().iter().map(move |it| excerpt(of, fact, it)));
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let grid = Block::Grid(Grid {
        head: EXCERPTS.to_vec(),
        rows,
    });
    let redacted = facts.filter_map(|(of, fact)| redactions(of, fact));
    std::iter::once(grid).chain(redacted).collect()
}

/// How much of what kind was taken out of the lines of a fact.
fn redactions(of: &Evidence, fact: &Fact) -> Option<Block> {
    let counts = fact.excerpts().redactions_text()?;
    let (source, name) = (&of.source, fact.name());
    let item = fact.item().map(|it| format!(" {it}")).unwrap_or_default();
    let line = format!("{source}: taken out of the lines of {name}{item}: {counts}");
    Some(Block::Line(line))
}

fn excerpt(of: &Evidence, fact: &Fact, line: &str) -> Vec<Cell> {
    vec![
        Cell::from(&of.source),
        Cell::from(fact.name()),
        Cell::from(fact.item().unwrap_or_default()),
        Cell::from(line),
    ]
}

/// A table of sources that could not answer.
pub fn failures(failures: &[Failure]) -> Grid {
    let rows = failures.iter().map(|failure| {
        vec![
            Cell::from(&failure.source),
            Cell::toned(failure.code.as_str(), Tone::Bad),
            Cell::from(failure.retry_at.map(to_the_second).unwrap_or_default()),
            Cell::from(&failure.message),
        ]
    });
    Grid {
        head: FAILURES.to_vec(),
        rows: rows.collect(),
    }
}

/// Rounded up: before it, nobody should try again.
fn to_the_second(at: DateTime<Utc>) -> String {
    let whole = at.duration_trunc(TimeDelta::seconds(1)).unwrap_or(at);
    let ceiling = match whole < at {
        true => whole + TimeDelta::seconds(1),
        false => whole,
    };
    json::time(ceiling)
}

fn tone(status: Status) -> Tone {
    match status {
        Status::Passed => Tone::Good,
        Status::Failed => Tone::Bad,
        Status::Warning | Status::Pending | Status::Unknown => Tone::Doubtful,
        Status::NotApplicable => Tone::Faint,
    }
}
