//! The parts of a report (RFC 6522). Pure.

use super::{
    fields::{Fields, first_line},
    mime::{ContentType, decoded},
};

/// What says how the message fared, and what gives it or its head back.
const STATUS: [&str; 2] = ["message/delivery-status", "message/global-delivery-status"];
const RETURNED: [&str; 4] = [
    "text/rfc822-headers",
    "message/rfc822",
    "message/global",
    "message/global-headers",
];
/// Most parts, and longest sign between them (RFC 2046, section 5.1.1).
const MAX_PARTS: usize = 10;
const MAX_BOUNDARY: usize = 70;
/// Most blocks of fields of a status.
const MAX_BLOCKS: usize = 200;

/// A message, or a part of one: head and body.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    head: Fields,
    body: &'a [u8],
}

/// What is read of a report.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Blocks of fields: of the message, then of each recipient.
    pub status: Vec<Fields>,
    /// The head of the message that came back.
    pub returned: Fields,
}

// === impl Part ===

impl<'a> Part<'a> {
    /// Reads head and body.
    pub fn read(text: &'a [u8]) -> Option<Self> {
        let (head, body) = Fields::read(text)?;
        Some(Self { head, body })
    }

    fn content_type(&self) -> Option<ContentType> {
        ContentType::parse(&self.head.only("content-type")?)
    }

    /// The content as it is meant.
    fn content(&self) -> Option<Vec<u8>> {
        const ENCODING: &str = "content-transfer-encoding";
        let encoding = self.head.only(ENCODING);
        if encoding.is_none() && self.head.has(ENCODING) {
            return None;
        }
        decoded(self.body, encoding.as_deref())
    }

    /// The parts between the signs; `None`: their end is missing, or there are too many.
    fn parts(&self, boundary: &str) -> Option<Vec<Part<'a>>> {
        let mut found = Vec::new();
        let (mut rest, mut begun) = (self.body, None);
        loop {
            let here = rest;
            let (line, behind) = first_line(rest)?;
            rest = behind;
            let Some(is_end) = is_boundary(line, boundary) else {
                continue;
            };
            if let Some(begun) = begun {
                found.push(Part::read(between(begun, here)?)?);
            }
            begun = Some(behind);
            if is_end {
                return Some(found);
            }
            if found.len() == MAX_PARTS {
                return None;
            }
        }
    }
}

/// What stands from one place on up to another, less the end of its last line, which belongs to the sign.
fn between<'a>(from: &'a [u8], to: &[u8]) -> Option<&'a [u8]> {
    let text = from.get(..from.len().checked_sub(to.len())?)?;
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    Some(text.strip_suffix(b"\r").unwrap_or(text))
}

/// Whether a line stands between two parts, and then whether it is behind the last.
fn is_boundary(line: &[u8], boundary: &str) -> Option<bool> {
    let rest = line
        .strip_prefix(b"--")?
        .strip_prefix(boundary.as_bytes())?;
    match rest.trim_ascii_end() {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

// === impl Parts ===

impl Parts {
    /// The parts of a report: exactly one status and one returned message, right below it.
    pub fn of(whole: &Part<'_>) -> Option<Self> {
        let of_whole = whole.content_type()?;
        let report_type = of_whole.parameter("report-type")?;
        let is_report = of_whole.kind == "multipart/report"
            && report_type.eq_ignore_ascii_case("delivery-status");
        let boundary = of_whole.parameter("boundary")?;
        if !is_report || !(1..=MAX_BOUNDARY).contains(&boundary.len()) {
            return None;
        }
        let parts = whole.parts(boundary)?;
        let status = only(&parts, &STATUS)?.content()?;
        let returned = only(&parts, &RETURNED)?.content()?;
        Some(Self {
            status: blocks(&status)?,
            returned: Fields::read(&returned)?.0,
        })
    }
}

/// The one part of these kinds.
fn only<'p, 'a>(parts: &'p [Part<'a>], kinds: &[&str]) -> Option<&'p Part<'a>> {
    let is_meant = |it: &&Part<'_>| {
        let kind = it.content_type().map(|it| it.kind);
        kind.is_some_and(|it| kinds.contains(&it.as_str()))
    };
    let mut meant = parts.iter().filter(is_meant);
    meant.next().filter(|_| meant.next().is_none())
}

fn blocks(text: &[u8]) -> Option<Vec<Fields>> {
    let (mut blocks, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (block, behind) = Fields::read(rest)?;
        rest = behind;
        if !block.is_empty() {
            blocks.push(block);
        }
        if blocks.len() > MAX_BLOCKS {
            return None;
        }
    }
    Some(blocks)
}
