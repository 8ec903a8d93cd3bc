//! Pointers lead where another reader of them says.

use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};

use super::Pointer;

fn found(pointer: &str, document: &str) -> Option<Value> {
    let document: &RawValue = serde_json::from_str(document).unwrap();
    let found = Pointer::parse(pointer)?.find(document)?;
    Some(serde_json::from_str(found.get()).unwrap())
}

fn trees() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<i32>().prop_map(Value::from),
        "[a-c/~0-9]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-c/~0-2]{0,2}", inner, 0..4)
                .prop_map(|keys| Value::Object(keys.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn they_lead_where_another_reader_says(tree in trees(), pointer in "(/([a-c]|~0|~1|0|1|2){0,2}){0,4}") {
        let text = serde_json::to_string_pretty(&tree).unwrap();
        let found = found(&pointer, &text);
        prop_assert_eq!(found.as_ref(), tree.pointer(&pointer), "{} {}", pointer, text);
    }
}

#[test]
fn what_is_no_pointer_leads_nowhere() {
    for bad in ["a", "#/a", "/~", "/~2", "/a~", " /a"] {
        assert_eq!(Pointer::parse(bad), None, "{bad}");
    }
    assert_eq!(Pointer::parse(&"/a".repeat(33)), None);
    for odd in ["/01", "/-", "/+1", "/ 1", "/1e0"] {
        assert_eq!(found(odd, "[1,2,3]"), None, "{odd}");
    }
    assert_eq!(found("", "[1]"), Some(json!([1])));
}
