//! What keys and ids may be. Pure.

/// Longest key of a team.
const MAX_TEAM: usize = 10;
/// Most digits of an issue's number.
const MAX_NUMBER: usize = 7;
/// Longest id.
const MAX_ID: usize = 64;
/// Longest version of a release.
const MAX_VALUE: usize = 255;

/// Whether it is a team's key, such as `ENG`.
pub fn is_team(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit();
    (1..=MAX_TEAM).contains(&text.len())
        && text.starts_with(|it: char| it.is_ascii_uppercase())
        && text.chars().all(inner)
}

/// Team and number of an issue's identifier, such as `ENG-42`; `None` where it is none.
pub fn parts_of(identifier: &str) -> Option<(&str, u32)> {
    let (team, number) = identifier.split_once('-')?;
    let is_number = (1..=MAX_NUMBER).contains(&number.len())
        && !number.starts_with('0')
        && number.bytes().all(|it| it.is_ascii_digit());
    let number = number.parse().ok().filter(|_| is_number)?;
    is_team(team).then_some((team, number))
}

/// Whether it is an id of a state, a label, a person or a pipeline: a UUID, or as short a word.
pub fn is_id(text: &str) -> bool {
    let inner = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_');
    (1..=MAX_ID).contains(&text.len()) && text.bytes().all(inner)
}

/// Whether it may be the version of a release: short enough, and no control character.
pub fn is_value(text: &str) -> bool {
    (1..=MAX_VALUE).contains(&text.len()) && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_names_one_issue_of_one_team() {
        assert_eq!(parts_of("ENG-42"), Some(("ENG", 42)));
        assert_eq!(parts_of("A1-9999999"), Some(("A1", 9_999_999)));
        for bad in [
            "",
            "ENG",
            "ENG-",
            "ENG-0",
            "ENG-042",
            "eng-42",
            "1A-1",
            "ENG-42 ",
            "ENG-42/x",
            "-1",
            "ENG--1",
            "ENG-+1",
            "ENG-10000000",
            "ABCDEFGHIJK-1",
            "0b1c6a1e-3f0e-4b7e-9b7a-5a9f2d1c0042",
            "ENG-٤",
        ] {
            assert_eq!(parts_of(bad), None, "{bad}");
        }
        assert!(!is_team("*") && !is_team("") && !is_team("E_G"));
    }

    #[test]
    fn ids_are_words_and_versions_hold_no_control_character() {
        assert!(is_id("0b1c6a1e-3f0e-4b7e-9b7a-5a9f2d1c0042") && is_id("st-done"));
        let long = "a".repeat(MAX_ID + 1);
        for bad in ["", "Ready to go", "a/b", "a\"", "*", "é", &long] {
            assert!(!is_id(bad), "{bad:?}");
        }
        assert!(is_value("2.14.0\" OR \\") && is_value("é"));
        for bad in ["", "a\n", "a\0", "\u{85}"] {
            assert!(!is_value(bad), "{bad:?}");
        }
    }
}
