//! Objects of an answer that are nothing else.

use std::{fmt, marker::PhantomData, ops::Deref};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

/// A JSON object. A struct alone would also take a list, whose items it reads as its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object<T>(pub T);

struct OfMap<T>(PhantomData<T>);

impl<T> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OfMap(PhantomData)).map(Self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for OfMap<T> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Row {
        count: u64,
    }

    #[test]
    fn a_list_is_no_object() {
        assert!(serde_json::from_str::<Row>("[7]").is_ok());
        for text in [
            "[7]",
            "7",
            "null",
            "\"count\"",
            "{}",
            r#"{"count":1,"count":1}"#,
        ] {
            assert!(serde_json::from_str::<Object<Row>>(text).is_err(), "{text}");
        }
        let row: Object<Row> = serde_json::from_str(r#"{"count":7,"more":1}"#).unwrap();
        assert_eq!(row.count, 7);
    }
}
