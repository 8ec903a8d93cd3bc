//! From a path to its place in the file.

use std::ops::Range;

use super::super::path::{self, Segment};
use super::{Entry, Kind, Node, Position, Tree};

/// What a path leads to: the last key or item on it that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Of the key where there is one, else of the value.
    pub at: Position,
    /// What to underline: the key where there is one, else the first byte of the value.
    pub bytes: Range<usize>,
}

impl Tree {
    /// Where `path` is written: its key, or the item itself in a list. A path that does not exist
    /// leads to its nearest ancestor that does, so a missing key points at what lacks it.
    ///
    /// Keys with dots are written as in [`path`]; where a path was written without those
    /// brackets, the longer keys are tried too.
    pub fn locate(&self, path: &str) -> Position {
        self.find(path).at
    }

    pub(crate) fn find(&self, path: &str) -> Found {
        let mut found = Found::of_node(self.root());
        walk(self.root(), &path::parse(path), &mut found);
        found
    }
}

impl Found {
    fn of_node(node: &Node) -> Self {
        let start = node.bytes.start;
        Self {
            at: node.at,
            bytes: start..start.saturating_add(1),
        }
    }

    fn of_entry(entry: &Entry) -> Self {
        Self {
            at: entry.at,
            bytes: entry.key_bytes.clone(),
        }
    }
}

fn walk(node: &Node, path: &[Segment], found: &mut Found) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    match (&node.kind, first) {
        (Kind::List(items), Segment::Index(index)) => {
            if let Some(item) = items.get(*index) {
                *found = Found::of_node(item);
                walk(item, rest, found);
            }
        }
        (Kind::Map(entries), Segment::Key(_)) => {
            if let Some((entry, rest)) = entry_on(entries, path) {
                *found = Found::of_entry(entry);
                walk(&entry.node, rest, found);
            }
        }
        (
            Kind::Null
            | Kind::Bool(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::List(_)
            | Kind::Map(_),
            Segment::Key(_) | Segment::Index(_),
        ) => {}
    }
}

/// The entry that the path's first segments name: one segment, or several joined by dots.
fn entry_on<'t, 'p>(
    entries: &'t [Entry],
    path: &'p [Segment],
) -> Option<(&'t Entry, &'p [Segment])> {
    let mut key = String::new();
    for (at, segment) in path.iter().enumerate() {
        let Segment::Key(part) = segment else {
            return None;
        };
        if at > 0 {
            key.push('.');
        }
        key.push_str(part);
        if let Some(entry) = entries.iter().find(|entry| entry.key == key) {
            return Some((entry, path.get(at + 1..).unwrap_or_default()));
        }
    }
    None
}
