use proptest::prelude::*;

use super::*;
use crate::quantity::{from_f64, parse_number};

fn exact(text: &str) -> Value {
    Value::Exact(Quantity::parse(text).unwrap())
}

fn judge(threshold: &str, value: &Value) -> Verdict {
    threshold.parse::<Threshold>().unwrap().judge(value)
}

#[test]
fn the_grammar_is_read_and_written_back() {
    for text in [
        "< 1%",
        "<= 500ms",
        "<= 7d",
        ">= 99.9%",
        "> 0%",
        "= 3",
        "!= x",
        "in a, b",
        "not in a, b",
        "= success",
        "= No Conflict",
        "= 2.14.0",
        "in 10010",
    ] {
        assert_eq!(text.parse::<Threshold>().unwrap().to_string(), text);
    }
    assert_eq!("<1%".parse::<Threshold>().unwrap().to_string(), "< 1%");
}

#[test]
fn what_is_not_in_the_grammar_is_refused() {
    for text in [
        "",
        "below 1%",
        "1%",
        "< ",
        "< fast",
        "in ",
        "in , ,",
        "=",
        "== 3",
        "< 1 parsec",
    ] {
        assert_eq!(
            text.parse::<Threshold>(),
            Err(ThresholdError::Grammar),
            "{text}"
        );
    }
}

#[test]
fn equal_is_not_less_on_exact_numbers() {
    let share = Value::Exact(Quantity::new(parse_number("0.01").unwrap(), Unit::Ratio));
    assert_eq!(judge("< 1%", &share), Verdict::Missed);
    assert_eq!(judge("<= 1%", &share), Verdict::Met);
    let third = Value::Exact(Quantity::new(parse_number("0.003").unwrap(), Unit::Ratio));
    assert_eq!(judge("= 0.3%", &third), Verdict::Met);
}

#[test]
fn another_dimension_is_refused_when_loading_and_incomparable_later() {
    let threshold: Threshold = "< 500ms".parse().unwrap();
    assert!(threshold.clone().in_unit(Unit::Seconds).is_ok());
    assert!(threshold.clone().in_unit(Unit::Ratio).is_err());
    assert_eq!(threshold.judge(&exact("1%")), Verdict::Incomparable);
    assert!(
        "in a, b"
            .parse::<Threshold>()
            .unwrap()
            .in_unit(Unit::Count)
            .is_err()
    );
    assert!("< 3".parse::<Threshold>().unwrap().of_words().is_err());
}

#[test]
fn a_bare_number_takes_the_unit_of_its_fact() {
    let threshold = "< 0.01"
        .parse::<Threshold>()
        .unwrap()
        .in_unit(Unit::Ratio)
        .unwrap();
    assert_eq!(threshold.to_string(), "< 1%");
    assert_eq!(threshold.judge(&exact("0.9%")), Verdict::Met);
    assert_eq!(threshold.judge(&exact("1%")), Verdict::Missed);
}

#[test]
fn a_lower_bound_proves_a_breach_and_never_a_pass_of_less() {
    let bound = |text| Value::AtLeast(Quantity::parse(text).unwrap());
    assert_eq!(judge("< 500ms", &bound("10s")), Verdict::Missed);
    assert_eq!(judge("< 500ms", &bound("100ms")), Verdict::Undecided);
    assert_eq!(judge("<= 10", &bound("10")), Verdict::Undecided);
    assert_eq!(judge("= 0", &bound("2")), Verdict::Missed);
    assert_eq!(judge(">= 3", &bound("3")), Verdict::Met);
    assert_eq!(judge("> 3", &bound("3")), Verdict::Undecided);
}

#[test]
fn a_list_meets_in_when_any_element_is_listed_and_not_in_when_none_is() {
    let list = Value::from("os-pkgs,lang-pkgs");
    assert_eq!(judge("in lang-pkgs", &list), Verdict::Met);
    assert_eq!(judge("not in lang-pkgs", &list), Verdict::Missed);
    assert_eq!(judge("not in rust, go", &list), Verdict::Met);
    assert_eq!(judge("in 10010, 10033", &exact("10010")), Verdict::Met);
}

#[test]
fn a_number_is_listed_however_it_is_written() {
    let ratio = Value::Exact(Quantity::new(parse_number("0.03").unwrap(), Unit::Ratio));
    for (listed, value) in [
        ("3.0", exact("3")),
        ("1, 03", exact("3")),
        ("1000ms", exact("1s")),
        ("5s, 0.5m", exact("30s")),
        ("3%", ratio.clone()),
        ("0.030", ratio),
    ] {
        assert_eq!(judge(&format!("in {listed}"), &value), Verdict::Met);
        assert_eq!(judge(&format!("not in {listed}"), &value), Verdict::Missed);
    }
    assert_eq!(judge("= 3.0", &exact("3")), Verdict::Met);
    assert_eq!(judge("!= 3.0", &exact("3")), Verdict::Missed);
    assert_eq!(judge("not in 3.01, open", &exact("3")), Verdict::Met);
}

