//! What a repository was found to use.

use std::fmt::Write as _;

use passport_connector_sdk::detect::{Setting, Why};
use serde::Serialize;

use super::{Block, Cell, Grid, Page, Show, printable, yaml};

const HEAD: [&str; 5] = ["CONNECTOR", "SOURCE", "BLANKS", "RECOGNIZED BY", "PLACE"];

/// What a repository was found to use, and a configuration of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detected {
    /// What the repository has first.
    pub detected: Vec<Candidate>,
    /// What was not looked into.
    pub skipped: Skipped,
    /// A configuration with blanks. `None` where nothing was recognized.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configuration: Option<Setting>,
}

/// Where something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FoundIn {
    /// In the files of the repository.
    Repository,
    /// In the namespace of the cluster.
    Cluster,
    /// In both.
    Both,
}

/// A source that is proposed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// Its connector.
    pub connector: &'static str,
    /// Its name in the configuration.
    pub source: String,
    /// Where it was found.
    pub found_in: FoundIn,
    /// How many blanks it has.
    pub blanks: usize,
    /// Why it is proposed.
    pub why: Vec<Reason>,
}

/// One reason.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// Where it stands.
    pub found_in: FoundIn,
    /// The file, relative to the repository; of a cluster the namespace and what was listed there.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What stands there, in our words.
    pub what: String,
}

/// What was not looked into, by count.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    /// Symbolic links.
    pub links: usize,
    /// Files over the bound.
    pub too_large: usize,
    /// Files that hold no text.
    pub not_text: usize,
    /// Files and folders that could not be read.
    pub unreadable: usize,
    /// Folders below the bound.
    pub too_deep: usize,
    /// Whether there was more than is read of one repository.
    pub ended_early: bool,
}

// === impl Reason ===

impl Reason {
    /// What a detector gives, of one of the two places.
    pub fn of(why: Why, found_in: FoundIn) -> Self {
        Self {
            found_in,
            file: why.file,
            line: why.line,
            what: why.what,
        }
    }

    fn place(&self) -> String {
        match self.found_in {
            FoundIn::Repository | FoundIn::Both => format!("{}:{}", self.file, self.line),
            FoundIn::Cluster => format!("in the cluster, {}", self.file),
        }
    }
}

// === impl Skipped ===

impl Skipped {
    fn told(&self) -> Option<String> {
        let counts = [
            (self.links, "symbolic links"),
            (self.too_large, "too large"),
            (self.not_text, "no text"),
            (self.unreadable, "not readable"),
            (self.too_deep, "folders too deep"),
        ];
        let counts = counts.iter().filter(|(count, _)| *count > 0);
        let mut parts: Vec<_> = counts.map(|(count, of)| format!("{of}: {count}")).collect();
        if self.ended_early {
            parts.push("more than is read of one repository".to_owned());
        }
        (!parts.is_empty()).then(|| format!("not looked into ({})", parts.join(", ")))
    }
}

// === impl Detected ===

impl Detected {
    /// The reasons as a comment before the configuration.
    pub fn comment(&self) -> String {
        let mut text =
            "# Proposed by `passport detect`. Write a value in place of each blank (FILL IN: …);\n\
                        # `passport config check` names those that are left.\n"
                .to_owned();
        for candidate in &self.detected {
            for why in &candidate.why {
                let (place, what) = (why.place(), &why.what);
                let line = format!("{}: {place}: {what}", candidate.source);
                // Writing into a string can't fail.
                let _ = writeln!(text, "# {}", printable(&line));
            }
        }
        text
    }

    fn summary(&self) -> String {
        let blanks = match self.configuration.as_ref().map_or(0, Setting::blanks) {
            0 => "no blank".to_owned(),
            1 => "1 blank".to_owned(),
            many => format!("{many} blanks"),
        };
        match self.detected.len() {
            0 => "nothing was recognized".to_owned(),
            1 => format!("1 source is proposed, with {blanks}"),
            many => format!("{many} sources are proposed, with {blanks}"),
        }
    }
}

impl Show for Detected {
    fn page(&self) -> Page {
        let mut blocks = Vec::new();
        if !self.detected.is_empty() {
            let rows = self.detected.iter().flat_map(rows);
            blocks.push(Block::Grid(Grid {
                head: HEAD.to_vec(),
                rows: rows.collect(),
            }));
        }
        let configuration = self.configuration.as_ref();
        blocks.extend(
            configuration
                .and_then(|it| yaml::write(it).ok())
                .map(Block::Text),
        );
        blocks.extend(self.skipped.told().map(Block::Line));
        blocks.push(Block::Line(self.summary()));
        Page(blocks)
    }
}

/// A row for each reason; the first one names the source.
fn rows(of: &Candidate) -> impl Iterator<Item = Vec<Cell>> {
    let rows = of.why.iter().enumerate();
    rows.map(move |(nth, why)| {
        let blanks = of.blanks.to_string();
        let names = match nth {
            0 => [of.connector, &of.source, &blanks],
            _ => ["", "", ""],
        };
        let mut row: Vec<_> = names.into_iter().map(Cell::from).collect();
        row.extend([Cell::from(&why.what), Cell::from(why.place())]);
        row
    })
}
