use proptest::prelude::*;
use serde_json::json;

use super::*;

fn tree(text: &str) -> Tree {
    Tree::parse("a.yaml", text.as_bytes()).unwrap()
}

fn at(line: usize, column: usize) -> Position {
    Position { line, column }
}

const FILE: &str = "\
workspaces:
  acme:
    services:
      checkout.api:
        tags: [a, b]
tokens:
  - id: ci
    grants:
      - { verbs: [read] }
";

#[test]
fn a_path_leads_to_its_key() {
    let tree = tree(FILE);
    assert_eq!(tree.locate("workspaces.acme.services"), at(3, 5));
    assert_eq!(tree.locate("tokens[0].grants[0].verbs"), at(9, 11));
    assert_eq!(
        tree.locate(r#"workspaces.acme.services["checkout.api"].tags[1]"#),
        at(5, 19)
    );
}

#[test]
fn a_key_with_dots_is_found_without_brackets_too() {
    assert_eq!(
        tree(FILE).locate("workspaces.acme.services.checkout.api.tags"),
        at(5, 9)
    );
}

#[test]
fn a_path_that_is_not_there_leads_to_its_nearest_ancestor() {
    let tree = tree(FILE);
    assert_eq!(tree.locate("tokens[0].sha256"), at(7, 5));
    assert_eq!(tree.locate("tokens[7].sha256"), at(6, 1));
    assert_eq!(
        tree.locate("workspaces.acme.services.other.environments"),
        at(3, 5)
    );
    assert_eq!(tree.locate("nothing"), at(1, 1));
    assert_eq!(tree.locate(""), at(1, 1));
}

#[test]
fn scalars_are_what_the_core_schema_says() {
    let text = "[1, -2, 0x1F, 0o17, 1.5, 1e3, .5, true, False, null, ~, yes, on, 0777, 1_000, '1', \"true\", 2026-05-03, 1.2.3, '', 18446744073709551615]";
    let expected = json!([
        1,
        -2,
        31,
        15,
        1.5,
        1000.0,
        0.5,
        true,
        false,
        null,
        null,
        "yes",
        "on",
        777,
        "1_000",
        "1",
        "true",
        "2026-05-03",
        "1.2.3",
        "",
        18_446_744_073_709_551_615_u64
    ]);
    assert_eq!(tree(text).root().to_json(), expected);
}

#[test]
fn numbers_that_json_does_not_have_are_flaws() {
    for number in [
        ".nan",
        "-.inf",
        "1e999",
        "18446744073709551616",
        "0xfffffffffffffffff",
    ] {
        let tree = tree(&format!("a: {number}"));
        assert_eq!(tree.flaws().len(), 1, "{number}");
        assert_eq!(tree.flaws()[0].at, at(1, 4), "{number}");
        assert_eq!(tree.flaws()[0].problem.path, "a", "{number}");
    }
}

#[test]
fn every_duplicate_points_at_the_first() {
    let tree = tree("a: 1\nb: { c: 1, c: 2 }\na: 2\na: 3\n");
    let told = tree
        .flaws()
        .iter()
        .map(|flaw| (flaw.at.line, flaw.problem.to_string()));
    let told = told.collect::<Vec<_>>();
    assert_eq!(
        told[0],
        (
            2,
            "b.c: stands here a second time, first in line 2; keep one of the two".to_owned()
        )
    );
    assert_eq!(
        told[2],
        (
            4,
            "a: stands here a second time, first in line 1; keep one of the two".to_owned()
        )
    );
    assert_eq!(tree.root().to_json(), json!({ "a": 1, "b": { "c": 1 } }));
}

#[test]
fn columns_count_characters_and_bytes_count_bytes() {
    let tree = tree("\"gr\u{f6}\u{df}e\": 1\nb: { \u{1f600}: x, c: y }\n");
    assert_eq!(tree.locate("c"), at(1, 1));
    assert_eq!(tree.locate("b.c"), at(2, 12));
    let found = tree.find("b.c");
    assert_eq!(tree.text().get(found.bytes), Some("c"));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_read_over() {
    let tree = tree("\u{feff}a: 1\r\nb:\r\n  c: 2\r\n");
    assert_eq!(tree.root().to_json(), json!({ "a": 1, "b": { "c": 2 } }));
    assert_eq!(tree.locate("b.c"), at(3, 3));
}

proptest! {
    #[test]
    fn any_bytes_are_a_tree_or_a_flaw(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Tree::parse("a.yaml", &bytes);
    }

    #[test]
    fn anything_like_yaml_is_a_tree_or_a_flaw(text in r#"[ \n\ta0:#&*!|>\[\]{},'"?<~%-]{0,60}"#) {
        if let Err(flaw) = Tree::parse("a.yaml", text.as_bytes()) {
            prop_assert!(flaw.at.line >= 1 && flaw.at.column >= 1);
        }
    }

    #[test]
    fn what_json_says_is_read_as_json_reads_it(keys in prop::collection::btree_map("[a-z.]{1,4}", any::<Option<i32>>(), 0..6), text in any::<String>()) {
        let value = json!({ "map": keys, "text": text, "list": [true, 1.5, text] });
        prop_assert_eq!(tree(&value.to_string()).root().to_json(), value);
    }
}
