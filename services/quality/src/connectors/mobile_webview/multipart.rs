//! The parts of a `multipart/form-data` body (RFC 7578, RFC 2046 section 5.1), read in one way only:
//! whatever two readers could take differently is refused.

use std::collections::HashSet;

use http::{HeaderMap, header::CONTENT_TYPE};

use super::accept::Unusable;

/// One part.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Its name: letters, digits and a few signs.
    pub name: &'a str,
    /// Its bytes, as they came.
    pub body: &'a [u8],
}

/// Most parts: 500 files and their manifest.
const MAX_PARTS: usize = 501;
/// Most bytes of one part's headers.
const MAX_HEADERS: usize = 4096;
const MAX_BOUNDARY: usize = 70;
const MAX_NAME: usize = 128;

/// Reads the parts of a body.
pub fn read<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<Vec<Part<'a>>, Unusable> {
    let boundary = boundary(headers).ok_or(Unusable::Form)?;
    let delimiter = format!("\r\n--{boundary}");
    // The first delimiter opens the body, without the line break that ends a part.
    let opening = delimiter.trim_start().as_bytes();
    let mut rest = body.strip_prefix(opening).ok_or(Unusable::Form)?;
    let mut parts = Vec::new();
    let mut names = HashSet::new();
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let (part, after) = split(part, delimiter.as_bytes()).ok_or(Unusable::Form)?;
        let part = read_part(part)?;
        if !names.insert(part.name) {
            return Err(Unusable::Form);
        }
        parts.push(part);
        if parts.len() > MAX_PARTS {
            return Err(Unusable::TooMany);
        }
        rest = after;
    }
    match rest {
        b"--" | b"--\r\n" => Ok(parts),
        _ => Err(Unusable::Form),
    }
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    let (media_type, parameters) = value.to_str().ok()?.split_once(';')?;
    let is_form = media_type
        .trim()
        .eq_ignore_ascii_case("multipart/form-data");
    let (key, boundary) = parameters.trim().split_once('=')?;
    let bare = boundary.strip_prefix('"').map(|it| it.strip_suffix('"'));
    let boundary = bare.unwrap_or(Some(boundary))?;
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&it);
    let is_boundary =
        (1..=MAX_BOUNDARY).contains(&boundary.len()) && boundary.bytes().all(is_plain);
    (is_form && key.eq_ignore_ascii_case("boundary") && is_boundary).then(|| boundary.to_owned())
}

fn read_part(part: &[u8]) -> Result<Part<'_>, Unusable> {
    let (headers, body) = split(part, b"\r\n\r\n").ok_or(Unusable::Form)?;
    let headers = Some(headers).filter(|it| it.len() <= MAX_HEADERS);
    let headers = headers.and_then(|it| std::str::from_utf8(it).ok());
    let name = name(headers.ok_or(Unusable::Form)?).ok_or(Unusable::Form)?;
    match is_flat(name) {
        true => Ok(Part { name, body }),
        false => Err(Unusable::Name),
    }
}

/// The name in the one `Content-Disposition` of a part, of which no header says that its bytes are
/// written otherwise.
fn name(headers: &str) -> Option<&str> {
    let mut found = None;
    for line in headers.split("\r\n") {
        let (header, value) = line.split_once(':')?;
        match header.to_ascii_lowercase().as_str() {
            "content-disposition" if found.is_none() => found = Some(disposition(value)?),
            "content-disposition" | "content-transfer-encoding" | "content-encoding" => {
                return None;
            }
            _ => {}
        }
    }
    found
}

/// The name in `form-data; name="…"`, whatever file name stands beside it.
fn disposition(value: &str) -> Option<&str> {
    let mut parameters = value.split(';').map(str::trim);
    parameters
        .next()
        .filter(|it| it.eq_ignore_ascii_case("form-data"))?;
    let mut names = parameters.filter_map(|it| it.strip_prefix("name="));
    let name = names.next().filter(|_| names.next().is_none())?;
    name.strip_prefix('"')?.strip_suffix('"')
}

/// Whether it names a file in no folder, and nothing else.
pub fn is_flat(name: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"._-".contains(&it);
    let starts_well = name.starts_with(|it: char| it.is_ascii_alphanumeric());
    name.len() <= MAX_NAME && starts_well && name.bytes().all(is_plain)
}

/// What stands before the first occurrence, and after it.
fn split<'a>(bytes: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let first = at.first()?;
    let mut from = 0;
    loop {
        let next = bytes.get(from..)?.iter().position(|it| it == first)?;
        let (before, rest) = bytes.split_at_checked(from + next)?;
        if let Some(after) = rest.strip_prefix(at) {
            return Some((before, after));
        }
        from += next + 1;
    }
}
