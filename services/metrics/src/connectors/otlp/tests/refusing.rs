use serde_json::{Value, json};

use super::bench::{problems, source};

/// Paths of the problems of a source with one query.
fn paths(query: Value) -> Vec<String> {
    let found = problems(&source(json!({ "error_rate": query })));
    found.into_iter().map(|problem| problem.path).collect()
}

#[test]
fn an_entry_says_exactly_one_thing_to_read() {
    for keys in [
        json!({"unit": "ratio"}),
        json!({"unit": "ratio", "gauge": "a", "increase": "b"}),
        json!({"unit": "ratio", "numerator": "a"}),
        json!({"unit": "ratio", "denominator": "a"}),
        json!({"unit": "ratio", "gauge": " "}),
    ] {
        assert_eq!(paths(keys.clone()), ["queries.error_rate"], "{keys}");
    }
}

#[test]
fn what_can_not_be_meant_is_refused_at_its_key() {
    let histogram = |quantile: Value| {
        json!({"fact": "custom_metric", "unit": "seconds", "threshold": "< 1s", "histogram": "h",
               "quantile": quantile})
    };
    let ratio = |more: Value| {
        let mut keys = json!({"unit": "ratio", "numerator": "a", "denominator": "b"});
        keys.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        keys
    };
    for (keys, key) in [
        (histogram(json!(1.5)), "quantile"),
        (histogram(json!(-0.1)), "quantile"),
        (histogram(json!(null)), "quantile"),
        (
            json!({"unit": "ratio", "gauge": "a", "quantile": 0.5}),
            "quantile",
        ),
        (
            json!({"unit": "ratio", "gauge": "a", "window": "5m"}),
            "window",
        ),
        (
            json!({"unit": "ratio", "gauge": "a", "min_volume": 5}),
            "min_volume",
        ),
        (ratio(json!({"window": "25h"})), "window"),
        (ratio(json!({"settle": "25h"})), "settle"),
        (ratio(json!({"min_volume": -1})), "min_volume"),
        (ratio(json!({"absent": "zero"})), "absent"),
        (
            ratio(json!({"unit": "seconds", "threshold": "< 1s"})),
            "unit",
        ),
        (ratio(json!({"threshold": "< 500ms"})), "threshold"),
        (json!({"unit": "ratio", "increase": "a"}), "unit"),
    ] {
        assert_eq!(
            paths(keys.clone()),
            [format!("queries.error_rate.{key}")],
            "{keys}"
        );
    }
}

#[test]
fn a_scope_value_is_one_value() {
    let queries = json!({"saturation": {"gauge": "a", "unit": "ratio"}});
    for value in ["", " ", "*", "checkout-*", "a\nb", &"x".repeat(201)] {
        let mut source = source(queries.clone());
        source["scope"]["service_name"] = json!(value);
        source["scope"]["service_version"] = json!(value);
        let problems = problems(&source);
        let paths: Vec<_> = problems.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(
            paths,
            ["scope.service_name", "scope.service_version"],
            "{value:?}"
        );
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let mut source = source(json!({
        "error_rate": {"gauge": "a", "increase": "b", "unit": "ratio"},
        "nonsense": {"gauge": "a", "unit": "ratio"},
    }));
    source["scope"]["deployment_environment"] = json!("*");
    source["keep_attributes"] = json!(["client.address", "enduser.id"]);
    let problems = problems(&source);
    let paths: Vec<_> = problems.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "scope.deployment_environment",
            "keep_attributes",
            "keep_attributes",
            "queries.error_rate",
            "queries.nonsense",
        ]
    );
}

#[test]
fn a_source_without_queries_is_refused() {
    let problems = problems(&source(json!({})));
    assert_eq!(problems.first().map(|it| it.path.as_str()), Some("queries"));
}
