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

/// The digest behind a repository digest, `name@sha256:…`, and its repository; `None` where it is
/// none.
pub fn digest(of_repository: &str) -> Option<(&str, &str)> {
    let (repository, digest) = of_repository.split_once('@')?;
    is_digest(digest).then_some((repository, digest))
}

/// Whether two names are of the same repository: those of Docker Hub have a short form.
pub fn is_same_repository(one: &str, other: &str) -> bool {
    one == other || on_the_hub(one).is_some_and(|it| on_the_hub(other) == Some(it))
}

/// The name of a repository of Docker Hub without what its short form leaves out.
fn on_the_hub(name: &str) -> Option<&str> {
    let path = match name.split_once('/') {
        Some(("docker.io" | "index.docker.io", path)) => path,
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => return None,
        Some(_) | None => name,
    };
    Some(path.strip_prefix("library/").unwrap_or(path))
}

/// Whether it is an algorithm and as many lower-case hex digits as that gives.
fn is_digest(text: &str) -> bool {
    let digits = match text.split_once(':') {
        Some(("sha256", hex)) if hex.len() == 64 => hex,
        Some(("sha512", hex)) if hex.len() == 128 => hex,
        Some(_) | None => return false,
    };
    digits
        .bytes()
        .all(|it| it.is_ascii_digit() || matches!(it, b'a'..=b'f'))
}

/// A digest however a subject writes it: in either case, behind the name of an image, or as the
/// bare hex digits. `None`: it is none.
pub fn any_digest(text: &str) -> Option<String> {
    let text = text.trim();
    let digest = text.rsplit_once('@').map_or(text, |(_, digest)| digest);
    let digest = digest.to_ascii_lowercase();
    let digest = match digest.len() {
        64 => format!("sha256:{digest}"),
        128 => format!("sha512:{digest}"),
        _ => digest,
    };
    is_digest(&digest).then_some(digest)
}
