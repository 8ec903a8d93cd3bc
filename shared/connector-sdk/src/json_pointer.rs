//! JSON pointers (RFC 6901), and what they lead to. What they do not lead to stays unread.

use std::collections::HashMap;

use serde_json::value::RawValue;

/// Longest pointer, and most steps of one.
const MAX_LENGTH: usize = 500;
const MAX_STEPS: usize = 32;

/// A pointer, as the steps it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

/// What stands at the end of a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A number, as it is written.
    Number(&'a str),
    /// A text.
    Text(String),
    /// A list.
    List,
    /// An object.
    Object,
}

// === impl Pointer ===

impl Pointer {
    /// Reads a pointer; the empty one is the whole document. `None`: it is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self(Vec::new()));
        }
        let steps: Option<Vec<_>> = text.strip_prefix('/')?.split('/').map(unescaped).collect();
        steps
            .filter(|it| text.len() <= MAX_LENGTH && it.len() <= MAX_STEPS)
            .map(Self)
    }

    /// What it leads to; `None`: nothing is there.
    pub fn find<'a>(&self, document: &'a RawValue) -> Option<&'a RawValue> {
        self.0.iter().try_fold(document, |at, name| step(at, name))
    }
}

/// `~1` is a slash and `~0` a tilde; nothing else may follow one.
fn unescaped(step: &str) -> Option<String> {
    let mut parts = step.split('~');
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (escaped, rest) = match part.as_bytes().first()? {
            b'0' => ('~', part.strip_prefix('0')),
            b'1' => ('/', part.strip_prefix('1')),
            _ => return None,
        };
        whole.push(escaped);
        whole.push_str(rest?);
    }
    Some(whole)
}

fn step<'a>(at: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    let text = at.get();
    match text.as_bytes().first()? {
        b'{' => serde_json::from_str::<HashMap<String, &RawValue>>(text)
            .ok()?
            .remove(name),
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
            items.into_iter().nth(index(name)?)
        }
        _ => None,
    }
}

/// Digits alone, and no zero in front.
fn index(name: &str) -> Option<usize> {
    let is_plain = name == "0" || !name.starts_with('0');
    let digits = name.bytes().all(|it| it.is_ascii_digit());
    name.parse().ok().filter(|_| is_plain && digits)
}

// === impl Leaf ===

impl<'a> Leaf<'a> {
    /// What a value is.
    pub fn of(value: &'a RawValue) -> Self {
        let text = value.get();
        match text.as_bytes().first() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::List,
            Some(b'"') => serde_json::from_str(text).map_or(Self::Null, Self::Text),
            Some(b't' | b'f') => Self::Bool,
            Some(b'n') | None => Self::Null,
            Some(_) => Self::Number(text),
        }
    }
}

#[cfg(test)]
mod tests;
