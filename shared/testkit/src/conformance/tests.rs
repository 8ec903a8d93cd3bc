use serde_json::{Value, json};

use super::mutation::{mutants, plantings};

fn shown(json: &Value) -> Vec<String> {
    let mutants = mutants(json).into_iter();
    mutants
        .map(|(change, mutant)| format!("{change}: {mutant}"))
        .collect()
}

#[test]
fn every_part_at_every_depth_is_deleted_and_nulled_once() {
    assert_eq!(
        shown(&json!({"a": {"b": 1}, "c/~": 2})),
        [
            r#"/a deleted: {"c/~":2}"#,
            r#"/a null: {"a":null,"c/~":2}"#,
            r#"/a/b deleted: {"a":{},"c/~":2}"#,
            r#"/a/b null: {"a":{"b":null},"c/~":2}"#,
            r#"/c~1~0 deleted: {"a":{"b":1}}"#,
            r#"/c~1~0 null: {"a":{"b":1},"c/~":null}"#,
        ]
    );
}

#[test]
fn every_item_of_a_list_is_doubled_too() {
    assert_eq!(
        shown(&json!([1, 2])),
        [
            "/0 deleted: [2]",
            "/0 null: [null,2]",
            "/0 doubled: [1,1,2]",
            "/1 deleted: [1]",
            "/1 null: [1,null]",
            "/1 doubled: [1,2,2]",
        ]
    );
}

#[test]
fn a_secret_is_planted_in_each_text_once() {
    let planted = plantings(&json!({"a": ["x", 1], "b": "y"}), "s");
    assert_eq!(
        planted,
        [
            ("/a/0".to_owned(), json!({"a": ["x s", 1], "b": "y"})),
            ("/b".to_owned(), json!({"a": ["x", 1], "b": "y s"})),
        ]
    );
}
