use proptest::prelude::*;

use super::*;

fn labels() -> Labels {
    let pairs = [("environment", "production"), ("service", "checkout-api")];
    Labels::new(
        pairs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    )
}

fn refused(template: &str) -> Option<TemplateError> {
    labels().query(template, false).err()
}

#[test]
fn the_scope_is_written_sorted_by_name() {
    let query = labels()
        .query("sum(rate(http_requests_total{${scope}}[5m]))", false)
        .unwrap();
    assert_eq!(
        query.text,
        r#"sum(rate(http_requests_total{environment="production",service="checkout-api"}[5m]))"#
    );
}

#[test]
fn every_selector_must_be_narrowed_by_every_label() {
    let unscoped = Some(TemplateError::Unscoped);
    assert_eq!(refused("up{${scope}} / up"), unscoped);
    assert_eq!(refused(r#"up{service="checkout-api"}"#), unscoped);
    assert_eq!(
        refused(r#"up{environment="production",service="payments-api"}"#),
        unscoped
    );
    assert_eq!(
        refused(r#"up{environment=~"production",service="checkout-api"}"#),
        unscoped
    );
    assert_eq!(refused("max_over_time(up[5m:1m])"), unscoped);
    assert_eq!(refused("topk(scalar(up), up{${scope}})"), unscoped);
}

#[test]
fn a_label_of_the_scope_is_not_matched_twice() {
    assert_eq!(
        refused(r#"up{${scope},service=~".*"}"#),
        Some(TemplateError::Overridden)
    );
    assert_eq!(
        refused("up{${scope},${scope}}"),
        Some(TemplateError::Overridden)
    );
}

#[test]
fn a_query_about_nothing_is_refused() {
    assert_eq!(refused("vector(0)"), Some(TemplateError::NoSelector));
    assert_eq!(refused("1"), Some(TemplateError::NoSelector));
    assert_eq!(refused("up{${scope}"), Some(TemplateError::Syntax));
}

#[test]
fn alternatives_are_refused_but_for_a_missing_numerator() {
    let alternative = Some(TemplateError::Alternative);
    let numerator = "(sum(up{${scope}}) or vector(0)) / sum(up{${scope}})";
    assert_eq!(refused(numerator), alternative);
    assert!(labels().query(numerator, true).is_ok());
    for template in [
        "up{${scope}} or vector(0)",
        "sum(up{${scope}}) / (sum(up{${scope}}) or vector(1))",
        "(sum(up{${scope}}) or vector(1)) / sum(up{${scope}})",
        "(up{${scope}} or up{${scope}}) / sum(up{${scope}})",
        "sum(up{${scope}}) / 1 or vector(0)",
    ] {
        assert_eq!(
            labels().query(template, true).err(),
            alternative,
            "{template}"
        );
    }
}

#[test]
fn the_default_probe_is_the_last_selector_without_its_range() {
    let template = "sum(rate(a_total{${scope}}[5m])) / sum(rate(b_total{${scope}}[5m]))";
    let query = labels().query(template, false).unwrap();
    assert_eq!(
        query.last_selector(),
        r#"b_total{environment="production",service="checkout-api"}"#
    );
}

#[test]
fn a_query_about_the_past_is_refused() {
    for template in [
        "sum(rate(up{${scope}}[5m] offset 30d))",
        "up{${scope}} offset -1m",
        "up{${scope}} @ 1609459200",
        "max_over_time(up{${scope}}[5m:1m] offset 1d)",
        "max_over_time(up{${scope}}[5m:1m] @ 1609459200)",
    ] {
        assert_eq!(refused(template), Some(TemplateError::Past), "{template}");
    }
}

#[test]
fn a_probe_is_one_selector_and_nothing_else() {
    assert!(labels().selector("up{${scope}}").is_ok());
    for template in [
        "max(up{${scope}})",
        "up{${scope}} offset 1m",
        "up{${scope}}[5m]",
        "1",
    ] {
        assert_eq!(
            labels().selector(template).err(),
            Some(TemplateError::NotOneSelector),
            "{template}"
        );
    }
    assert_eq!(labels().selector("up").err(), Some(TemplateError::Unscoped));
}

proptest! {
    /// Whatever stands around it, what is sent holds no selector without the scope.
    #[test]
    fn nothing_that_is_sent_sees_more_than_the_scope(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "up{${scope}}", " up ", "{__name__=~\".+\"}", "sum(", ")", " / ", " or ", " and ",
                "rate(", "[5m]", "vector(0)", "up{service=\"x\"}", "up{${scope},service!=\"\"}",
                " offset 5m", "{${scope}}", ",", "1", "-",
            ]),
            1..8,
        ),
    ) {
        let template = parts.concat();
        if let Ok(query) = labels().query(&template, true) {
            let bare = query.text.replace(r#"environment="production",service="checkout-api""#, "");
            prop_assert!(!bare.contains("up{service"), "{}", query.text);
            let text = query.text.replace(' ', "");
            let selectors = text.matches("up").count() + text.matches("{e").count()
                - text.matches("up{e").count();
            prop_assert_eq!(selectors, text.matches("service=").count(), "{}", text);
        }
    }

    #[test]
    fn any_text_is_sent_or_refused(template in ".{0,60}") {
        let _ = labels().query(&template, true);
        let _ = labels().selector(&template);
    }
}
