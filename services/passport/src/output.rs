//! The forms in which an answer is shown.

mod actors;
mod compared;
mod connectors;
mod detected;
mod evidence;
mod grid;
mod ingested;
mod json;
mod ledger;
mod markdown;
mod notice;
mod page;
mod passports;
pub mod persons;
mod sources;
mod table;
mod text;
pub mod yaml;

use clap::ValueEnum;
use serde::Serialize;

pub use compared::Compared;
pub use detected::{Candidate, Detected, FoundIn, Reason, Skipped};
pub use evidence::Answer;
pub use grid::{Cell, Grid, Tone};
pub use ingested::Ingested;
pub use ledger::{CheckedLedger, Sealed};
pub use notice::Notice;
pub use page::{Block, Page};
pub use passport_gateway::listing::Connectors;
pub use passports::{Decided, InLedger, Passports, Verified};
pub use persons::{Approved, Waived};
pub use sources::{Checked, Sources};
pub use text::{age, printable, span};

use crate::exit::Fault;
use crate::terminal::Terminal;

/// Form of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    #[default]
    Table,
    Json,
    Yaml,
    Markdown,
}

/// An answer: its serde form is for programs, its page for people.
pub trait Show: Serialize {
    /// What a person sees.
    fn page(&self) -> Page;

    /// As Markdown, where that is more than the page.
    fn markdown(&self) -> Option<String> {
        None
    }
}

/// An answer in the form that was asked for.
pub fn render(answer: &impl Show, format: Format, terminal: Terminal) -> Result<String, Fault> {
    match format {
        Format::Table => Ok(table::draw(&answer.page(), terminal)),
        Format::Json => json::write(answer),
        Format::Yaml => yaml::write(answer),
        Format::Markdown => {
            let own = answer.markdown();
            Ok(own.unwrap_or_else(|| markdown::draw(&answer.page())))
        }
    }
}

#[cfg(test)]
mod tests;
