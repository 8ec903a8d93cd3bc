//! What somebody may have meant.

/// How alike two words must be (0 to 1) to be worth asking about.
const ALIKE: f64 = 0.6;

/// The word of `known` that is most like `written`, if any is near.
pub fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|word| (strsim::normalized_damerau_levenshtein(written, word), word))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| word)
}

/// Words as a list for a sentence: `a`, `b`.
pub(crate) fn quoted<'k>(words: impl IntoIterator<Item = &'k str>) -> String {
    words
        .into_iter()
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// How to mend a word that is none of `known`.
pub(crate) fn mend<'k>(
    written: &str,
    known: impl IntoIterator<Item = &'k str> + Clone,
    empty: &str,
) -> String {
    let all = quoted(known.clone());
    match nearest(written, known) {
        Some(word) => format!("did you mean `{word}`?"),
        None if all.is_empty() => empty.to_owned(),
        None => format!("use one of {all}"),
    }
}