#[test]
fn a_number_beside_one_of_another_dimension_proves_nothing() {
    assert_eq!(judge("not in 3ms", &exact("3")), Verdict::Incomparable);
    assert_eq!(judge("in 3ms", &exact("3")), Verdict::Incomparable);
    assert_eq!(judge("in 3ms, 3", &exact("3")), Verdict::Met);
    assert_eq!(judge("not in 3ms, 3", &exact("3")), Verdict::Missed);
}

#[test]
fn a_word_that_may_be_the_number_that_was_meant_proves_nothing() {
    for sign in ["=", "!=", "in", "not in"] {
        let version = Value::from("2.1");
        assert_eq!(
            judge(&format!("{sign} 2.10"), &version),
            Verdict::Incomparable
        );
    }
    let list = Value::from("open, 2.1");
    assert_eq!(judge("not in 2.10, closed", &list), Verdict::Incomparable);
    assert_eq!(judge("not in 2.10, open", &list), Verdict::Missed);
    assert_eq!(judge("!= 2.10", &Value::from("2.2")), Verdict::Met);
    assert_eq!(judge("= 2.14.0", &Value::from("2.14.0")), Verdict::Met);
}

/// A number that is written in several ways: with zeros at its end, or in another unit.
fn writings(number: i64, zeros: usize, unit: Unit) -> Vec<String> {
    let zeros = "0".repeat(zeros);
    let mut written = vec![format!("{number}.0{zeros}")];
    if unit == Unit::Seconds {
        written.extend([format!("{number}.{zeros}s"), format!("{number}000ms")]);
    }
    if unit == Unit::Percent {
        written.push(format!("{number}.{zeros}%"));
    }
    written
}

proptest! {
    #[test]
    fn however_a_number_is_written_a_list_and_an_equality_say_the_same(
        found in -20i64..20, wanted in -20i64..20, zeros in 1usize..4,
        unit in prop::sample::select(vec![Unit::Count, Unit::Seconds, Unit::Percent]),
        others in prop::collection::vec("[a-z]{1,5}", 0..3), first in prop::bool::ANY,
    ) {
        let value = Value::Exact(Quantity::new(found.into(), unit));
        for written in writings(wanted, zeros, unit) {
            let mut list = others.clone();
            list.insert(if first { 0 } else { others.len() }, written.clone());
            let list = list.join(", ");
            let (equal, other) = match found == wanted {
                true => (Verdict::Met, Verdict::Missed),
                false => (Verdict::Missed, Verdict::Met),
            };
            for (sign, operand, verdict) in [
                ("=", &written, equal), ("!=", &written, other),
                ("in", &list, equal), ("not in", &list, other),
            ] {
                prop_assert_eq!(judge(&format!("{sign} {operand}"), &value), verdict, "{} {}", sign, operand);
            }
            // As a word it may be a number: then it is never met by being written otherwise.
            let text = Value::Text(value.display(None));
            for sign in ["!=", "not in"] {
                let met = judge(&format!("{sign} {written}"), &text) == Verdict::Met;
                let same = Quantity::parse(&value.display(None)).unwrap()
                    == Quantity::parse(&written).unwrap();
                prop_assert_eq!(met, !same, "{} {} {:?}", sign, written, text);
            }
        }
    }

    #[test]
    fn display_never_rounds_across_the_threshold(
        found in 0f64..2.0, limit in 0u32..200, sign in prop::sample::select(vec!["<", "<=", ">", ">=", "=", "!="]),
    ) {
        let threshold: Threshold = format!("{sign} {limit}%").parse().unwrap();
        let value = Value::Exact(Quantity::new(from_f64(found).unwrap(), Unit::Ratio));
        let text = value.display(Some(&threshold));
        prop_assert_eq!(threshold.judge(&Value::parse(&text)), threshold.judge(&value), "{}", text);
    }

    #[test]
    fn close_to_the_threshold_more_digits_are_shown(tail in 1u32..1000) {
        let found = Value::Exact(Quantity::parse(&format!("0.999{tail}%")).unwrap());
        let threshold: Threshold = "< 1%".parse().unwrap();
        prop_assert_ne!(found.display(Some(&threshold)), "1%");
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,40}") {
        let _ = text.parse::<Threshold>();
    }
}
