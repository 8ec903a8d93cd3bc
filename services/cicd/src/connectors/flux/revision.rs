//! Revisions and versions, as Flux writes them. Pure.

/// Longest version that is shown.
const MAX_VERSION: usize = 64;

/// The part of a revision that never moves, after the section "Artifact" of the pages of the sources: a
/// commit or digest with its algorithm. The name of a branch or tag has none.
pub fn fixed_part(revision: &str) -> Option<(&'static str, String)> {
    let named = revision.rsplit_once('@').map_or(revision, |(_, part)| part);
    let (algorithm, digits) = match named.split_once(':') {
        Some(("sha1", digits)) => ("sha1", digits),
        Some(("sha256", digits)) => ("sha256", digits),
        Some(_) => return None,
        // As it was written before: branch/commit.
        None => ("sha1", revision.rsplit_once('/')?.1),
    };
    let length = if algorithm == "sha1" { 40 } else { 64 };
    let is_whole = digits.len() == length && is_hex(digits);
    is_whole.then(|| (algorithm, digits.to_ascii_lowercase()))
}

/// Whether two versions of a chart are one. What Flux adds counts where both have it.
pub fn same_version(one: &str, other: &str) -> bool {
    let both_whole = one.contains('+') && other.contains('+');
    match both_whole {
        true => one == other,
        false => without_hash(one) == without_hash(other),
    }
}

/// The version of a chart without what Flux adds of the commit or digest that it came from.
pub fn without_hash(version: &str) -> &str {
    version
        .split_once('+')
        .map_or(version, |(version, _)| version)
}

/// A commit is named with SHA-1, or in newer repositories with SHA-256.
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && is_hex(text)
}

/// Whether a text is a whole digest.
pub fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    digits.is_some_and(|it| it.len() == 64 && is_hex(it))
}

/// Whether a text may be shown as a version: it begins with a digit, perhaps after a `v`.
pub fn is_version(text: &str) -> bool {
    let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'+' | b'-');
    let number = text.strip_prefix('v').unwrap_or(text);
    number.starts_with(|it: char| it.is_ascii_digit())
        && text.len() <= MAX_VERSION
        && text.bytes().all(plain)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_hexdigit())
}
