//! Whether a reason is one.

use std::collections::BTreeSet;

use passport_connector_sdk::redaction::Redactor;

/// Fewest and most characters.
const LENGTH: std::ops::RangeInclusive<usize> = 20..=2_000;
/// Fewest different words, or letters of scripts that put no blanks between words.
const WORDS: usize = 3;
const LETTERS: usize = 10;

/// Words that stand where a reason should.
const EMPTY: [&str; 12] = [
    "asap", "because", "fix", "fixme", "n/a", "na", "none", "ok", "tbd", "test", "todo", "xxx",
];

/// The reason as it is kept; `None`: it says nothing. Of numbers of tickets, punctuation and words
/// like `n/a` no reason is made.
pub fn read(text: &str) -> Option<String> {
    let text = text.trim();
    if !LENGTH.contains(&text.chars().count()) {
        return None;
    }
    let words = text.split(|it: char| it.is_whitespace() || ",;.!?()[]{}\"".contains(it));
    let words: BTreeSet<_> = words
        .map(str::to_lowercase)
        .filter(|it| is_word(it))
        .collect();
    let letters = text
        .chars()
        .filter(|it| it.is_alphabetic() && !it.is_ascii());
    let says_something = words.len() >= WORDS || letters.count() >= LETTERS;
    says_something.then(|| Redactor::new(true).redact(text).text)
}

fn is_word(word: &str) -> bool {
    let letters = word.chars().filter(|it| it.is_alphabetic()).count();
    letters >= 2 && !EMPTY.contains(&word) && !is_ticket(word) && !word.contains("://")
}

/// A key such as `pay-142` or `#17`.
fn is_ticket(word: &str) -> bool {
    let word = word.trim_start_matches('#');
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    let number = word.rsplit_once('-').map_or("", |(_, number)| number);
    let tail = word.trim_start_matches(|it: char| it.is_ascii_alphabetic());
    digits(number) || digits(tail)
}
