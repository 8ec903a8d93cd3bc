//! What a person has still to fill in of a configuration that was proposed.

/// What every blank begins with. No name, address, query or threshold does.
const START: &str = "FILL IN: ";

/// A blank that says what is wanted in its place.
pub fn blank(wanted: &str) -> String {
    format!("{START}{wanted}")
}

/// What is wanted in place of a text; `None` where it is no blank.
pub fn wanted(text: &str) -> Option<&str> {
    match text == START.trim_end() {
        true => Some("a value"),
        false => text.strip_prefix(START),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_known_by_its_beginning_alone() {
        assert_eq!(wanted(&blank("the server")), Some("the server"));
        assert_eq!(wanted("FILL IN:"), Some("a value"));
        assert_eq!(wanted("please FILL IN: it"), None);
        assert_eq!(wanted("FILL INto"), None);
    }
}
