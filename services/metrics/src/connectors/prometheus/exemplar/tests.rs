use serde_json::{Value, json};

use super::*;

const ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn link() -> Link {
    Link {
        template: "https://traces.example.com/trace/${trace}".to_owned(),
        label: "trace_id".to_owned(),
    }
}

fn scope() -> Labels {
    let pairs = [("environment", "production"), ("service", "checkout-api")];
    let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Labels::new(BTreeMap::from(owned))
}

fn of(data: Value) -> Option<String> {
    let all: Vec<OfSeries> = serde_json::from_value(data).unwrap();
    link().of(&all, &scope())
}

fn series(service: &str, exemplars: &[(&str, &str, f64)]) -> Value {
    let exemplars: Vec<_> = exemplars
        .iter()
        .map(|(id, value, at)| json!({"labels": {"trace_id": id}, "value": value, "timestamp": at}))
        .collect();
    let labels = json!({"environment": "production", "service": service, "le": "0.5"});
    json!({"seriesLabels": labels, "exemplars": exemplars})
}

#[test]
fn the_trace_of_the_largest_measurement_is_linked() {
    let (low, high) = ("a".repeat(32), "b".repeat(32));
    let all = json!([
        series("checkout-api", &[(&low, "0.1", 3.0), (&high, "0.9", 1.0)]),
        series("checkout-api", &[(&low, "0.9", 0.5)]),
    ]);
    let page = format!("https://traces.example.com/trace/{high}");
    assert_eq!(of(all), Some(page));
}

#[test]
fn a_trace_of_another_service_is_not_linked() {
    assert_eq!(of(json!([series("cart", &[(ID, "9", 1.0)])])), None);
    let bare = json!([{"seriesLabels": {}, "exemplars": [{
        "labels": {"trace_id": ID}, "value": "9", "timestamp": 1.0}]}]);
    assert_eq!(of(bare), None);
    assert_eq!(of(json!([])), None);
}

#[test]
fn what_is_no_id_gets_into_no_address() {
    for id in [
        "",
        "1234",
        "../../../../../../admin",
        "4bf92f3577b34da6a3ce929d0e0e4736?x=1",
        "javascript:alert(1)aaaaaaaaaaaa",
        &"a".repeat(65),
        "é4bf92f3577b34da6a3ce929d0e0e473",
    ] {
        assert_eq!(
            of(json!([series("checkout-api", &[(id, "1", 1.0)])])),
            None,
            "{id}"
        );
    }
    let not_a_number = series("checkout-api", &[(ID, "NaN", 1.0)]);
    assert_eq!(of(json!([not_a_number])), None);
}

#[test]
fn a_page_is_one_of_an_https_origin_with_the_trace_in_it() {
    for page in [
        "https://traces.example.com/trace/${trace}",
        "https://grafana.example.com:3000/explore?traceID=${trace}&x=1",
    ] {
        assert!(is_page(page), "{page}");
    }
    for page in [
        "",
        "https://traces.example.com/trace/",
        "http://traces.example.com/${trace}",
        "javascript:${trace}",
        "https://${trace}.example.com/",
        "https://traces.example.com${trace}",
        "https://user:pass@traces.example.com/${trace}",
        "https:///${trace}",
        "https://traces.example.com/${trace}/${trace}",
        "https://traces.example.com/${other}/${trace}",
        "https://traces.example.com/a b/${trace}",
        "https://traces.example.com/\n${trace}",
    ] {
        assert!(!is_page(page), "{page}");
    }
}
