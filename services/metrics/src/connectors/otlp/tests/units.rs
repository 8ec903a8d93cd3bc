use passport_connector_sdk::settings::QueryUnit;
use passport_evidence::{Reason, quantity};

use crate::connectors::otlp::unit::{divide, factor};

#[test]
fn a_unit_of_the_same_dimension_is_converted() {
    for (sent, declared, times) in [
        ("ms", QueryUnit::Seconds, "0.001"),
        ("s", QueryUnit::Milliseconds, "1000"),
        ("min", QueryUnit::Seconds, "60"),
        ("KiBy", QueryUnit::Bytes, "1024"),
        ("%", QueryUnit::Ratio, "0.01"),
        ("1", QueryUnit::Percent, "100"),
        ("{request}", QueryUnit::Count, "1"),
        ("{request}/s", QueryUnit::PerSecond, "1"),
        ("", QueryUnit::Seconds, "1"),
    ] {
        let times = quantity::parse_number(times).unwrap();
        assert_eq!(factor(sent, declared), Ok(times), "{sent} {declared:?}");
    }
}

#[test]
fn a_unit_of_another_dimension_is_not() {
    for (sent, declared) in [
        ("By", QueryUnit::Seconds),
        ("s", QueryUnit::Ratio),
        ("{request}", QueryUnit::Ratio),
        ("s", QueryUnit::Count),
        ("furlong", QueryUnit::Bytes),
        ("1", QueryUnit::PerSecond),
    ] {
        assert_eq!(
            factor(sent, declared),
            Err(Reason::UnexpectedShape),
            "{sent}"
        );
    }
}

#[test]
fn only_like_is_divided_by_like() {
    assert!(divide("{error}", "{request}"));
    assert!(divide("1", ""));
    assert!(divide("s", "s"));
    assert!(!divide("s", "ms"));
    assert!(!divide("By", "{request}"));
}
