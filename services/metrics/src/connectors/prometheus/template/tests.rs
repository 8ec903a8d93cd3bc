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
fn a_fallback_is_refused_where_more_than_a_numerator_falls_back() {
    let numerator = "sum(rate(errors{${scope}}[5m]))";
    let whole = "sum(rate(requests{${scope}}[5m]))";
    for (template, allowed) in [
        ("(N or vector(0)) / W", true),
        ("((N) or (vector(0))) / (W)", true),
        ("100 * (N or vector(0)) / W", false),
        ("100 * ((N or vector(0)) / W)", true),
        ("1 - (N or vector(0)) / W", true),
        ("(N or vector(0)) / clamp_min(W, 1)", true),
        ("(N / W or vector(0)) / 1", false),
        ("(N / W or vector(0)) / W", false),
        ("((N / W) or vector(0)) / W", false),
        ("(abs(N / W) or vector(0)) / W", false),
        ("(sum(N / W) or vector(0)) / W", false),
        ("(max_over_time((N / W)[5m:1m]) or vector(0)) / W", false),
        ("(-(N / W) or vector(0)) / W", false),
        ("(N + N or vector(0)) / W", false),
        ("(N * 100 or vector(0)) / W", false),
        ("((N or vector(0)) * 100) / W", false),
        ("((N or vector(0)) + (N or vector(0))) / W", false),
        ("(-(N or vector(0))) / W", false),
        ("abs(N or vector(0)) / W", false),
        ("sum(N or vector(0)) / W", false),
        ("(N or vector(0) or vector(0)) / W", false),
        ("(N or vector(0)) / 1", false),
        ("(N or vector(0)) / vector(1)", false),
        ("(N or vector(0)) / (1 + 1)", false),
        ("((N or vector(0)) / 1) / W", false),
        ("W / (N or vector(0))", false),
        ("(N or vector(0)) * W", false),
        ("(N or vector(0)) / (N or vector(0))", false),
    ] {
        let query = template.replace('N', numerator).replace('W', whole);
        let refused = labels().query(&query, true).err();
        let expected = (!allowed).then_some(TemplateError::Alternative);
        assert_eq!(refused, expected, "{template}");
    }
}

