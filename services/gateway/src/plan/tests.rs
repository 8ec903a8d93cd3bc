use passport_evidence::{MaxAge, Scope};

use super::*;

fn name(text: &str) -> SourceName {
    SourceName::new(text).unwrap()
}

fn age(seconds: u64) -> MaxAge {
    MaxAge::from_secs(seconds).unwrap()
}

fn catalog() -> Catalog {
    let connector = |id: &str, category, collector: &str| PlannedConnector {
        id: id.to_owned(),
        category,
        collector: collector.to_owned(),
        default_max_age: age(600),
    };
    Catalog::from_iter([
        connector("gauge", Category::Metrics, "metrics"),
        connector("build", Category::CiCd, "cicd"),
        connector("deploy", Category::GitOps, "cicd"),
        connector("ticket", Category::WorkItem, "work-items"),
    ])
}

fn sources(of: &[(&str, &str)]) -> Sources {
    let source = |connector: &str| ConfiguredSource {
        connector: connector.to_owned(),
        max_age: (connector == "gauge").then(|| age(300)),
        is_signed: false,
    };
    of.iter()
        .map(|(source_name, connector)| (name(source_name), source(connector)))
        .collect()
}

fn question(named: &[&str], categories: &[Category]) -> Question {
    let scope = Scope {
        workspace: "acme".parse().unwrap(),
        service: "checkout-api".parse().unwrap(),
        environment: "production".parse().unwrap(),
    };
    Question {
        categories: categories.iter().copied().collect(),
        ..Question::about(scope, named.iter().map(|text| name(text)))
    }
}

/// What is asked, as `collector: source source`, and what is settled, as `source: message`.
fn planned(question: &Question) -> (Vec<String>, Vec<String>) {
    let of = sources(&[
        ("a", "gauge"),
        ("b", "build"),
        ("d", "deploy"),
        ("t", "ticket"),
        ("x", "exotic"),
    ]);
    let plan = deployment().plan(question, &of);
    let asked = plan.calls.into_iter().map(|(collector, expected)| {
        let names: Vec<_> = expected.keys().map(ToString::to_string).collect();
        format!("{collector}: {}", names.join(" "))
    });
    let settled = plan.settled.into_iter().map(|failure| {
        assert_eq!(failure.code, FailureCode::NotConfigured);
        format!("{}: {}", failure.source, failure.message)
    });
    (asked.collect(), settled.collect())
}

fn deployment() -> Deployment<'static, ()> {
    let collectors = [("cicd".to_owned(), ()), ("metrics".to_owned(), ())];
    Deployment {
        catalog: Box::leak(Box::new(catalog())),
        collectors: Box::leak(Box::new(collectors.into())),
    }
}

const NO_CONNECTOR: &str = "x: no collector of this deployment has `exotic`";
const NO_COLLECTOR: &str = "t: the collector `work-items` is not part of this deployment";
const NO_SOURCE: &str = "zzz: no source of this name is configured in this scope";

#[test]
fn without_filters_every_configured_source_has_to_answer() {
    let (asked, settled) = planned(&question(&[], &[]));
    assert_eq!(asked, ["cicd: b d", "metrics: a"]);
    assert_eq!(settled, [NO_COLLECTOR, NO_CONNECTOR]);
}

#[test]
fn a_named_source_that_is_not_configured_is_a_failure() {
    let (asked, settled) = planned(&question(&["a", "zzz"], &[]));
    assert_eq!(asked, ["metrics: a"]);
    assert_eq!(settled, [NO_SOURCE]);
}

#[test]
fn a_category_is_that_of_the_connector_and_not_its_collector() {
    let (asked, _) = planned(&question(&[], &[Category::GitOps]));
    assert_eq!(asked, ["cicd: d"]);
}

#[test]
fn a_source_whose_category_nobody_knows_is_not_left_out() {
    let (_, settled) = planned(&question(&[], &[Category::Metrics]));
    assert_eq!(settled, [NO_CONNECTOR]);
}

#[test]
fn both_filters_have_to_match() {
    let (asked, settled) = planned(&question(&["a", "b"], &[Category::CiCd]));
    assert_eq!(asked, ["cicd: b"]);
    assert!(settled.is_empty());
}

#[test]
fn a_source_without_a_max_age_has_that_of_its_connector() {
    let of = sources(&[("a", "gauge"), ("b", "build")]);
    let plan = deployment().plan(&question(&[], &[]), &of);
    assert_eq!(plan.calls["metrics"][&name("a")].max_age, age(300));
    assert_eq!(plan.calls["cicd"][&name("b")].max_age, age(600));
}
