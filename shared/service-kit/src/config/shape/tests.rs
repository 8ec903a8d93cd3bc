use serde_json::json;

use super::*;

fn said(schema: Value, value: Value) -> Vec<String> {
    let mut said = problems(&schema, &value)
        .iter()
        .map(Problem::to_string)
        .collect::<Vec<_>>();
    said.sort();
    said
}

#[test]
fn of_a_choice_the_branch_that_was_meant_is_told() {
    let schema = json!({ "properties": { "credential": { "anyOf": [
        { "type": "object", "required": ["env"], "additionalProperties": false, "properties": { "env": { "type": "string" } } },
        { "type": "null" },
    ] } } });
    assert_eq!(
        said(schema, json!({ "credential": { "evn": "A" } })),
        [
            "credential.env: is missing; add `env`",
            "credential.evn: is not a key that can stand here; did you mean `env`?"
        ]
    );
}

#[test]
fn of_a_choice_that_nothing_fits_all_types_are_told() {
    let schema = json!({ "items": { "oneOf": [{ "type": "string" }, { "type": "array" }, { "type": "null" }] } });
    assert_eq!(
        said(schema, json!([true])),
        ["[0]: is true or false where a list or text is wanted; put it in quotes"]
    );
}

#[test]
fn words_with_descriptions_of_their_own_are_one_list() {
    let schema = json!({ "oneOf": [{ "const": "shadow", "description": "a" }, { "type": "string", "enum": ["enforce"] }] });
    assert_eq!(
        said(schema.clone(), json!("sha")),
        [": is not a word that can stand here; use one of `shadow`, `enforce`"]
    );
    assert_eq!(
        said(schema, json!(1)),
        [": is a number where text is wanted; put it in quotes"]
    );
}

#[test]
fn limits_are_told() {
    let schema = json!({ "properties": {
        "a": { "type": "integer", "minimum": 1, "maximum": 5 },
        "b": { "type": "array", "maxItems": 2, "description": "Hosts. At most two." },
        "c": { "type": "string", "minLength": 1 },
    } });
    assert_eq!(
        said(schema, json!({ "a": 9, "b": [1, 2, 3], "c": "" })),
        [
            "a: is above 5; see the schema of these settings",
            "b: has more than 2 items; wanted: hosts",
            "c: is empty; see the schema of these settings",
        ]
    );
}

#[test]
fn a_key_that_is_a_number_is_no_index() {
    let schema = json!({ "additionalProperties": { "items": { "type": "string" } } });
    assert_eq!(
        said(schema, json!({ "0": [1] })),
        ["0[0]: is a number where text is wanted; put it in quotes"]
    );
}

#[test]
fn keys_are_looked_up_through_references() {
    let schema = json!({
        "properties": { "a/b": { "$ref": "#/$defs/Inner" } },
        "$defs": { "Inner": { "additionalProperties": false, "required": ["scope"],
            "properties": { "scope": { "$ref": "#/$defs/Scope" } } },
            "Scope": { "description": "The narrow target.\n\nMore of it." } },
    });
    assert_eq!(
        said(schema, json!({ "a/b": { "scpoe": 1 } })),
        [
            "a/b.scope: is missing; add `scope`: the narrow target",
            "a/b.scpoe: is not a key that can stand here; did you mean `scope`?"
        ]
    );
}

#[test]
fn a_broken_schema_is_told_instead_of_passing() {
    assert_eq!(problems(&json!({ "type": 7 }), &json!(1)).len(), 1);
}

#[test]
fn an_origin_has_nothing_but_scheme_host_and_port() {
    assert!(is_origin("http://otel.example.com:4317"));
    assert!(is_origin("https://otel.example.com/"));
    for other in [
        "otel.example.com:4317",
        "http://a@otel.example.com",
        "http://otel.example.com/v1",
        "grpc://a",
        "http://a/?b",
        "",
    ] {
        assert!(!is_origin(other), "{other}");
    }
}
