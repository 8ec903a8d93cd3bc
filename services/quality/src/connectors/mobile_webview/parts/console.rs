//! Lines of the console, one JSON object a line.

use serde::Deserialize;

use crate::{
    connectors::mobile_webview::{
        facts::fingerprint,
        summary::{Console, Flaw, Of},
    },
    strict_json::Bounds,
};

#[derive(Deserialize)]
struct Line {
    level: String,
    /// How often it was written.
    count: u64,
    fingerprint: String,
}

const BOUNDS: Bounds = Bounds {
    lists: &[],
    items: 1000,
};
/// Most lines of one file that are read.
const MAX_LINES: usize = 200_000;
/// Most different errors that are told apart.
const MAX_ERRORS: usize = 10_000;

/// Adds the lines of a console.
pub fn add(of: &mut Of<Console>, file: &[u8]) -> Result<(), Flaw> {
    of.files += 1;
    let lines = file.split(|it| *it == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.filter(|it| !it.is_empty());
    for line in lines.by_ref().take(MAX_LINES) {
        if let Err(flaw) = add_line(&mut of.found, line) {
            of.flaws.insert(flaw);
        }
    }
    match lines.next() {
        Some(_) => Err(Flaw::Partial),
        None => Ok(()),
    }
}

/// An error counts however often it says that it was written.
fn add_line(found: &mut Console, line: &[u8]) -> Result<(), Flaw> {
    let line: Line = super::object(line, &BOUNDS)?;
    found.lines += 1;
    let is_error = match line.level.as_str() {
        "error" => true,
        "warning" | "info" => false,
        _ => return Err(Flaw::State),
    };
    if is_error && found.errors.len() < MAX_ERRORS {
        found.errors.insert(fingerprint(&line.fingerprint));
    } else if is_error {
        return Err(Flaw::Partial);
    }
    match (line.count, line.fingerprint.is_empty()) {
        (0, _) => Err(Flaw::Domain),
        (_, true) => Err(Flaw::Shape),
        (_, false) => Ok(()),
    }
}
