//! Verdicts as text: for people, and for machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

use crate::replay::Verdict;

#[cfg(test)]
mod tests;

/// How the cases of one connector came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Cases played.
    pub cases: usize,
    /// Cases that did not come out as expected.
    pub different: usize,
    /// Those among them in which a fact has passed that should not.
    pub unearned: usize,
}

/// A line a case: `ok`, `different` or `UNEARNED PASS`, and which case it is.
pub fn lines(verdicts: &[Verdict]) -> String {
    verdicts.iter().fold(String::new(), |mut text, verdict| {
        let (connector, case) = (&verdict.connector, &verdict.case);
        // Writing into a string can't fail.
        let _ = writeln!(text, "{:<13}  {connector}/{case}", word(verdict));
        text
    })
}

/// How the cases of each connector came out.
pub fn counts(verdicts: &[Verdict]) -> BTreeMap<&str, Count> {
    let mut counts = BTreeMap::<&str, Count>::new();
    for verdict in verdicts {
        let count = counts.entry(&verdict.connector).or_default();
        count.cases += 1;
        count.different += usize::from(!verdict.ok);
        count.unearned += usize::from(verdict.unearned_pass);
    }
    counts
}

/// A row a connector: cases, as expected, different, unearned passes.
pub fn table(verdicts: &[Verdict]) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).force_no_tty();
    table.set_header([
        "CONNECTOR",
        "CASES",
        "AS EXPECTED",
        "DIFFERENT",
        "UNEARNED PASSES",
    ]);
    for (connector, count) in counts(verdicts) {
        let numbers = [
            count.cases,
            count.cases - count.different,
            count.different,
            count.unearned,
        ];
        let numbers = numbers.map(|number| number.to_string());
        table.add_row(std::iter::once(connector.to_owned()).chain(numbers));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{}\n", table.trim_fmt())
}

/// What differs, in words; nothing where nothing does.
pub fn differences(verdicts: &[Verdict]) -> String {
    let different = verdicts.iter().filter(|verdict| !verdict.ok);
    different.fold(String::new(), |mut text, verdict| {
        let why = verdict.difference.as_deref().unwrap_or("unearned pass");
        let _ = writeln!(text, "{}/{}: {why}", verdict.connector, verdict.case);
        text
    })
}

/// One object a line.
pub fn json(verdicts: &[Verdict]) -> String {
    verdicts.iter().fold(String::new(), |mut text, verdict| {
        // Texts and flags always have a JSON form.
        if let Ok(object) = serde_json::to_string(verdict) {
            let _ = writeln!(text, "{object}");
        }
        text
    })
}

fn word(verdict: &Verdict) -> &'static str {
    match (verdict.ok, verdict.unearned_pass) {
        (true, _) => "ok",
        (false, false) => "different",
        (false, true) => "UNEARNED PASS",
    }
}
