use proptest::prelude::*;

use super::{Bounds, Refused};

fn document(bytes: &[u8]) -> Result<&[u8], Refused> {
    let bounds = Bounds {
        lists: &["counted"],
        items: 100,
    };
    super::document(bytes, &bounds)
}

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

#[test]
fn items_count_together_in_the_lists_that_are_named_and_at_the_top() {
    let list = |items: usize| format!("[{}]", vec!["{}"; items].join(","));
    for (text, fits) in [
        (list(100), true),
        (list(101), false),
        (format!(r#"{{"anything":{}}}"#, list(101)), false),
        (format!(r#"{{"a":{{"counted":{}}}}}"#, list(100)), true),
        (format!(r#"{{"a":[{{"counted":{}}}]}}"#, list(100)), false),
        (format!(r#"{{"a":{{"other":{}}}}}"#, list(101)), true),
    ] {
        let wanted = match fits {
            true => Ok(text.as_bytes()),
            false => Err(Refused::TooMany),
        };
        assert_eq!(document(text.as_bytes()), wanted, "{text}");
    }
}

#[test]
fn keys_are_bounded_too() {
    let keys = (0..2_000_001).map(|key| format!(r#""{key}":0"#));
    let text = format!("{{{}}}", keys.collect::<Vec<_>>().join(","));
    assert_eq!(document(text.as_bytes()), Err(Refused::TooMany));
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_refused_or_read_and_nothing_else(
        bytes in proptest::collection::vec(any::<u8>(), 0..512)
    ) {
        let _ = document(&bytes);
    }
}
