use super::{Absent, LogqlError, LogqlError::*, *};

fn labels() -> Labels {
    let pairs = [("environment", "production"), ("service", "checkout-api")];
    Labels::new(
        pairs
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    )
}

fn absent(template: &str) -> Result<Absent, LogqlError> {
    labels().number(template).map(|(_, absent)| absent)
}

fn count(pipeline: &str) -> Result<Absent, LogqlError> {
    absent(&format!(
        "sum(count_over_time({{${{scope}}}} {pipeline} [5m]))"
    ))
}

#[test]
fn labels_are_written_sorted_and_nothing_else_is_replaced() {
    let written = labels().lines("{app=\"a\",${scope}} |= \"$scope {scope}\"");
    let wanted =
        "{app=\"a\",environment=\"production\",service=\"checkout-api\"} |= \"$scope {scope}\"";
    assert_eq!(written.as_deref(), Ok(wanted));
}

#[test]
fn what_can_be_checked_is_taken() {
    for pipeline in [
        "",
        "|= \"a\" != \"b\" |~ `c|d` !~ \"e\"",
        "|= \"a\" or \"b\"",
        "|= ip(\"192.0.2.0/24\") != ip(\"192.0.2.1\")",
        "|= \"quote \\\" {x} [5m] ) # or\"",
        "| json | __error__=\"\" | status >= 500 or duration > 10s",
        "| logfmt | (status >= 500 and level != \"info\") | __error__ = \"\"",
        "| level=\"error\"",
        "| line_format \"{{.msg}}\" |> \"<_>x\" | decolorize",
    ] {
        assert_eq!(count(pipeline), Ok(Absent::Zero), "{pipeline}");
        let lines = format!("{{${{scope}}}} {pipeline}");
        assert!(labels().lines(&lines).is_ok(), "{pipeline}");
    }
}

#[test]
fn a_missing_series_is_no_line_only_where_one_selector_is_counted() {
    let all = "sum(count_over_time({${scope}}[10m]))";
    let some = "sum(count_over_time({${scope}} |= \"error\" [5m]))";
    let within = Absent::ZeroIfLinesWithin { seconds: 600 };
    for (query, wanted) in [
        (some.to_owned(), Absent::Zero),
        (format!("({some})"), Absent::Zero),
        (
            "count_over_time({${scope}}[1h30m])".to_owned(),
            Absent::Zero,
        ),
        (
            "sum by (a, b, c) (rate({${scope}}[5m]))".to_owned(),
            Absent::Zero,
        ),
        ("sum(rate({${scope}}[5m])) by (a)".to_owned(), Absent::Zero),
        (format!("{some} / {all}"), within),
        (format!("({some}) / ({all})"), within),
        (format!("{all} / {some}"), Absent::Nothing),
        (format!("{some} + {some}"), Absent::Nothing),
        (format!("100 - {some}"), Absent::Nothing),
        (format!("{some} * 100"), Absent::Nothing),
        (format!("{some} / {all} * 100"), Absent::Nothing),
        (format!("{some} / {all} / {all}"), Absent::Nothing),
        (
            "sum by (a) (rate({${scope}} |= \"x\" [5m])) / sum(rate({${scope}}[5m]))".to_owned(),
            Absent::Nothing,
        ),
        (
            "sum(rate({${scope}}[5m])) / sum(rate({${scope},a=\"b\"}[5m]))".to_owned(),
            Absent::Nothing,
        ),
        (
            "avg_over_time({${scope}} | json | unwrap took | __error__=\"\" [5m]) by (a)"
                .to_owned(),
            Absent::Nothing,
        ),
        (
            "quantile_over_time(0.95, {${scope}} | unwrap took | __error__=\"\" [5m])".to_owned(),
            Absent::Nothing,
        ),
    ] {
        assert_eq!(absent(&query), Ok(wanted), "{query}");
    }
}

#[test]
fn every_selector_has_the_scope_once_and_nothing_beside_it_names_its_labels() {
    for (selector, wanted) in [
        ("{app=~\".+\"}", Unscoped),
        ("{}", Unscoped),
        (
            "{environment=\"production\",service=\"checkout-api\"}",
            Overridden,
        ),
        ("{${scope},service=~\".+\"}", Overridden),
        ("{${scope},${scope}}", Overridden),
        ("{a=\"${scope}\"}", Unscoped),
        ("{${scope} a=\"b\"}", Syntax),
        ("{${scope},a}", Syntax),
        ("{${scope},}", Syntax),
        ("{${scope}", Syntax),
        ("{${scope}} | service=\"other\"", Overridden),
        (
            "{${scope}} | json service=\"x\" | __error__=\"\"",
            Overridden,
        ),
        ("{${scope}} |= \"${scope}\"", Unscoped),
        ("{${scope}} {${scope}}", Syntax),
    ] {
        assert_eq!(labels().lines(selector), Err(wanted), "{selector}");
        let query = format!("sum(count_over_time({selector} [5m]))");
        assert_eq!(absent(&query), Err(wanted), "{query}");
    }
    let both = "sum(rate({${scope}}[5m])) / sum(rate({a=\"b\"}[5m]))";
    assert_eq!(absent(both), Err(Unscoped));
}

