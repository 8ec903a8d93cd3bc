//! Objects that are objects.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

/// A part of an answer that must be a JSON object. A struct alone would also be read from a list, by
/// position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object<T>(pub T);

struct Of<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Of(PhantomData)).map(Self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Of<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Pair {
        a: u8,
        b: Option<Object<Inner>>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        c: String,
    }

    #[test]
    fn a_list_is_no_object() {
        let read = |text: &str| serde_json::from_str::<Object<Pair>>(text).map(|it| it.0);
        let inner = Some(Object(Inner { c: "x".to_owned() }));
        let whole = Pair { a: 1, b: inner };
        assert_eq!(
            read(r#"{"a": 1, "b": {"c": "x"}, "d": []}"#).unwrap(),
            whole
        );
        assert_eq!(
            read(r#"{"a": 1, "b": null}"#).unwrap(),
            Pair { a: 1, b: None }
        );
        for other in [
            r#"[1, null]"#,
            r#"{"a": 1, "b": ["x"]}"#,
            "null",
            "1",
            r#"{"b": null}"#,
        ] {
            assert!(read(other).is_err(), "{other}");
        }
    }
}
