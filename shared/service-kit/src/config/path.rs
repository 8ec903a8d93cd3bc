//! Paths into a configuration, as problems write them.
//!
//! Segments are joined by dots, an index stands in brackets: `tokens[2].grants[0].verbs`. A key
//! that would be misread (it holds a dot, a bracket, a quote or white space, or is empty) stands
//! in brackets as a JSON string: `services["checkout.api"].environments`.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;

/// One step into a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Into a mapping, by key.
    Key(String),
    /// Into a list, counted from 0.
    Index(usize),
}

/// The path of a key below `parent`.
pub fn key(parent: &str, key: &str) -> String {
    let mut path = parent.to_owned();
    push_key(&mut path, key);
    path
}

/// The path of an item below `parent`, counted from 0.
pub fn index(parent: &str, index: usize) -> String {
    format!("{parent}[{index}]")
}

/// Writes segments as one path.
pub fn join(segments: &[Segment]) -> String {
    segments.iter().fold(String::new(), |mut path, segment| {
        match segment {
            Segment::Key(key) => push_key(&mut path, key),
            Segment::Index(index) => path = self::index(&path, *index),
        }
        path
    })
}

fn push_key(path: &mut String, key: &str) {
    if is_bare(key) {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(key);
    } else {
        // Writing into a string cannot fail.
        let _ = write!(path, "[{}]", serde_json::Value::from(key));
    }
}

fn is_bare(key: &str) -> bool {
    let misread =
        |c: char| matches!(c, '.' | '[' | ']' | '"') || c.is_whitespace() || c.is_control();
    !key.is_empty() && !key.contains(misread)
}

/// Reads a path. What does not follow the rules is taken as one last key, so a path that somebody
/// wrote by hand still leads as far as it can.
pub fn parse(path: &str) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (segment, after) = first(rest);
        segments.push(segment);
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    segments
}

fn first(path: &str) -> (Segment, &str) {
    if path.starts_with('[') {
        return bracketed(path).unwrap_or((Segment::Key(path.to_owned()), ""));
    }
    let (bare, after) = path
        .find(['.', '['])
        .map_or((path, ""), |end| path.split_at(end));
    (Segment::Key(bare.to_owned()), after)
}

fn bracketed(path: &str) -> Option<(Segment, &str)> {
    let inside = path.strip_prefix('[')?;
    if !inside.starts_with('"') {
        let (digits, after) = inside.split_once(']')?;
        return Some((Segment::Index(digits.parse().ok()?), after));
    }
    let mut strings = serde_json::Deserializer::from_str(inside).into_iter::<String>();
    let key = strings.next()?.ok()?;
    let after = inside.get(strings.byte_offset()..)?.strip_prefix(']')?;
    Some((Segment::Key(key), after))
}
