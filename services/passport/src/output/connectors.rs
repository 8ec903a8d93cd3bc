//! The matrix of connectors.

use passport_evidence::json;
use passport_gateway::listing::{Absent, Connector, Connectors};

use super::{Block, Cell, Grid, Page, Show};

const HEAD: [&str; 6] = [
    "CONNECTOR",
    "CATEGORY",
    "STATUS",
    "CREDENTIAL",
    "EVIDENCE",
    "MINIMUM SCOPE",
];

impl Show for Connectors {
    fn page(&self) -> Page {
        let rows = self.connectors.iter().map(|it| {
            vec![
                Cell::from(&it.id),
                Cell::from(&it.category),
                Cell::from(it.status.unwrap_or_default()),
                Cell::from(&it.credential),
                Cell::from(&it.evidence),
                Cell::from(&it.minimum_scope),
            ]
        });
        let grid = Grid {
            head: HEAD.to_vec(),
            rows: rows.collect(),
        };
        let promoted = self.connectors.iter().filter_map(promoted);
        let absent = self.absent.iter().map(away);
        let blocks = [Block::Grid(grid)]
            .into_iter()
            .chain(promoted)
            .chain(absent);
        Page(blocks.collect())
    }
}

fn promoted(it: &Connector) -> Option<Block> {
    let announced = it.announced_status?;
    let status = it.status.unwrap_or_default();
    let (id, reason) = (&it.id, &it.status_reason);
    Some(Block::Line(format!(
        "{id} was announced as {announced} and is {status}: {reason}"
    )))
}

fn away(it: &Absent) -> Block {
    let without = match it.categories.is_empty() {
        true => "no connectors yet".to_owned(),
        false => format!("without it: no {}", it.categories.join(", ")),
    };
    let since = it.since.map(|at| format!(" since {}", json::time(at)));
    Block::Line(format!(
        "the collector {} {}{} ({without})",
        it.name,
        it.state.as_words(),
        since.unwrap_or_default()
    ))
}

/// Tells which collectors did not answer, and what is therefore missing.
pub(super) fn absent<'a>(
    collectors: &'a [String],
    missing: &'a str,
) -> impl Iterator<Item = Block> + 'a {
    let tell = move |name| {
        Block::Line(format!(
            "the collector {name} did not answer: its {missing} are missing here"
        ))
    };
    collectors.iter().map(tell)
}
