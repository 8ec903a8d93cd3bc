//! The matrix of connectors.

use passport_gateway::listing::Connectors;

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
        let absent = absent(&self.absent_collectors, "connectors");
        Page([Block::Grid(grid)].into_iter().chain(absent).collect())
    }
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