/// The probes of a template, with the scope left out.
fn probes(template: &str, counted: Option<&str>) -> Result<Vec<String>, TemplateError> {
    let query = |template: &str| labels().query(template, true).unwrap();
    let probes = query(template).probes(counted.map(query).as_ref())?;
    let scope = [r#"environment="production""#, r#"service="checkout-api""#];
    let bare = probes.iter().map(|probe| {
        assert!(labels().selector(probe).is_ok(), "{probe}");
        let (metric, matchers) = probe.split_once('{').unwrap();
        let matchers = matchers.trim_end_matches('}').split(',');
        let free: Vec<_> = matchers.filter(|it| !scope.contains(it)).collect();
        format!("{metric}{{{}}}", free.join(","))
    });
    Ok(bare.collect())
}

#[test]
fn every_metric_is_probed_by_default() {
    let template = "sum(rate(a_total{${scope}}[5m])) / sum(rate(b_total{${scope}}[5m]))";
    assert_eq!(probes(template, None).unwrap(), ["a_total{}", "b_total{}"]);
    let template = "a{${scope}} and on() (max_over_time(b{${scope}}[5m:1m]) > scalar(c{${scope}}))";
    assert_eq!(probes(template, None).unwrap(), ["a{}", "b{}", "c{}"]);
}

#[test]
fn of_one_metric_the_broadest_selectors_are_probed() {
    let template = r#"rate(a{${scope},code=~"5.."}[5m]) / rate(a{${scope}}[5m])"#;
    assert_eq!(probes(template, None).unwrap(), ["a{}"]);
    let template = r#"a{${scope}} / a{${scope}}"#;
    assert_eq!(probes(template, None).unwrap(), ["a{}"]);
    let template = r#"a{${scope},pod="x"} / a{${scope},pod="y"}"#;
    let both = [r#"a{pod="x"}"#, r#"a{pod="y"}"#];
    assert_eq!(probes(template, None).unwrap(), both);
}

#[test]
fn a_numerator_that_may_be_missing_is_not_probed() {
    let template = "(sum(a{${scope}}) or vector(0)) / sum(b{${scope}})";
    assert_eq!(probes(template, None).unwrap(), ["b{}"]);
}

#[test]
fn the_volume_of_the_same_metric_stands_for_a_count_of_nothing() {
    let errors = r#"sum(increase(a{${scope},code=~"5.."}[5m]))"#;
    let of = |volume: &str| probes(errors, Some(volume)).unwrap();
    assert_eq!(of("sum(increase(a{${scope}}[5m]))"), ["a{}"]);
    let own = [r#"a{code=~"5.."}"#];
    // Another metric says nothing about the age of this one, and is not what was counted.
    assert_eq!(of("sum(increase(b{${scope}}[5m]))"), own);
    assert_eq!(of("sum({${scope}})"), own);
    assert_eq!(probes(errors, None).unwrap(), own);
    let other = [r#"a{code=~"2.."}"#, r#"a{code=~"5.."}"#];
    assert_eq!(of(r#"sum(a{${scope},code=~"2.."})"#), other);
}

#[test]
fn a_query_over_many_metrics_wants_a_probe() {
    let sum = |metrics: &[&str]| {
        let each = metrics
            .iter()
            .map(|metric| format!("{metric}{{${{scope}}}}"));
        each.collect::<Vec<_>>().join(" + ")
    };
    let four = sum(&["a", "b", "c", "d"]);
    assert_eq!(probes(&four, None).unwrap().len(), 4);
    let five = sum(&["a", "b", "c", "d", "e"]);
    assert_eq!(probes(&five, None), Err(TemplateError::TooManySelectors));
}

#[test]
fn a_query_over_metrics_that_are_not_named_wants_a_probe() {
    for template in [
        r#"sum(rate({__name__=~"a_total|b_total",${scope}}[5m]))"#,
        r#"sum({__name__!="a",${scope}})"#,
        "sum({${scope}})",
        "sum(a{${scope}}) / sum({${scope}})",
    ] {
        let refused = probes(template, None);
        assert_eq!(refused, Err(TemplateError::ManyMetrics), "{template}");
    }
    assert!(probes(r#"sum({__name__="a",${scope}})"#, None).is_ok());
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

    /// However a query is put together, what it can't be answered without is probed.
    #[test]
    fn no_metric_of_a_query_is_left_unprobed(
        parts in prop::collection::vec(
            (
                prop::sample::select(vec!["a", "b", "c", "d"]),
                prop::sample::select(vec!["", ",x=\"1\"", ",x=\"2\"", ",x=\"1\",y=\"1\""]),
                prop::sample::select(vec!["+", "/", "and on()", "unless on()", "> bool"]),
            ),
            1..6,
        ),
    ) {
        let selector = |name: &str, more: &str| format!("{name}{{${{scope}}{more}}}");
        let mut template = selector("a", "");
        for (name, more, operator) in &parts {
            template = format!("({template}) {operator} max({})", selector(name, more));
        }
        let Ok(probed) = probes(&template, None) else { return Ok(()) };
        for (name, more, _) in &parts {
            let covered = |probe: &String| {
                let matchers = probe.strip_prefix(&format!("{name}{{")).and_then(|it| it.strip_suffix('}'));
                matchers.is_some_and(|it| it.split(',').all(|one| one.is_empty() || more.contains(one)))
            };
            prop_assert!(probed.iter().any(covered), "{} {}: {:?}", name, more, probed);
        }
    }

    #[test]
    fn any_text_is_sent_or_refused(template in ".{0,60}") {
        let _ = labels().query(&template, true);
        let _ = labels().selector(&template);
    }
}
