//! What a connector finds in one file of a repository.

use passport_connector_sdk::detect::Detect;

/// The lines of a file that give the connector away.
pub fn lines(detect: Detect, path: &str, text: &str) -> Vec<usize> {
    let file = (path.to_owned(), text.to_owned());
    let found = detect(&[file].into_iter().collect());
    let reasons = found.iter().flat_map(|it| &it.why);
    reasons.map(|why| why.line).collect()
}
