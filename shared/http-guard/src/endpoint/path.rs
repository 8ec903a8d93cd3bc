//! Paths that stay where they belong.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// How much of a segment is percent-encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// What can't stand in a path.
    Reserved,
    /// All that is not unreserved.
    Strict,
}

/// A path segment that could lead elsewhere than it seems to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a path segment is empty, holds a control character, or leads up the path")]
pub struct UnsafeSegment;

/// The URL of `segments` below `base`, and a slash at its end where the server wants one.
pub(crate) fn below(
    base: &Url,
    segments: &[impl AsRef<str>],
    trailing_slash: bool,
    encoding: Encoding,
) -> Result<Url, UnsafeSegment> {
    if segments.iter().any(|segment| !is_safe(segment.as_ref())) {
        return Err(UnsafeSegment);
    }
    let mut url = base.clone();
    if encoding == Encoding::Strict {
        url.set_path(&strict(base, segments, trailing_slash));
    } else if !segments.is_empty() || trailing_slash {
        let mut path = url.path_segments_mut().map_err(|()| UnsafeSegment)?;
        path.pop_if_empty().extend(segments);
        if trailing_slash {
            path.push("");
        }
    }
    Ok(url)
}

fn strict(base: &Url, segments: &[impl AsRef<str>], trailing_slash: bool) -> String {
    let mut path = base.path().trim_end_matches('/').to_owned();
    for segment in segments {
        path.push('/');
        path.extend(utf8_percent_encode(segment.as_ref(), RESERVED));
    }
    if trailing_slash {
        path.push('/');
    }
    path
}

/// An empty segment would turn the request for one thing into one for all; a control character is
/// dropped by the URL parser, after it has looked for dot segments.
fn is_safe(segment: &str) -> bool {
    !segment.is_empty() && !segment.contains(char::is_control) && !climbs(segment)
}

/// Whether a server that decodes the segment before it walks the path would go up: `..`, and also
/// `a/../b`, `..\b` and `..;x`, which some read alike.
pub(super) fn climbs(decoded: &str) -> bool {
    decoded
        .split(['/', '\\'])
        .map(|step| step.split(';').next().unwrap_or_default())
        .any(|step| step == "." || step == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strictly_only_unreserved_characters_stay_as_they_are() {
        let base = Url::parse("https://h.example/prefix/").unwrap();
        let segments = ["releases", "api@2.14.0+b/1", "a-b._~%é"];
        let below = |slash| below(&base, &segments, slash, Encoding::Strict);
        let path = "/prefix/releases/api%402.14.0%2Bb%2F1/a-b._~%25%C3%A9";
        assert_eq!(below(false).unwrap().path(), path);
        assert_eq!(below(true).unwrap().path(), format!("{path}/"));
    }

    #[test]
    fn strictly_no_path_leads_up() {
        let base = Url::parse("https://h.example/prefix").unwrap();
        for segment in ["", "..", ".", "a/../b", "..;x", "a\n"] {
            let found = below(&base, &[segment], false, Encoding::Strict);
            assert_eq!(found, Err(UnsafeSegment), "{segment}");
        }
    }
}
