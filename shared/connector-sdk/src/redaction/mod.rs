//! Takes secrets and personal details out of log lines and provider texts.
//!
//! Every log connector calls this before anything else sees a line. The order is fixed: clean the
//! text, redact the whole of it, and only then cut. Providers cut lines too, so no pattern needs
//! its closing part. Where a choice is open, too much is taken out rather than too little.

mod address;
mod clean;
mod encoded;
mod entropy;
mod excerpts;
mod fingerprint;
mod hits;
mod label;
mod named;
mod number;
mod pattern_id;
mod patterns;
mod phone;
mod userinfo;
mod value;

#[cfg(test)]
mod pattern_tests;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use excerpts::excerpts;
pub use fingerprint::fingerprint;
pub use label::forbidden_label;
pub use passport_evidence::excerpts::EXCERPT_CHARS;
pub use pattern_id::PatternId;

use patterns::Patterns;

/// A bound on the rounds, so that the work stays linear; two are the rule.
const MAX_ROUNDS: usize = 4;

/// What stands for a whole text that could not be searched.
const WITHHELD: &str = "[REDACTED]";

/// A text after redaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redacted {
    /// The cleaned text, with `[REDACTED:<id>]` in place of each hit.
    pub text: String,
    /// Hits per pattern; a pattern that did not hit is absent.
    pub counts: BTreeMap<PatternId, u32>,
}

/// The one redaction function, with what it was told about the subject.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    entropy: bool,
    kept: Vec<String>,
}

// === impl Redactor ===

impl Redactor {
    /// A redactor. `entropy` adds the search for random-looking runs, which is meant for excerpts.
    pub fn new(entropy: bool) -> Self {
        Self {
            entropy,
            kept: Vec::new(),
        }
    }

    /// Keeps the subject's own revision and digests from counting as random-looking runs.
    /// A digest may be given with or without its algorithm (`sha256:…`).
    #[must_use]
    pub fn keeping(mut self, subject: &[&str]) -> Self {
        let bare = |id: &&str| id.rsplit(':').next().unwrap_or_default().to_owned();
        self.kept.extend(subject.iter().map(bare));
        self.kept.retain(|id| !id.is_empty());
        self
    }

    /// Cleans and redacts the whole text.
    pub fn redact(&self, text: &str) -> Redacted {
        self.redact_with(Patterns::get(), text)
    }

    /// Cleans and redacts the whole text, then cuts it to [`EXCERPT_CHARS`] characters.
    /// The counts are those of the whole text.
    pub fn excerpt(&self, text: &str) -> Redacted {
        let mut whole = self.redact(text);
        whole.text.truncate(excerpt_end(&whole.text));
        whole
    }

    fn redact_with(&self, patterns: Option<&Patterns>, text: &str) -> Redacted {
        // Without its patterns it can't tell what is secret: all of it is.
        let Some(patterns) = patterns else {
            return Redacted {
                text: WITHHELD.to_owned(),
                counts: BTreeMap::new(),
            };
        };
        let mut redacted = Redacted {
            text: clean::clean(patterns, text),
            counts: BTreeMap::new(),
        };
        // A replacement may leave something standing alone that was glued to a secret before.
        for _ in 0..MAX_ROUNDS {
            if !self.round(patterns, &mut redacted, 0) {
                break;
            }
        }
        redacted
    }

    /// Applies every pattern in order, and then to what is encoded; tells whether one of them hit. `depth`:
    /// within how many encodings the text was found.
    fn round(&self, patterns: &Patterns, redacted: &mut Redacted, depth: u8) -> bool {
        let mut any = false;
        for (id, find) in patterns::PASSES {
            let found = find(patterns, &redacted.text);
            any |= hits::replace(patterns, redacted, *id, &found);
        }
        any |= encoded::replace(self, patterns, redacted, depth);
        if self.entropy {
            let found = entropy::find(patterns, &redacted.text, &self.kept);
            any |= hits::replace(patterns, redacted, PatternId::Entropy, &found);
        }
        any
    }
}

/// Where an excerpt ends: at a character boundary, and never inside a `[REDACTED:<id>]`.
fn excerpt_end(text: &str) -> usize {
    let end = text
        .char_indices()
        .nth(EXCERPT_CHARS)
        .map_or(text.len(), |(at, _)| at);
    let head = text.get(..end).unwrap_or_default();
    match head.rfind(pattern_id::MARKER_START) {
        Some(start) if end < text.len() && !head.get(start..).unwrap_or_default().contains(']') => {
            start
        }
        Some(_) | None => end,
    }
}
