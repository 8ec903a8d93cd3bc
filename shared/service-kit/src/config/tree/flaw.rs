//! Text that is no tree: not readable, not YAML, or not one document.

use granit_parser::{ErrorKind, Marker, ScanError, Span};
use passport_evidence::problem::Problem;

use super::{Flaw, MAX_BYTES, Position};

pub(super) fn text(bytes: &[u8]) -> Result<&str, Flaw> {
    if bytes.len() > MAX_BYTES {
        return Err(at_byte(
            bytes,
            MAX_BYTES,
            "the file is larger than 4 MiB",
            "split it up",
        ));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        at_byte(
            bytes,
            error.valid_up_to(),
            "the text is not UTF-8 from here on",
            "save the file as UTF-8",
        )
    })
}

fn at_byte(bytes: &[u8], offset: usize, reason: &str, fix: &str) -> Flaw {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let line = before
        .split(|byte| *byte == b'\n')
        .next_back()
        .unwrap_or_default();
    let at = Position {
        line: before.iter().filter(|byte| **byte == b'\n').count() + 1,
        column: String::from_utf8_lossy(line).chars().count() + 1,
    };
    Flaw {
        at,
        problem: Problem::new("", reason, fix),
    }
}

/// The parser counts columns from 0.
pub(super) fn position(at: Marker) -> Position {
    Position {
        line: at.line().max(1),
        column: at.col() + 1,
    }
}

pub(super) fn empty() -> Flaw {
    let problem = Problem::new("", "the file is empty", "write at least `workspaces: {}`");
    Flaw {
        at: Position::START,
        problem,
    }
}

pub(super) fn several(second: Span) -> Flaw {
    let problem = Problem::new(
        "",
        "a second document begins here",
        "keep one document in the file",
    );
    Flaw {
        at: position(second.start),
        problem,
    }
}

pub(super) fn not_yaml(error: &ScanError) -> Flaw {
    let fix = if is_about_tabs(error.kind()) {
        "use spaces instead of tabs"
    } else if *error.kind() == ErrorKind::RecursionLimitExceeded {
        "nest less deeply"
    } else {
        "mend the YAML here or just before"
    };
    let problem = Problem::new("", format!("not YAML: {}", error.info()), fix);
    Flaw {
        at: position(*error.marker()),
        problem,
    }
}

fn is_about_tabs(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabInPlainScalar
            | ErrorKind::TabAtBlockScalarStart
    )
}
