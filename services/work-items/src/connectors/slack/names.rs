//! What ids and codes may be. Pure.

use passport_connector_sdk::redaction::Redactor;

/// Shortest and longest id.
const ID: std::ops::RangeInclusive<usize> = 3..=32;
/// Longest code of an error.
const MAX_CODE: usize = 64;
/// Stands for a code that can't be shown.
const OTHER: &str = "refused";
/// Most digits of whole seconds, and the digits behind them.
const SECONDS: std::ops::RangeInclusive<usize> = 1..=11;
const FRACTION: usize = 6;

/// Whether it is the id of a workspace.
pub fn is_team(text: &str) -> bool {
    is_id(text, &['T'])
}

/// Whether it is the id of a channel, public or private. One of a person's messages (`D`) is none.
pub fn is_channel(text: &str) -> bool {
    is_id(text, &['C', 'G'])
}

/// Whether it is the id of a person.
pub fn is_person(text: &str) -> bool {
    is_id(text, &['U', 'W'])
}

fn is_id(text: &str, starts: &[char]) -> bool {
    let is_inner = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit();
    ID.contains(&text.len()) && text.starts_with(starts) && text.bytes().all(is_inner)
}

/// Whether it is a code of Slack, such as `channel_not_found`, and may be shown.
pub fn is_code(text: &str) -> bool {
    let is_inner = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_';
    (1..=MAX_CODE).contains(&text.len())
        && text.starts_with(|it: char| it.is_ascii_lowercase())
        && text.bytes().all(is_inner)
        && Redactor::new(true).redact(text).counts.is_empty()
}

/// A code as it may be shown; in place of one that may not, a word of ours.
pub fn shown_code(text: &str) -> &str {
    if is_code(text) { text } else { OTHER }
}

/// The whole seconds of a stamp such as `1777800602.000200`; `None` where it is none.
pub fn seconds(stamp: &str) -> Option<i64> {
    let (seconds, fraction) = stamp.split_once('.')?;
    let is_number = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let is_stamp = SECONDS.contains(&seconds.len())
        && fraction.len() == FRACTION
        && is_number(seconds)
        && is_number(fraction);
    is_stamp.then(|| seconds.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_no_names() {
        assert!(is_team("T0ACME") && is_channel("C0REL") && is_channel("G0PRIV"));
        assert!(is_person("U0APPR") && is_person("W012A3CDE"));
        for bad in [
            "",
            "*",
            "#releases",
            "releases",
            "T",
            "D0DIRECT",
            "c0rel",
            "C0REL ",
            "C0\u{c9}",
        ] {
            assert!(
                !is_channel(bad) && !is_team(bad) && !is_person(bad),
                "{bad:?}"
            );
        }
        assert!(!is_channel("T0ACME") && !is_team("C0REL") && !is_person("B0BOT"));
    }

    #[test]
    fn codes_are_words_and_nothing_else() {
        assert!(is_code("channel_not_found") && is_code("no_text"));
        assert_eq!(shown_code("channel_not_found"), "channel_not_found");
        for bad in ["", "Not found", "<html>", "xoxb-1-2", "_x", &"a".repeat(65)] {
            assert!(!is_code(bad), "{bad}");
            assert_eq!(shown_code(bad), "refused");
        }
    }

    #[test]
    fn stamps_have_six_digits_behind_the_point() {
        assert_eq!(seconds("1777800602.000200"), Some(1_777_800_602));
        for bad in [
            "",
            "1",
            "1.0",
            "1777800602",
            "-1.000000",
            "1.0000000",
            "a.000000",
            ".000000",
        ] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
