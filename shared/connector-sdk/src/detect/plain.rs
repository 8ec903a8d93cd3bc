//! Names out of files that may be shown.

use crate::redaction::Redactor;

/// Longest name.
const MAX_NAME: usize = 100;

/// The text, if it is a plain name: letters, digits and a little between them, without an
/// expression, and with nothing that looks like a secret or personal. Any other text of a file is
/// never shown and never proposed.
pub fn plain(text: &str) -> Option<&str> {
    let inner = |it: char| it.is_alphanumeric() || matches!(it, '.' | '_' | '-' | '/' | ' ' | '+');
    let is_name = (1..=MAX_NAME).contains(&text.len())
        && text.chars().all(inner)
        && text.starts_with(char::is_alphanumeric)
        && text.trim() == text
        && !text.split('/').any(|part| matches!(part, "" | "." | ".."));
    let redacted = || Redactor::new(true).redact(text);
    (is_name && redacted().counts.is_empty()).then_some(text)
}
