//! One field of a record.

use passport_connector_sdk::Object;
use serde::{Deserialize, de::IgnoredAny};

/// One field of a record, asked for with `sysparm_display_value=all` ("Table API"). What it is shown as
/// to a person is never read.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// As it was asked for.
    Coded(Object<Coded>),
    /// A text that may be a code or what a person is shown: the instance did not do as asked.
    Plain(String),
    /// Anything else, such as a reference without its value.
    Other(IgnoredAny),
}

/// What the database holds.
#[derive(Debug, Clone, Deserialize)]
pub struct Coded {
    /// A code, an id, a text, or a UTC time; empty where there is none.
    pub value: String,
}

impl Cell {
    /// The text in it, whatever it stands for.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Coded(it) => Some(&it.value),
            Self::Plain(text) => Some(text),
            Self::Other(_) => None,
        }
    }

    /// What the database holds, where that is sure.
    pub fn coded(&self) -> Option<&str> {
        match self {
            Self::Coded(it) => Some(&it.value),
            Self::Plain(_) | Self::Other(_) => None,
        }
    }
}

/// What the database holds in a field; `None` where the field is missing or that is not sure.
pub fn coded(cell: Option<&Cell>) -> Option<&str> {
    cell.and_then(Cell::coded)
}

/// Whether a field has this text.
pub fn is(cell: Option<&Cell>, text: &str) -> bool {
    cell.and_then(Cell::text) == Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_asked_for_is_a_code() {
        for (json, text, is_coded) in [
            (
                r#"{"display_value":"Implement","value":"-1"}"#,
                Some("-1"),
                true,
            ),
            (r#"{"value":""}"#, Some(""), true),
            (r#""Implement""#, Some("Implement"), false),
            (r#"{"display_value":"Implement"}"#, None, false),
            (r#"{"display_value":"A","link":"https://x"}"#, None, false),
            (r#"{"value":-1}"#, None, false),
            (r#"{"value":null}"#, None, false),
            (r#"{"value":"-1","value":"-2"}"#, None, false),
            (r#"["-1"]"#, None, false),
            ("-1", None, false),
            ("true", None, false),
        ] {
            let cell: Cell = serde_json::from_str(json).unwrap();
            assert_eq!(cell.text(), text, "{json}");
            assert_eq!(cell.coded().is_some(), is_coded, "{json}");
        }
    }
}
