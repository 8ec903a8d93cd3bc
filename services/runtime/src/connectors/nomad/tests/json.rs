//! JSON, read by pointers.

use serde_json::Value;

/// A list, or none.
pub fn list<'a>(of: &'a Value, pointer: &str) -> &'a [Value] {
    of.pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The entries of an object, or none.
pub fn entries<'a>(of: &'a Value, pointer: &str) -> Vec<(&'a String, &'a Value)> {
    let entries = of.pointer(pointer).and_then(Value::as_object);
    entries.map_or(Vec::new(), |it| it.iter().collect())
}

/// A text, or an empty one.
pub fn text<'a>(of: &'a Value, pointer: &str) -> &'a str {
    of.pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A number, or zero.
pub fn number(of: &Value, pointer: &str) -> u64 {
    of.pointer(pointer)
        .and_then(Value::as_u64)
        .unwrap_or_default()
}

/// Whether it is true.
pub fn is_true(of: &Value, pointer: &str) -> bool {
    of.pointer(pointer) == Some(&Value::Bool(true))
}

/// Whether there is anything.
pub fn is_there(of: &Value, pointer: &str) -> bool {
    of.pointer(pointer).is_some_and(|it| !it.is_null())
}
