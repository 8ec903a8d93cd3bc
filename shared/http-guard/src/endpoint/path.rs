//! Paths that stay where they belong.

use url::Url;

/// A path segment that could lead elsewhere than it seems to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a path segment is empty, holds a control character, or leads up the path")]
pub struct UnsafeSegment;

/// The URL of `segments` below `base`, and a slash at its end where the server wants one.
pub(crate) fn below(
    base: &Url,
    segments: &[impl AsRef<str>],
    trailing_slash: bool,
) -> Result<Url, UnsafeSegment> {
    if segments.iter().any(|segment| !is_safe(segment.as_ref())) {
        return Err(UnsafeSegment);
    }
    let mut url = base.clone();
    if !segments.is_empty() || trailing_slash {
        let mut path = url.path_segments_mut().map_err(|()| UnsafeSegment)?;
        path.pop_if_empty().extend(segments);
        if trailing_slash {
            path.push("");
        }
    }
    Ok(url)
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
