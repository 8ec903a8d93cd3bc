//! Evidence as protobuf. Only this module knows the generated types.

mod actors;
mod descriptors;
mod enums;
mod evidence;
mod facts;
mod scope;
mod times;

pub use times::{duration, max_age, time, timestamp};

/// Longest text of a name, item, value, threshold or link that is read off the wire.
const MAX_TEXT: usize = 2_048;

/// A message that says nothing that could be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A field that must be set is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field is not of its form.
    #[error("{field} is not valid: {why}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

fn invalid(field: &'static str, why: impl ToString) -> WireError {
    WireError::Invalid {
        field,
        why: why.to_string(),
    }
}

/// What is not set is empty on the wire.
fn set(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn bounded(field: &'static str, text: String) -> Result<String, WireError> {
    if text.len() <= MAX_TEXT {
        Ok(text)
    } else {
        Err(invalid(field, "too long"))
    }
}

#[cfg(test)]
mod tests;
