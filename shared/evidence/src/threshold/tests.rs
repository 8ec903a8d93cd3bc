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

proptest! {
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
