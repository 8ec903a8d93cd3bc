//! A line of the file that may be shown: its keys, and of its values only those that are words
//! of a closed set. Whatever else stands there may be a secret and is drawn as `…`.

use std::ops::Range;

use super::withheld::withheld;
use crate::config::checks::wants_reference;
use crate::config::tree::{Found, Kind, Node, Position, Tree};

const ELIDED: &str = "…";
const LONGEST: usize = 160;

/// Keys whose values are words, times or limits.
const SHOWN: [&str; 12] = [
    "accept_declared",
    "category",
    "connector",
    "expires",
    "facts",
    "log_format",
    "max_age",
    "mode",
    "source",
    "threshold",
    "unit",
    "verbs",
];

/// One line, and what of it (in bytes) is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub line: String,
    pub mark: Range<usize>,
}

/// A stretch of the text, and whether it may be read.
struct Piece {
    bytes: Range<usize>,
    shown: bool,
}

/// What kind of value stands under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    Word,
    Any,
    Secret,
}

impl Value {
    fn under(self, key: &str) -> Self {
        if self == Self::Secret || wants_reference(key) {
            Self::Secret
        } else if SHOWN.contains(&key) {
            Self::Word
        } else {
            Self::Any
        }
    }
}

/// Around a key or item.
pub(super) fn of_found(tree: &Tree, found: &Found) -> Option<Excerpt> {
    draw(tree, found.bytes.clone())
}

/// Around a place.
pub(super) fn of_place(tree: &Tree, at: Position) -> Option<Excerpt> {
    let start = byte_of(tree.text(), at)?;
    draw(tree, start..start + 1)
}

/// Around a place in a text that is no tree: only a plain key at the line's beginning is shown.
pub(super) fn of_text(text: &str, at: Position) -> Option<Excerpt> {
    let line = text.lines().nth(at.line.checked_sub(1)?)?;
    let (key, _) = line.split_once(':')?;
    let bare = key.trim_start().trim_start_matches("- ");
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
    let fits = !bare.is_empty() && bare.len() <= 40 && bare.chars().all(plain);
    let end = key.len();
    let fits = fits && withheld(bare) == bare;
    fits.then(|| Excerpt {
        line: format!("{key}: {ELIDED}"),
        mark: end - bare.len()..end,
    })
}

fn byte_of(text: &str, at: Position) -> Option<usize> {
    let before = text
        .split_inclusive('\n')
        .take(at.line.checked_sub(1)?)
        .map(str::len)
        .sum::<usize>();
    let line = text.get(before..)?;
    let column = line.char_indices().nth(at.column.checked_sub(1)?)?;
    Some(before + column.0)
}

fn draw(tree: &Tree, mark: Range<usize>) -> Option<Excerpt> {
    let text = tree.text();
    let start = text.get(..mark.start)?.rfind('\n').map_or(0, |at| at + 1);
    let end = text
        .get(start..)?
        .find('\n')
        .map_or(text.len(), |at| start + at);
    let mut pieces = Vec::new();
    collect(tree.root(), Value::Any, &(start..end), &mut pieces);
    pieces.sort_by_key(|piece| (piece.bytes.start, piece.bytes.end));
    let excerpt = assemble(text, start..end, &pieces, &mark)?;
    (excerpt.line.len() <= LONGEST).then_some(excerpt)
}

/// The keys and scalars that touch the line.
fn collect(node: &Node, of: Value, line: &Range<usize>, pieces: &mut Vec<Piece>) {
    let touches = |bytes: &Range<usize>| bytes.start <= line.end && bytes.end >= line.start;
    match &node.kind {
        Kind::Map(entries) => {
            for entry in entries {
                if touches(&entry.key_bytes) {
                    let readable = of != Value::Secret || entry.node.kind != Kind::Null;
                    pieces.push(Piece {
                        bytes: entry.key_bytes.clone(),
                        shown: readable,
                    });
                }
                collect(&entry.node, of.under(&entry.key), line, pieces);
            }
        }
        Kind::List(items) => items
            .iter()
            .for_each(|item| collect(item, of, line, pieces)),
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) if touches(&node.bytes) => {
            pieces.push(Piece {
                bytes: node.bytes.clone(),
                shown: of == Value::Word,
            });
        }
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Text(_) => {}
    }
}

/// Draws the line piece by piece. Marked is the first piece that `mark` reaches into, or the last
/// one before it unless another entry lies between.
fn assemble(
    text: &str,
    line: Range<usize>,
    pieces: &[Piece],
    mark: &Range<usize>,
) -> Option<Excerpt> {
    let mut drawn = String::new();
    let mut marked = None;
    let mut reached = false;
    let mut at = line.start;
    for piece in pieces {
        let start = piece.bytes.start.clamp(at, line.end);
        let end = piece.bytes.end.clamp(start, line.end);
        drawn.push_str(&between(text.get(at..start)?));
        let begun = drawn.len();
        if start < end {
            let whole = piece.shown && piece.bytes.start >= line.start;
            let shown = whole.then(|| text.get(start..end).map(withheld)).flatten();
            drawn.push_str(shown.as_deref().unwrap_or(ELIDED));
        }
        if !reached && drawn.len() > begun {
            marked = Some(begun..drawn.len());
            reached = piece.bytes.end > mark.start;
        }
        at = end;
    }
    drawn.push_str(&between(text.get(at..line.end)?));
    let missed = !reached
        && text
            .get(at..mark.start)
            .is_some_and(|gap| gap.contains(','));
    marked.filter(|_| !missed).map(|mark| Excerpt {
        line: drawn.trim_end().to_owned(),
        mark,
    })
}

/// What may stand between keys and values, up to where a comment begins.
fn between(text: &str) -> String {
    let structure = |c: &char| " ,:-[]{}\"'".contains(*c);
    text.chars()
        .take_while(|c| *c != '#')
        .filter(structure)
        .collect()
}
