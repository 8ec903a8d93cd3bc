//! Persons behind facts, by ids that tell nothing of them.

use passport_evidence::{Evidence, Fact};

use super::{Cell, Grid};

const ACTORS: [&str; 4] = ["SOURCE", "FACT", "ITEM", "PERSONS"];

/// A table of who stands behind facts, each by role and the first digits of the id; `None`: nobody is told of.
pub fn actors(evidence: &[Evidence]) -> Option<Grid> {
    let rows = evidence.iter().flat_map(|of| {
        let each = of.facts().iter();
        let each = each.filter(|fact| !fact.actors().is_empty());
        each.map(move |fact| row(of, fact))
    });
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| Grid {
        head: ACTORS.to_vec(),
        rows,
    })
}

fn row(of: &Evidence, fact: &Fact) -> Vec<Cell> {
    vec![
        Cell::from(&of.source),
        Cell::from(fact.name()),
        Cell::from(fact.item().unwrap_or_default()),
        Cell::from(fact.actors().to_string()),
    ]
}
