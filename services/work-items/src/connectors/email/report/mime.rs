//! Types of content, and how it is written (RFC 2045). Pure.

use base64::{Engine as _, prelude::BASE64_STANDARD};

/// A type of content, and what is said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentType {
    /// In small letters, such as `multipart/report`.
    pub kind: String,
    parameters: Vec<(String, String)>,
}

// === impl ContentType ===

impl ContentType {
    /// Reads the value of the field; `None`: it is none, or says something twice.
    pub fn parse(field: &str) -> Option<Self> {
        let mut rest = field;
        let kind = token(&mut rest)?;
        let mut parameters: Vec<(String, String)> = Vec::new();
        loop {
            skip(&mut rest)?;
            if rest.is_empty() {
                break;
            }
            rest = rest.strip_prefix(';')?;
            skip(&mut rest)?;
            // A sign too many at the end is common.
            if rest.is_empty() {
                break;
            }
            let name = token(&mut rest)?.to_ascii_lowercase();
            skip(&mut rest)?;
            rest = rest.strip_prefix('=')?;
            skip(&mut rest)?;
            let value = quoted(&mut rest).or_else(|| token(&mut rest).map(str::to_owned))?;
            if parameters.iter().any(|(it, _)| *it == name) {
                return None;
            }
            parameters.push((name, value));
        }
        let kind = kind.to_ascii_lowercase();
        let is_kind = kind.split('/').filter(|it| !it.is_empty()).count() == 2;
        is_kind.then_some(Self { kind, parameters })
    }

    /// What is said under a name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut all = self.parameters.iter();
        all.find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Takes what needs no quotes off the beginning.
fn token<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let is_inner = |it: char| it.is_ascii_graphic() && !"()<>@,;:\\\"[]?=".contains(it);
    let end = rest.find(|it| !is_inner(it)).unwrap_or(rest.len());
    let (token, behind) = rest.split_at_checked(end)?;
    *rest = behind;
    (!token.is_empty()).then_some(token)
}

/// Takes a text in quotes off the beginning.
fn quoted(rest: &mut &str) -> Option<String> {
    let inner = rest.strip_prefix('"')?;
    let (mut text, mut is_escaped) = (String::new(), false);
    for (at, it) in inner.char_indices() {
        match (is_escaped, it) {
            (false, '"') => {
                *rest = inner.get(at.saturating_add(1)..)?;
                return Some(text);
            }
            (false, '\\') => is_escaped = true,
            (_, it) => {
                is_escaped = false;
                text.push(it);
            }
        }
    }
    None
}

/// Takes space and remarks in brackets off the beginning; `None`: one has no end.
fn skip(rest: &mut &str) -> Option<()> {
    *rest = rest.trim_start_matches([' ', '\t']);
    while let Some(inner) = rest.strip_prefix('(') {
        let (_, behind) = inner.split_once(')')?;
        *rest = behind.trim_start_matches([' ', '\t']);
    }
    Some(())
}

/// The bytes that a content stands for; `None`: it is written in no known way, or wrongly.
pub fn decoded(content: &[u8], encoding: Option<&str>) -> Option<Vec<u8>> {
    match encoding.map(str::to_ascii_lowercase).as_deref() {
        None | Some("7bit" | "8bit" | "binary") => Some(content.to_vec()),
        Some("base64") => {
            let is_inner = |it: &&u8| !it.is_ascii_whitespace();
            let digits: Vec<u8> = content.iter().filter(is_inner).copied().collect();
            BASE64_STANDARD.decode(digits).ok()
        }
        Some("quoted-printable") => unquoted(content),
        Some(_) => None,
    }
}

fn unquoted(content: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(content.len());
    let mut rest = content.iter().copied().peekable();
    while let Some(it) = rest.next() {
        if it != b'=' {
            text.push(it);
            continue;
        }
        match (rest.next(), rest.peek().copied()) {
            (Some(b'\n'), _) => {}
            (Some(b'\r'), Some(b'\n')) => {
                rest.next();
            }
            (Some(first), Some(second)) => {
                rest.next();
                let digits = [first, second];
                let byte = hex::decode(digits).ok()?;
                text.extend(byte);
            }
            _ => return None,
        }
    }
    Some(text)
}
