//! JSON objects that are read as objects only.

use std::{fmt, marker::PhantomData, ops::Deref};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

/// A JSON object. serde reads a list as a struct too, by the position of its items: here a list is of
/// another shape, as everything but an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object<T>(pub T);

impl<T> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Run {
        name: String,
        steps: Option<Vec<Object<Step>>>,
    }

    #[derive(Debug, Deserialize)]
    struct Step {
        is_done: bool,
    }

    #[test]
    fn an_object_is_read_and_a_list_in_its_place_is_not() {
        let run = json!({"name": "a", "steps": [{"is_done": true}], "more": 1});
        let run: Object<Run> = serde_json::from_value(run).unwrap();
        assert_eq!(run.name, "a");
        let steps = run.steps.as_deref().unwrap();
        assert!(steps.iter().all(|it| it.is_done));
        for other in [
            json!(["a", null]),
            json!({"name": "a", "steps": [[true]]}),
            json!("a"),
            json!(null),
        ] {
            let read: Result<Object<Run>, _> = serde_json::from_value(other.clone());
            assert!(read.is_err(), "{other}");
        }
    }
}
