//! Names of fields, and where their values stand in a line.

use serde_json::Value;

/// Longest name of a field or value of one, in characters.
pub const MAX_CHARS: usize = 200;

/// Whether a text may name a field, or be the exact value of one: printable and no pattern. A star would
/// be taken for itself, match no line, and so count none.
pub fn is_exact(text: &str) -> bool {
    (1..=MAX_CHARS).contains(&text.chars().count())
        && !text.contains('*')
        && !text.chars().any(is_invisible)
        && text.trim() == text
}

/// Control characters, and those that part lines or turn the direction of writing.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What a line shows of a field: `a.b` stands under `a.b`, under `b` in `a`, or under both, which to the
/// server are values of one field.
pub fn all_shown<'a>(line: &'a Value, name: &str) -> Vec<&'a Value> {
    let Some(object) = line.as_object() else {
        return Vec::new();
    };
    let nested = name.match_indices('.').flat_map(|(at, _)| {
        let (outer, inner) = name.split_at(at);
        let below = object.get(outer).zip(inner.get(1..));
        below.map_or_else(Vec::new, |(below, inner)| all_shown(below, inner))
    });
    object.get(name).into_iter().chain(nested).collect()
}

/// The first of what a line shows of a field.
pub fn shown<'a>(line: &'a Value, name: &str) -> Option<&'a Value> {
    all_shown(line, name).into_iter().next()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_is_found_however_its_line_is_nested() {
        for line in [
            json!({"service.name": "a"}),
            json!({"service": {"name": "a"}}),
        ] {
            assert_eq!(shown(&line, "service.name"), Some(&json!("a")), "{line}");
        }
        assert_eq!(shown(&json!({"a": {"b.c": 1}}), "a.b.c"), Some(&json!(1)));
        assert_eq!(shown(&json!({"a.b": {"c": 1}}), "a.b.c"), Some(&json!(1)));
        let both = json!({"a.b": 1, "a": {"b": 2}});
        assert_eq!(all_shown(&both, "a.b"), [&json!(1), &json!(2)]);
        for line in [json!({"service": "a"}), json!([]), json!(null), json!({})] {
            assert_eq!(shown(&line, "service.name"), None, "{line}");
        }
    }

    #[test]
    fn a_value_is_exact_where_it_is_no_pattern_and_can_be_seen() {
        let longest = "a".repeat(MAX_CHARS);
        for good in ["error", "a b", "x\" } ] or 1", "\\", "é", &longest] {
            assert!(is_exact(good), "{good}");
        }
        let long = "a".repeat(MAX_CHARS + 1);
        for bad in [
            "",
            " ",
            " a",
            "a*",
            "a\n",
            "a\0",
            "a\u{2028}",
            "\u{202e}a",
            &long,
        ] {
            assert!(!is_exact(bad), "{bad:?}");
        }
    }
}
