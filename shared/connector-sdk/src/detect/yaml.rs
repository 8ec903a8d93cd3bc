//! YAML whose values know their line. Only good for recognizing things: what is not understood is
//! nothing.

use granit_parser::{Event, Marker, Options, Parser, StrInput};

/// Deeper than what is looked for ever goes, and far from the end of a thread's stack.
const DEEPEST: usize = 32;
/// More documents in one file than anybody keeps by hand.
const MAX_DOCUMENTS: usize = 200;

/// A value, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Line, from 1.
    pub line: usize,
    kind: Kind,
}

/// A key of a mapping with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Line of the key, from 1.
    pub line: usize,
    /// The value.
    pub node: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// An alias, or what is left out.
    Nothing,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// The documents of a text, up to the first that can't be read.
pub(super) fn documents(text: &str) -> Vec<Node> {
    let mut reader = Reader(Parser::new_from_str_with_options(text, options()));
    let mut documents = Vec::new();
    while documents.len() < MAX_DOCUMENTS {
        match reader.document() {
            Some(document) => documents.push(document),
            None => break,
        }
    }
    documents
}

fn options() -> Options {
    granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    }
}

struct Reader<'t>(Parser<'t, StrInput<'t>>);

// === impl Reader ===

impl<'t> Reader<'t> {
    fn document(&mut self) -> Option<Node> {
        loop {
            let (event, line) = self.next()?;
            if matches!(event, Event::StreamEnd) {
                return None;
            }
            if event.is_node() {
                return self.node(event, line);
            }
        }
    }

    fn next(&mut self) -> Option<(Event<'t>, usize)> {
        let (event, span) = self.0.next_event()?.ok()?;
        Some((event, line(span.start)))
    }

    fn node(&mut self, event: Event<'t>, line: usize) -> Option<Node> {
        let kind = if matches!(event, Event::SequenceStart(..)) {
            self.list()?
        } else if matches!(event, Event::MappingStart(..)) {
            self.map()?
        } else {
            let scalar = event.scalar();
            scalar.map_or(Kind::Nothing, |(text, _)| Kind::Text(text.to_owned()))
        };
        Some(Node { line, kind })
    }

    fn list(&mut self) -> Option<Kind> {
        let mut items = Vec::new();
        loop {
            let (event, line) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Some(Kind::List(items));
            }
            items.push(self.node(event, line)?);
        }
    }

    fn map(&mut self) -> Option<Kind> {
        let mut entries = Vec::new();
        loop {
            let (event, line) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Some(Kind::Map(entries));
            }
            let key = self.node(event, line)?;
            let (event, at) = self.next()?;
            let node = self.node(event, at)?;
            if let Kind::Text(key) = key.kind {
                entries.push(Entry { key, line, node });
            }
        }
    }
}

fn line(at: Marker) -> usize {
    at.line()
}

// === impl Node ===

impl Node {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// A key and its value.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// The value at the end of several keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text of a scalar, whatever its type.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            Kind::Nothing | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The text at the end of several keys.
    pub fn text_at(&self, keys: &[&str]) -> Option<&str> {
        self.at(keys).and_then(Self::text)
    }

    /// Items of a list; of anything else none.
    pub fn items(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Nothing | Kind::Text(_) | Kind::Map(_) => &[],
        }
    }

    /// Entries of a mapping; of anything else none.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            Kind::Nothing | Kind::Text(_) | Kind::List(_) => &[],
        }
    }

    /// Whether it is a mapping, or a list, that holds anything.
    pub fn holds_anything(&self) -> bool {
        !self.items().is_empty() || !self.entries().is_empty()
    }

    /// Every mapping in it, itself too, however deep; by line.
    pub fn mappings(&self) -> Vec<&Self> {
        let mut found = Vec::new();
        let mut left = vec![self];
        while let Some(node) = left.pop() {
            left.extend(node.items());
            left.extend(node.entries().iter().map(|entry| &entry.node));
            if !node.entries().is_empty() {
                found.push(node);
            }
        }
        found.sort_by_key(|node| node.line);
        found
    }
}
