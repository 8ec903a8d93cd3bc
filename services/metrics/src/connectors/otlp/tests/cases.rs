//! The cases, played through the collector.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use passport_testkit::case::{Case, DeliveryResult, Outcome, load_folder};
use serde_json::Value;

use super::bench::{self, Bench, BenchKeeper};

pub fn all() -> Vec<Case> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/connectors/otlp/cases");
    load_folder(folder, Some("otlp")).unwrap()
}

pub fn bench(case: &Case) -> Bench {
    let secrets = case
        .env
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    Bench::with(&case.source, secrets, BenchKeeper::default())
}

async fn deliver(case: &Case, bench: &Bench) {
    for (index, delivery) in case.deliveries.iter().enumerate() {
        let body = match (&delivery.body_text, &delivery.body_base64) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(bytes)) => STANDARD.decode(bytes).unwrap(),
            (None, None) => Vec::new(),
        };
        let headers = delivery.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, it)| (name.as_str(), it.as_str()))
            .collect();
        let received_at = delivery.received_at.unwrap_or(case.now);
        let (fate, reply) = bench
            .deliver(bench::headers(&headers), body, received_at)
            .await;
        let result = match delivery.result {
            DeliveryResult::Accepted => "accepted",
            DeliveryResult::Duplicate => "duplicate",
            DeliveryResult::Rejected => "rejected",
        };
        assert_eq!(fate, result, "{}", case.name);
        let wanted = case.rules.responses.as_ref().and_then(|all| all.get(index));
        let Some(wanted) = wanted else { continue };
        assert_eq!(reply.status.as_u16(), wanted.status, "{}", case.name);
        for (name, value) in &wanted.headers {
            assert_eq!(reply.headers.get(name).unwrap(), value, "{}", case.name);
        }
        if let Some(body) = &wanted.body {
            let found: Value = serde_json::from_slice(&reply.body).unwrap();
            assert_holds(&found, body, &case.name);
        }
    }
}

fn assert_holds(found: &Value, wanted: &Value, case: &str) {
    match wanted.as_object() {
        Some(keys) if keys.is_empty() => assert_eq!(found, wanted, "{case}"),
        Some(keys) => keys
            .iter()
            .for_each(|(key, wanted)| assert_holds(&found[key], wanted, case)),
        None => assert_eq!(found, wanted, "{case}"),
    }
}

async fn assert_expected(case: &Case) {
    let bench = bench(case);
    deliver(case, &bench).await;
    let evidence = bench.collect(case.now).await;
    let freshness = case.expected.freshness.as_ref().unwrap();
    assert_eq!(
        Some(evidence.freshness().observed_at),
        freshness.observed_at,
        "{}",
        case.name
    );
    for wanted in &case.expected.facts {
        let fact = evidence
            .facts()
            .iter()
            .find(|it| it.name().as_str() == wanted.name)
            .unwrap();
        let reason = fact.reason().map(|it| it.as_str().to_owned());
        assert_eq!(
            fact.status().as_str(),
            wanted.status,
            "{}: {fact:?}",
            case.name
        );
        assert_eq!(reason, wanted.reason, "{}", case.name);
        assert_eq!(fact.value_text(), wanted.value, "{}", case.name);
        let threshold = fact.threshold().map(ToString::to_string);
        assert_eq!(threshold, wanted.threshold, "{}", case.name);
    }
    let shown = serde_json::to_string(&evidence).unwrap() + &bench.kept_text();
    let secrets = case.env.values().chain(&case.expected.absent);
    let leaked: Vec<_> = secrets
        .filter(|text| shown.contains(text.as_str()))
        .collect();
    assert!(leaked.is_empty(), "{}: {leaked:?}", case.name);
}

#[tokio::test]
async fn every_case_has_its_one_right_answer() {
    let cases = all();
    assert!(cases.len() >= 22);
    for case in &cases {
        match case.expected.outcome {
            Outcome::Refused => {
                let path = &case.expected.refused.as_ref().unwrap().path;
                let problems = bench::problems(&case.source);
                assert!(
                    problems.iter().any(|it| it.path == *path),
                    "{}: {problems:?}",
                    case.name
                );
            }
            Outcome::Evidence | Outcome::Failure => assert_expected(case).await,
        }
    }
}
