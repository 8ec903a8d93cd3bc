//! Looking into answers.

use serde_json::Value;

/// The items of a list; of anything else none.
pub fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of.get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The text of a key.
pub fn text<'a>(of: &'a Value, key: &str) -> Option<&'a str> {
    of.get(key).and_then(Value::as_str)
}

/// Whether a key has this text.
pub fn is(of: &Value, key: &str, word: &str) -> bool {
    text(of, key) == Some(word)
}

/// The number of a key, if it counts something.
pub fn count(of: &Value, key: &str) -> Option<u64> {
    of.get(key).and_then(Value::as_u64)
}

/// Whether a key is not there, or null.
pub fn is_absent(of: &Value, key: &str) -> bool {
    of.get(key).is_none_or(Value::is_null)
}
