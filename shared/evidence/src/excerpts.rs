//! Pieces of log lines beside a fact.

use std::collections::BTreeMap;

/// Most excerpts of one fact.
pub const MAX_EXCERPTS: usize = 3;
/// Longest excerpt, in characters.
pub const EXCERPT_CHARS: usize = 160;
/// Most kinds of what was taken out that are told apart.
pub const MAX_KINDS: usize = 32;
/// Longest name of such a kind, in characters.
const KIND_CHARS: usize = 32;

/// Redacted pieces of log lines, for a person to see what a count is made of, and how much was taken out of
/// those lines. Never judged. What is over [`MAX_EXCERPTS`], [`EXCERPT_CHARS`] or [`MAX_KINDS`] is cut off,
/// wherever it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpts {
    texts: Vec<String>,
    redactions: BTreeMap<String, u32>,
}

impl Excerpts {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
    }

    /// As they are written down.
    pub fn into_texts(self) -> Vec<String> {
        self.texts
    }

    /// How often something of each kind was taken out of the lines that are shown, also behind the place where
    /// they were cut. A kind that is no plain name, or was never found, is left out.
    #[must_use]
    pub fn redacted(mut self, counts: impl IntoIterator<Item = (String, u32)>) -> Self {
        let counts = counts.into_iter();
        let told = counts.filter(|(kind, count)| is_kind(kind) && *count > 0);
        self.redactions = told.take(MAX_KINDS).collect();
        self
    }

    /// How often something of each kind was taken out.
    pub fn redactions(&self) -> &BTreeMap<String, u32> {
        &self.redactions
    }

    /// The same as a text, such as `email 2, ip 1`; `None`: nothing was taken out.
    pub fn redactions_text(&self) -> Option<String> {
        let each = self.redactions.iter();
        let each: Vec<_> = each
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        (!each.is_empty()).then(|| each.join(", "))
    }
}

/// Whether it is a plain name: what comes off the wire is shown to people.
fn is_kind(name: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    (1..=KIND_CHARS).contains(&name.len()) && name.bytes().all(is_plain)
}

impl FromIterator<String> for Excerpts {
    fn from_iter<I: IntoIterator<Item = String>>(texts: I) -> Self {
        let cut = |text: String| text.chars().take(EXCERPT_CHARS).collect();
        Self {
            texts: texts.into_iter().take(MAX_EXCERPTS).map(cut).collect(),
            redactions: BTreeMap::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_few_and_they_are_short() {
        let long = "é".repeat(EXCERPT_CHARS + 1);
        let all = [long.clone(), long, "a".to_owned(), "b".to_owned()];
        let kept = all.into_iter().collect::<Excerpts>().into_texts();
        let cut = "é".repeat(EXCERPT_CHARS);
        assert_eq!(kept, [cut.clone(), cut, "a".to_owned()]);
    }

    #[test]
    fn only_plain_kinds_that_were_found_are_counted_and_few_of_them() {
        let of = |counts: &[(&str, u32)]| {
            let counts = counts
                .iter()
                .map(|(kind, count)| ((*kind).to_owned(), *count));
            Excerpts::default().redacted(counts).redactions().clone()
        };
        let long = "k".repeat(KIND_CHARS);
        let kept = of(&[("email", 2), (&long, 1)]);
        assert_eq!(
            kept,
            BTreeMap::from([("email".to_owned(), 2), (long.clone(), 1)])
        );
        let longer = format!("{long}k");
        for kind in ["", "E-mail", "a b", "<b>", "jo@example.org", "é", &longer] {
            assert!(of(&[(kind, 1)]).is_empty(), "{kind}");
        }
        assert!(of(&[("email", 0)]).is_empty());
        let many = (0..=MAX_KINDS).map(|at| (format!("kind_{at}"), 1));
        assert_eq!(
            Excerpts::default().redacted(many).redactions().len(),
            MAX_KINDS
        );
    }
}
