//! Objects of JSON that are objects.

use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::{Map, Value};

/// A value that is read from an object and from nothing else: serde reads a list as the fields of a struct,
/// one after the other, and such an answer is not the provider's.
#[derive(Debug, Clone, Default)]
pub struct Object<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keys = Map::<String, Value>::deserialize(deserializer)?;
        let read = serde_json::from_value(Value::Object(keys));
        read.map(Self).map_err(D::Error::custom)
    }
}

impl<T> std::ops::Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Two {
        one: u8,
        other: u8,
    }

    #[test]
    fn a_list_is_no_object() {
        let read = |text| serde_json::from_str::<Object<Two>>(text);
        let found = read(r#"{"one": 1, "other": 2, "third": 3}"#).unwrap();
        assert_eq!((found.one, found.other), (1, 2));
        assert!(read("[1, 2]").is_err());
        assert!(serde_json::from_str::<Two>("[1, 2]").is_ok());
    }
}
