//! From text to a tree: one pass over the parser's events.

use std::collections::HashMap;

use granit_parser::{Event, Marker, Options, Parser, Span, StrInput};
use passport_evidence::problem::Problem;

use super::super::path::{self, Segment};
use super::flaw::{empty, not_yaml, position, several};
use super::{Entry, Flaw, Kind, Node, Position, scalar};

/// Far deeper than any settings go, and far from the end of a thread's stack.
const DEEPEST: usize = 48;
/// More flaws than anybody reads at once.
const MOST_FLAWS: usize = 200;

pub(super) fn document(text: &str) -> Result<(Node, Vec<Flaw>), Flaw> {
    let parser = Parser::new_from_str_with_options(text, options());
    let mut builder = Builder {
        parser,
        path: Vec::new(),
        flaws: Vec::new(),
    };
    let root = builder.whole()?;
    Ok((root, builder.flaws))
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

struct Builder<'t> {
    parser: Parser<'t, StrInput<'t>>,
    path: Vec<Segment>,
    flaws: Vec<Flaw>,
}

impl<'t> Builder<'t> {
    fn whole(&mut self) -> Result<Node, Flaw> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::StreamEnd) {
                return self.filled(root);
            }
            if matches!(event, Event::DocumentStart(..)) && root.is_some() {
                return Err(several(span));
            }
            if event.is_node() {
                root = Some(self.node(event, span)?);
            }
        }
    }

    /// A file that says nothing was most likely cut off.
    fn filled(&self, root: Option<Node>) -> Result<Node, Flaw> {
        let said = |root: &Node| root.kind != Kind::Null || !self.flaws.is_empty();
        root.filter(said).ok_or_else(empty)
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), Flaw> {
        self.parser
            .next_event()
            .ok_or_else(empty)?
            .map_err(|error| not_yaml(&error))
    }

    fn node(&mut self, event: Event<'t>, span: Span) -> Result<Node, Flaw> {
        self.refuse_extras(&event, span);
        if matches!(event, Event::SequenceStart(..)) {
            return self.list(span);
        }
        if matches!(event, Event::MappingStart(..)) {
            return self.map(span);
        }
        let kind = event
            .scalar()
            .map_or(Kind::Null, |(text, style)| self.scalar(text, style, span));
        Ok(node(kind, span, span.end))
    }

    /// Aliases would give one value two places and let a small file grow without end; tags would
    /// change what a value is behind the schema's back.
    fn refuse_extras(&mut self, event: &Event<'t>, span: Span) {
        if matches!(event, Event::Alias(_) | Event::UnresolvedAlias(_)) {
            self.flaw(
                span.start,
                "is an alias, and aliases are not read",
                "write the value out",
            );
        }
        if event.anchor_id().is_some() {
            self.flaw(
                span.start,
                "has an anchor, and anchors are not read",
                "take the anchor out",
            );
        }
        if event.tag().is_some() {
            self.flaw(
                span.start,
                "has a tag, and tags are not read",
                "take the tag out; text goes in quotes",
            );
        }
    }

    fn scalar(&mut self, text: &str, style: granit_parser::ScalarStyle, span: Span) -> Kind {
        if style != granit_parser::ScalarStyle::Plain {
            return Kind::Text(text.to_owned());
        }
        scalar::resolve(text).unwrap_or_else(|number| {
            self.flaw(
                span.start,
                number.reason,
                "put it in quotes if it is meant as text",
            );
            Kind::Null
        })
    }

    fn list(&mut self, start: Span) -> Result<Node, Flaw> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(node(Kind::List(items), start, span.end));
            }
            self.path.push(Segment::Index(items.len()));
            items.push(self.node(event, span)?);
            self.path.pop();
        }
    }

    fn map(&mut self, start: Span) -> Result<Node, Flaw> {
        let mut entries = Vec::new();
        let mut seen = HashMap::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(node(Kind::Map(entries), start, span.end));
            }
            let Some(entry) = self.entry(event, span)? else {
                continue;
            };
            if let Some(first) = seen.insert(entry.key.clone(), entry.at) {
                self.twice(&entry, first);
                seen.insert(entry.key, first);
            } else {
                entries.push(entry);
            }
        }
    }

    /// A key and its value; nothing where the key is none that settings can have.
    fn entry(&mut self, event: Event<'t>, span: Span) -> Result<Option<Entry>, Flaw> {
        let key = event
            .scalar()
            .map(|(text, _)| text.to_owned())
            .filter(|key| key != "<<");
        let Some(key) = key else {
            self.flaw(
                span.start,
                "holds a key that is not plain text",
                "write keys as text; merge keys (`<<`) are not read",
            );
            self.node(event, span)?;
            self.value()?;
            return Ok(None);
        };
        self.path.push(Segment::Key(key.clone()));
        self.refuse_extras(&event, span);
        let node = self.value()?;
        self.path.pop();
        Ok(Some(Entry {
            key,
            at: position(span.start),
            node,
            key_bytes: bytes(span.start, span.end),
        }))
    }

    fn value(&mut self) -> Result<Node, Flaw> {
        let (event, span) = self.next()?;
        self.node(event, span)
    }

    fn twice(&mut self, again: &Entry, first: Position) {
        let reason = format!("stands here a second time, first in line {}", first.line);
        self.path.push(Segment::Key(again.key.clone()));
        self.flaw_at(again.at, reason, "keep one of the two");
        self.path.pop();
    }

    fn flaw(&mut self, at: Marker, reason: &str, fix: &str) {
        self.flaw_at(position(at), reason.to_owned(), fix);
    }

    fn flaw_at(&mut self, at: Position, reason: String, fix: &str) {
        if self.flaws.len() < MOST_FLAWS {
            self.flaws.push(Flaw {
                at,
                problem: Problem::new(path::join(&self.path), reason, fix),
            });
        }
    }
}

fn node(kind: Kind, start: Span, end: Marker) -> Node {
    Node {
        kind,
        at: position(start.start),
        bytes: bytes(start.start, end),
    }
}

fn bytes(start: Marker, end: Marker) -> std::ops::Range<usize> {
    let start = start.byte_offset().unwrap_or_default();
    start..end.byte_offset().unwrap_or(start).max(start)
}
