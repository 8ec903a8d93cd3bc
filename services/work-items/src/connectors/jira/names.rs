//! What keys and ids may be. Pure.

/// Longest key of a project.
const MAX_PROJECT: usize = 64;
/// Most digits of a ticket's number.
const MAX_NUMBER: usize = 10;
/// Most digits of an id.
const MAX_ID: usize = 18;
/// Longest text that is searched for.
const MAX_VALUE: usize = 255;

/// Whether it is a project's key, such as `PAY`.
pub fn is_project(text: &str) -> bool {
    let inner = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_';
    (2..=MAX_PROJECT).contains(&text.len())
        && text.starts_with(|it: char| it.is_ascii_uppercase())
        && text.chars().all(inner)
}

/// The project of a ticket's key, such as `PAY-142`; `None` where it is no such key.
pub fn project_of(key: &str) -> Option<&str> {
    let (project, number) = key.rsplit_once('-')?;
    let is_number = (1..=MAX_NUMBER).contains(&number.len())
        && !number.starts_with('0')
        && number.bytes().all(|it| it.is_ascii_digit());
    (is_number && is_project(project)).then_some(project)
}

/// Whether it is an id of a status, a resolution, a type or an option, such as `10010`.
pub fn is_id(text: &str) -> bool {
    (1..=MAX_ID).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
}

/// Whether it is the id of a custom field, such as `customfield_10050`.
pub fn is_field(text: &str) -> bool {
    text.strip_prefix("customfield_").is_some_and(is_id)
}

/// Whether it may stand in quotes in a query: short enough, and no control character.
pub fn is_value(text: &str) -> bool {
    (1..=MAX_VALUE).contains(&text.len()) && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_one_ticket_of_one_project() {
        assert_eq!(project_of("PAY-142"), Some("PAY"));
        assert_eq!(project_of("IN-1"), Some("IN"));
        assert_eq!(project_of("A_2-1"), Some("A_2"));
        for bad in [
            "",
            "PAY",
            "PAY-",
            "PAY-0",
            "PAY-01",
            "pay-1",
            "P-1",
            "1A-1",
            "PAY-1/x",
            "PAY-1 ",
            "-1",
            "PAY--1",
            "PAY-12345678901",
            "../PAY-1",
            "PAY-١",
        ] {
            assert_eq!(project_of(bad), None, "{bad}");
        }
        assert!(!is_project("*") && !is_project("PAY\"") && !is_project(&"A".repeat(65)));
    }

    #[test]
    fn ids_are_digits_and_values_hold_no_control_character() {
        assert!(is_id("3") && is_id("10010") && is_field("customfield_10050"));
        for bad in ["", "Approved", "1 ", "-1", "1,2", "1234567890123456789"] {
            assert!(!is_id(bad), "{bad}");
        }
        assert!(!is_field("10050") && !is_field("customfield_") && !is_field("summary"));
        assert!(is_value("2.14.0\" OR \\") && is_value("é"));
        let long = "a".repeat(MAX_VALUE + 1);
        for bad in ["", "a\n", "a\0", "\u{85}", &long] {
            assert!(!is_value(bad), "{bad:?}");
        }
    }
}
