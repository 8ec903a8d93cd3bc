use proptest::prelude::*;

use super::document;

#[test]
fn one_document_with_every_key_once_is_read() {
    for text in [
        "null",
        r#"{"a":[1,-2,3.5,true,"x"],"b":{"a":null}}"#,
        " [ ] ",
    ] {
        assert_eq!(document(text.as_bytes()), Ok(text.as_bytes()), "{text}");
    }
}

#[test]
fn a_byte_order_mark_is_dropped_once() {
    assert_eq!(document(b"\xEF\xBB\xBF{}"), Ok(&b"{}"[..]));
    assert!(document(b"\xEF\xBB\xBF\xEF\xBB\xBF{}").is_err());
}

#[test]
fn a_key_that_stands_twice_is_refused_at_every_depth_and_however_it_is_written() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"[{"x":{"b":null,"c":1,"b":null}}]"#,
    ] {
        assert!(document(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn what_is_not_one_whole_document_is_refused() {
    for text in ["", "{", "{}{}", "nul", "[1,]", "{\"a\":\"\\ud800\"}"] {
        assert!(document(text.as_bytes()).is_err(), "{text}");
    }
    assert!(document(b"\"\xFF\"").is_err());
}

#[test]
fn sixty_four_levels_are_read_and_no_more() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(document(nested(64).as_bytes()).is_ok());
    assert!(document(nested(65).as_bytes()).is_err());
    assert!(document("[".repeat(1_000_000).as_bytes()).is_err());
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_or_read_and_nothing_else(
        bytes in proptest::collection::vec(any::<u8>(), 0..512)
    ) {
        let _ = document(&bytes);
    }
}
