//! Files that hold what is expected, refreshed with `UPDATE_GOLDEN=1` and reviewed like code.

use std::{env, fs};

use anyhow::{Context, Result, ensure};

use crate::workspace;

/// Compares `actual` with `golden/NAME` of this crate, or writes it there if `UPDATE_GOLDEN` is set.
///
/// # Errors
/// The file is missing or differs; the text tells where, and how to refresh it.
pub fn check(name: &str, actual: &str) -> Result<()> {
    let path = workspace::root()
        .join("integration-tests/golden")
        .join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        return fs::write(&path, actual).with_context(|| format!("writing {}", path.display()));
    }
    let expected = fs::read_to_string(&path)
        .with_context(|| format!("reading {}; UPDATE_GOLDEN=1 writes it", path.display()))?;
    let differences = differences(&expected, actual);
    ensure!(
        expected == actual,
        "{} differs (UPDATE_GOLDEN=1 refreshes it):\n{differences}",
        path.display()
    );
    Ok(())
}

/// Lines that stand in one text only: `-` expected, `+` found.
fn differences(expected: &str, actual: &str) -> String {
    let lost = expected
        .lines()
        .filter(|line| !actual.lines().any(|other| other == *line));
    let found = actual
        .lines()
        .filter(|line| !expected.lines().any(|other| other == *line));
    let lost = lost.map(|line| format!("- {line}\n"));
    lost.chain(found.map(|line| format!("+ {line}\n")))
        .collect()
}
