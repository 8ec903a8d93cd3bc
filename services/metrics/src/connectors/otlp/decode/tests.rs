use super::*;

fn read(json: &str) -> Result<Export, Unreadable> {
    Export::decode(&Body {
        encoding: Encoding::Json,
        bytes: json.to_owned().into(),
    })
}

fn point(json: &str) -> Option<NumberPoint> {
    serde_json::from_str(json).ok()
}

#[test]
fn numbers_of_64_bits_come_as_strings_or_numbers() {
    for text in [r#""18446744073709551615""#, "18446744073709551615"] {
        let json = format!(r#"{{"timeUnixNano":{text}}}"#);
        assert_eq!(point(&json).map(|it| it.time), Some(u64::MAX));
    }
    for text in [r#""-9223372036854775808""#, "-9223372036854775808"] {
        let json = format!(r#"{{"asInt":{text}}}"#);
        assert_eq!(point(&json).unwrap().value, Some(Number::Int(i64::MIN)));
    }
}

#[test]
fn numbers_out_of_range_are_no_numbers() {
    for json in [
        r#"{"timeUnixNano":"18446744073709551616"}"#,
        r#"{"timeUnixNano":-1}"#,
        r#"{"asInt":"9223372036854775808"}"#,
        r#"{"asInt":1.5}"#,
        r#"{"flags":4294967296}"#,
        r#"{"timeUnixNano":""}"#,
    ] {
        assert_eq!(point(json), None, "{json}");
    }
}

#[test]
fn a_value_that_is_left_out_or_given_twice_is_none() {
    for json in ["{}", r#"{"asDouble":null}"#, r#"{"asDouble":1,"asInt":1}"#] {
        assert_eq!(point(json).unwrap().value, None, "{json}");
    }
    let infinite = point(r#"{"asDouble":"Infinity"}"#).unwrap().value;
    assert_eq!(infinite, Some(Number::Double(f64::INFINITY)));
}

#[test]
fn null_is_the_same_as_nothing_and_unknown_keys_are_ignored() {
    let export = read(
        r#"{"new":{},"resourceMetrics":[{"resource":null,"scopeMetrics":[{"scope":null,
            "metrics":[{"name":null,"unit":null,"gauge":{"dataPoints":null}}]}]}]}"#,
    );
    let metric = &export.unwrap().resource_metrics[0].scope_metrics[0].metrics[0];
    assert_eq!(metric.data, Data::Gauge(Vec::new()));
}

#[test]
fn names_of_enums_and_keys_in_another_case_are_not_valid() {
    let sum = r#"{"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA"}"#;
    assert!(serde_json::from_str::<Sum>(sum).is_err());
    let export = read(r#"{"resource_metrics":[{}]}"#);
    assert_eq!(export, Ok(Export::default()));
}

#[test]
fn two_kinds_of_points_in_one_metric_are_not_read() {
    let json = r#"{"gauge":{"dataPoints":[{}]},"sum":{"dataPoints":[{},{}]}}"#;
    let metric: Metric = serde_json::from_str(json).unwrap();
    assert_eq!(metric.data, Data::Unread(3));
}

#[test]
fn attributes_may_be_of_any_type() {
    let json = r#"{"key":"k","value":{"kvlistValue":{"values":[
        {"key":"list","value":{"arrayValue":{"values":[{"intValue":"7"},{}]}}}]}}}"#;
    let attribute: Attribute = serde_json::from_str(json).unwrap();
    let list = Attribute {
        key: "list".to_owned(),
        value: Value::List(vec![Value::Int(7), Value::Unset]),
    };
    assert_eq!(attribute.value, Value::Map(vec![list]));
}

#[test]
fn what_is_nested_without_end_is_not_read() {
    let deep = r#"{"arrayValue":{"values":["#.repeat(200);
    assert!(serde_json::from_str::<Value>(&deep).is_err());
}
