//! What a person has still to fill in of a configuration that was proposed.

/// What every blank begins with. No name, address, query or threshold does.
const START: &str = "FILL IN:";

/// A blank that says what is wanted in its place.
pub fn blank(wanted: &str) -> String {
    format!("{START} {wanted}")
}

/// Whether a text still is one, or was written behind one.
pub fn is_blank(text: &str) -> bool {
    text.starts_with(START)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_known_by_its_beginning_alone() {
        for text in [
            &blank("the server"),
            "FILL IN:",
            "FILL IN:https://example.com",
        ] {
            assert!(is_blank(text), "{text}");
        }
        for text in ["please FILL IN: it", "FILL IN", ""] {
            assert!(!is_blank(text), "{text}");
        }
    }
}
