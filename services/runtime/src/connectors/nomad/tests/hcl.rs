//! What is understood of HCL, and that nothing else is.

use crate::connectors::nomad::acl::hcl::{Entry, Node, read};

fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}

fn entry(keys: &[&str], node: Node) -> Entry {
    let keys = keys.iter().map(|it| (*it).to_owned()).collect();
    Entry { keys, node }
}

#[test]
fn blocks_values_lists_and_comments_are_read() {
    let found = read(
        "# one\nnamespace \"shop\" { // two\n policy = \"read\"\n /* three\n */ capabilities = [\"list-jobs\", \"read-job\",]\n n = 3\n}\nnode { policy = \"a \\\"b\\\"\" }",
    );
    let capabilities = Node::List(vec![text("list-jobs"), text("read-job")]);
    let namespace = vec![
        entry(&["policy"], text("read")),
        entry(&["capabilities"], capabilities),
        entry(&["n"], Node::Plain),
    ];
    let node = vec![entry(&["policy"], text("a \"b\""))];
    let expected = vec![
        entry(&["namespace", "shop"], Node::Body(namespace)),
        entry(&["node"], Node::Body(node)),
    ];
    assert_eq!(found, Some(expected));
}

#[test]
fn json_is_read_too() {
    let found = read(r#" {"namespace": {"shop": {"policy": "read"}}}"#);
    let shop = Node::Body(vec![entry(&["policy"], text("read"))]);
    let namespace = Node::Body(vec![entry(&["shop"], shop)]);
    assert_eq!(found, Some(vec![entry(&["namespace"], namespace)]));
}

#[test]
fn what_is_not_understood_is_not_read() {
    for text in [
        "namespace \"shop\" {",
        "namespace \"shop\" }",
        "namespace \"shop",
        "namespace \"${x}\" { }",
        "policy = read",
        "policy = <<EOF\nread\nEOF",
        "a = [\"x\"",
        "a = \"b\\n\"",
        "a = -1",
        "{\"a\": 1",
        "/* a",
        "= \"a\"",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
    let deep = format!("{}{}", "a { ".repeat(40), "} ".repeat(40));
    assert_eq!(read(&deep), None);
    let deep = format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(read(&deep), None);
}