#[test]
fn stages_that_hide_something_are_refused() {
    for (pipeline, wanted) in [
        ("| json", ErrorsKept),
        ("| __error__=\"\" | logfmt", ErrorsKept),
        ("| json | __error__=\"\" or a=\"b\"", ErrorsKept),
        ("| json | __error__!=\"\"", ErrorsKept),
        ("| json | __error__=\"x\"", ErrorsKept),
        ("| json != \"x\"", ErrorsKept),
        ("| label_format a=\"b\"", Relabels),
        ("| drop a", Relabels),
        ("| keep a", Relabels),
        ("| distinct a", Unsupported),
        ("|= error", Syntax),
        ("|= \"a\" \"b\"", Syntax),
        ("|= \"a\" or", Syntax),
        ("|= \"a\" vector(0)", Syntax),
        ("| ", Syntax),
        ("# |= \"x\"", Syntax),
        ("| a > 1 // `\n[5m])) or vector(0) // `", Syntax),
        ("| a > 1 /* b */", Syntax),
        ("| a > 'b'", Syntax),
        ("|= \"open", Syntax),
    ] {
        assert_eq!(count(pipeline), Err(wanted), "{pipeline}");
    }
}

#[test]
fn answers_that_hide_something_are_refused() {
    for (query, wanted) in [
        ("{${scope}}", LogQuery),
        ("({${scope}})", LogQuery),
        ("1", NoSelector),
        ("1 + 2", NoSelector),
        ("vector(0)", Unsupported),
        ("sum(rate({${scope}}[5m])) or vector(0)", Hiding),
        ("sum(rate({${scope}}[5m])) < 5", Hiding),
        (
            "sum(rate({${scope}}[5m])) unless sum(rate({${scope}}[5m]))",
            Hiding,
        ),
        ("absent_over_time({${scope}}[5m])", Unsupported),
        ("topk(1, rate({${scope}}[5m]))", Unsupported),
        (
            "label_replace(rate({${scope}}[5m]), \"a\", \"b\", \"c\", \"d\")",
            Unsupported,
        ),
        ("sum(rate({${scope}}[5m] offset 1h))", Past),
        ("sum(rate({${scope}}[2d]))", Range),
        ("sum(rate({${scope}}[500ms]))", Range),
        ("sum(rate({${scope}}[${window}]))", Syntax),
        ("sum(rate({${scope}}))", Syntax),
        ("sum(rate({${scope}}[5m])", Syntax),
        ("sum(rate({${scope}}[5m])))", Syntax),
        ("sum by (a,b,c,d) (rate({${scope}}[5m]))", ManyLabels),
        ("sum without (a) (rate({${scope}}[5m]))", ManyLabels),
        ("", Syntax),
    ] {
        assert_eq!(absent(query), Err(wanted), "{query}");
    }
    let deep = format!("{}1{}", "(".repeat(1_000), ")".repeat(1_000));
    assert_eq!(absent(&deep), Err(TooLong));
    assert_eq!(absent(&" ".repeat(5_001)), Err(TooLong));
}

#[test]
fn a_number_is_no_lines() {
    let query = "sum(rate({${scope}}[5m]))";
    assert_eq!(labels().lines(query), Err(MetricQuery));
    assert_eq!(labels().lines("{${scope}}[5m]"), Err(Syntax));
    assert_eq!(labels().lines("{${scope}} offset 5m"), Err(Past));
    let unwrapped = "{${scope}} | unwrap took | __error__=\"\"";
    assert_eq!(labels().lines(unwrapped), Err(Unsupported));
}

#[test]
fn a_rate_of_values_in_lines_counts_nothing() {
    let lines = "sum(rate({${scope}} | logfmt | __error__=\"\" [5m]))";
    let values = "sum(rate({${scope}} | logfmt | unwrap errors | __error__=\"\" [5m]))";
    assert_eq!(absent(lines), Ok(Absent::Zero));
    assert_eq!(absent(values), Ok(Absent::Nothing));
}
