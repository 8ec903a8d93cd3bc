use proptest::prelude::*;

use super::*;

#[test]
fn keys_and_indexes_read_as_they_are_written() {
    let path = "tokens[2].grants[0].verbs";
    let segments = parse(path);
    assert_eq!(segments.len(), 5);
    assert_eq!(segments[1], Segment::Index(2));
    assert_eq!(segments[4], Segment::Key("verbs".to_owned()));
    assert_eq!(join(&segments), path);
}

#[test]
fn a_key_that_would_be_misread_stands_in_brackets() {
    assert_eq!(
        key("services", "checkout.api"),
        r#"services["checkout.api"]"#
    );
    assert_eq!(key("", "a b"), r#"["a b"]"#);
    assert_eq!(
        parse(r#"services["checkout.api"].sources"#)[1],
        Segment::Key("checkout.api".to_owned())
    );
}

#[test]
fn what_follows_no_rule_is_one_last_key() {
    assert_eq!(
        parse("a[x"),
        [Segment::Key("a".to_owned()), Segment::Key("[x".to_owned())]
    );
}

fn segment() -> impl Strategy<Value = Segment> {
    prop_oneof![
        any::<usize>().prop_map(Segment::Index),
        any::<String>().prop_map(Segment::Key)
    ]
}

proptest! {
    #[test]
    fn any_path_is_read_back_as_it_was(segments in prop::collection::vec(segment(), 0..6)) {
        prop_assert_eq!(parse(&join(&segments)), segments);
    }

    #[test]
    fn any_text_is_some_path(text in any::<String>()) {
        parse(&text);
    }
}
