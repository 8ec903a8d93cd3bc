//! Links to further pages, taken from a reply.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

use super::path::climbs;

/// Where a further page is, below an endpoint's context path. Never shown: cursors may be secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// Encoded, and empty or beginning with a slash.
    path: String,
    query: Option<String>,
}

// === impl Link ===

impl Link {
    pub(super) fn within(base: &Url, text: &str) -> Option<Self> {
        if text.contains(|c: char| c.is_control() || c.is_whitespace()) {
            return None;
        }
        let url = base.join(text).ok()?;
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || url.origin() != base.origin() {
            return None;
        }
        let path = url.path().strip_prefix(base.path().trim_end_matches('/'))?;
        let inside = path.is_empty() || path.starts_with('/');
        let steady = !path
            .split('/')
            .any(|part| climbs(&percent_decode_str(part).decode_utf8_lossy()));
        (inside && steady).then(|| Self {
            path: path.to_owned(),
            query: url.query().map(str::to_owned),
        })
    }

    /// All that it is made of.
    pub(crate) fn parts(&self) -> [&[u8]; 2] {
        [
            self.path.as_bytes(),
            self.query.as_deref().unwrap_or_default().as_bytes(),
        ]
    }

    /// The URL of the link below `base`.
    pub(crate) fn below(&self, base: &Url) -> Url {
        let mut url = base.clone();
        url.set_path(&format!(
            "{}{}",
            base.path().trim_end_matches('/'),
            self.path
        ));
        url.set_query(self.query.as_deref());
        url
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}
