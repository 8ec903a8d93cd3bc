//! Pieces of log lines beside a fact.

/// Most excerpts of one fact.
pub const MAX_EXCERPTS: usize = 3;
/// Longest excerpt, in characters.
pub const EXCERPT_CHARS: usize = 160;

/// Redacted pieces of log lines, for a person to see what a count is made of. Never judged. What is over
/// [`MAX_EXCERPTS`] or [`EXCERPT_CHARS`] is cut off, wherever it comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Excerpts(Vec<String>);

impl Excerpts {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// As they are written down.
    pub fn into_texts(self) -> Vec<String> {
        self.0
    }
}

impl FromIterator<String> for Excerpts {
    fn from_iter<I: IntoIterator<Item = String>>(texts: I) -> Self {
        let cut = |text: String| text.chars().take(EXCERPT_CHARS).collect();
        Self(texts.into_iter().take(MAX_EXCERPTS).map(cut).collect())
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
}
