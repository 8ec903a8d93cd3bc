//! What names may be, so that each stands for one thing in a query. Pure.

/// Longest tag and longest name of a team.
const MAX_NAME: usize = 100;
/// Words that join conditions of a query.
const JOINS: [&str; 3] = ["AND", "OR", "NOT"];

/// Whether it is one exact tag or name: it ends no quote, is no pattern and joins nothing.
pub fn is_one(text: &str) -> bool {
    let odd = |it: char| it.is_control() || matches!(it, '*' | '?' | '"' | '\'' | '\\');
    let joins = |it: &str| JOINS.iter().any(|join| it.eq_ignore_ascii_case(join));
    (1..=MAX_NAME).contains(&text.len())
        && text.trim() == text
        && !text.contains(odd)
        && !text.split_whitespace().any(joins)
}

/// Whether it is an id such as `8418d193-2dab-4490-b331-8c02cdd196b7`.
pub fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<_> = text.split('-').collect();
    let is_hex = |it: &str| it.bytes().all(|it| it.is_ascii_hexdigit());
    parts.len() == lengths.len()
        && parts
            .iter()
            .zip(lengths)
            .all(|(it, length)| it.len() == length && is_hex(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_one_thing() {
        for good in [
            "service:checkout-api",
            "Payments EU",
            "a/b_c.d",
            "ORDERS",
            "équipe",
        ] {
            assert!(is_one(good), "{good}");
        }
        for bad in [
            "", "*", "a*", "a?", "a\"", "a'", "a\\", "a\n", " a", "x OR y", "x and y", "NOT x",
        ] {
            assert!(!is_one(bad), "{bad}");
        }
        assert!(!is_one(&"a".repeat(MAX_NAME + 1)));
        assert!(is_uuid("8418d193-2dab-4490-b331-8c02cdd196b7"));
        for bad in [
            "",
            "8418d193",
            "8418d193-2dab-4490-b331-8c02cdd196b/",
            "..",
            "a-b-c-d-e",
        ] {
            assert!(!is_uuid(bad), "{bad}");
        }
    }
}
