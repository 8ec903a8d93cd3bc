//! A configuration as a tree in which every key and value knows where it was written.

mod flaw;
mod locate;
mod parse;
mod scalar;
#[cfg(test)]
mod tests;

use std::ops::Range;

use passport_evidence::problem::Problem;
use serde_json::{Map, Number, Value};

pub(crate) use locate::Found;

/// The largest file that is read.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// A place in a file. Lines and columns are counted from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column within the line.
    pub column: usize,
}

impl Position {
    /// The first character of a file; also said of files that could not be read at all.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// What is wrong with the text itself, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where it is. Two keys of one path have two places, so the path alone would not tell.
    pub at: Position,
    /// What is wrong; its path counts from the top of the file.
    pub problem: Problem,
}

/// A file, parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    name: String,
    text: String,
    root: Node,
    flaws: Vec<Flaw>,
}

/// One value of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The value.
    pub kind: Kind,
    /// Where it begins.
    pub at: Position,
    pub(crate) bytes: Range<usize>,
}

/// What a value is, by the core schema of YAML 1.2: `yes`, `on` and `0777` are no booleans and no
/// octals, and what stands in quotes is always text.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`, `~`, or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number that JSON can hold exactly or as a double.
    Number(Number),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file.
    Map(Vec<Entry>),
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key, as written (without quotes).
    pub key: String,
    /// Where the key begins.
    pub at: Position,
    /// The value.
    pub node: Node,
    pub(crate) key_bytes: Range<usize>,
}

// === impl Tree ===

impl Tree {
    /// Parses a file of YAML (or JSON, which is YAML). `name` is what messages call it.
    ///
    /// # Errors
    /// The first flaw after which the text has no meaning: it is over [`MAX_BYTES`], not UTF-8,
    /// not YAML, empty, nested too deeply, or holds several documents. Flaws that leave the rest
    /// readable (keys that stand twice, aliases, tags) are kept in [`Tree::flaws`].
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Flaw> {
        let text = flaw::text(bytes)?;
        let (root, flaws) = parse::document(text)?;
        Ok(Self {
            name: name.to_owned(),
            text: text.to_owned(),
            root,
            flaws,
        })
    }

    /// What messages call the file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value of the whole file.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// What is wrong with the text, in its order. With any of these the tree is only good for
    /// looking for further problems.
    pub fn flaws(&self) -> &[Flaw] {
        &self.flaws
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

// === impl Node ===

impl Node {
    /// The value as JSON, without places.
    pub fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => items.iter().map(Self::to_json).collect(),
            Kind::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), entry.node.to_json()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }
}
