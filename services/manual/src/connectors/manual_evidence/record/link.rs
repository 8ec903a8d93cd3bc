//! Where what a statement rests on can be seen.

use passport_connector_sdk::redaction::Redactor;
use url::Url;

const LONGEST: usize = 500;

/// A plain https address; `None` for one that could hold a secret.
pub fn read(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let plain = url.scheme() == "https"
        && url.host_str().is_some_and(|it| it.contains('.'))
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && text.len() <= LONGEST
        && !text.contains(|it: char| it.is_control() || it.is_whitespace());
    let tells_nothing = Redactor::new(false).redact(text).counts.is_empty();
    (plain && tells_nothing).then(|| url.to_string())
}
