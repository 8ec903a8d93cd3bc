//! Names and digests of artifacts.

/// The name without tag and digest.
pub fn bare(name: &str) -> &str {
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    match name.rsplit_once(':') {
        // Before the last slash it is the port of a registry.
        Some((bare, tag)) if !tag.contains('/') => bare,
        Some(_) | None => name,
    }
}

/// Whether a report's name is that of the artifact, whatever its tag. A path is compared whole.
pub fn is_named(artifact: &str, name: &str) -> bool {
    name == artifact || bare(name) == artifact
}

/// The digest behind a repository digest, `name@sha256:…`; `None` where it is none.
pub fn digest(of_repository: &str) -> Option<&str> {
    let (_, digest) = of_repository.split_once('@')?;
    is_digest(digest).then_some(digest)
}

/// Whether it is an algorithm and as many lower-case hex digits as that gives.
pub fn is_digest(text: &str) -> bool {
    let digits = match text.split_once(':') {
        Some(("sha256", hex)) if hex.len() == 64 => hex,
        Some(("sha512", hex)) if hex.len() == 128 => hex,
        Some(_) | None => return false,
    };
    digits
        .bytes()
        .all(|it| it.is_ascii_digit() || matches!(it, b'a'..=b'f'))
}
