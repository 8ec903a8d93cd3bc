use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use passport_evidence::evidence::Frame;
use passport_evidence::{
    Evidence, Fact, FactName, Failure, FailureCode, MaxAge, Origin, Outcome, Provenance, Quantity,
    Scope, Value,
};
use passport_proto::evidence as proto;
use passport_proto::gateway::StreamEvidenceResponse;

use crate::fake::{Fake, Listening};
use crate::run::{Ran, SCOPE, passport, run};

#[allow(
    clippy::disallowed_methods,
    reason = "the command judges by this machine's clock"
)]
fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(0)
}

fn scope() -> Scope {
    Scope {
        workspace: "acme".parse().unwrap(),
        service: "checkout-api".parse().unwrap(),
        environment: "production".parse().unwrap(),
    }
}

fn fact(name: &'static str, value: &str, threshold: &str, at: DateTime<Utc>) -> Fact {
    let limits = threshold.parse::<passport_evidence::Threshold>().unwrap();
    let value = Value::Exact(Quantity::parse(value).unwrap());
    Fact::measured(FactName::fixed(name), value, &limits.into()).observed(Some(at))
}

fn evidence(source: &str, facts: Vec<Fact>) -> Evidence {
    let frame = Frame {
        connector: "prometheus".to_owned(),
        scope: scope(),
        source: source.parse().unwrap(),
        subject: None,
        provenance: Provenance {
            origin: Origin::Pulled,
            collected_at: now(),
            failed_refresh: None,
        },
    };
    Evidence::new(frame, facts, MaxAge::from_secs(300).unwrap(), now())
}

fn failure(source: &str) -> Failure {
    Failure {
        connector: "prometheus".to_owned(),
        source: source.parse().unwrap(),
        code: FailureCode::TimedOut,
        message: "the provider did not answer in time; see whether it is up".to_owned(),
        retry_at: None,
    }
}

fn on_wire(outcome: &Outcome) -> StreamEvidenceResponse {
    StreamEvidenceResponse {
        outcome: Some(outcome.into()),
    }
}

/// Two sources that answer, in the wrong order, and two that do not.
fn answer() -> (Vec<Evidence>, Vec<Failure>) {
    let at = now() - TimeDelta::seconds(30);
    let good = fact("error_rate", "0.02%", "< 1%", at);
    let bad = fact("p95_latency", "742ms", "< 500ms", at);
    let evidence = vec![
        evidence("prom", vec![good.clone(), bad]),
        evidence("prom-2", vec![good]),
    ];
    (evidence, vec![failure("a-slow-one"), failure("z-slow-one")])
}

async fn gateway() -> Listening {
    let (evidence, failures) = answer();
    let evidence = evidence.into_iter().map(Outcome::Evidence);
    let failures = failures.into_iter().map(Outcome::Failure);
    let outcomes = evidence.chain(failures).map(|it| on_wire(&it));
    Fake {
        outcomes: outcomes.rev().collect(),
        ..Fake::default()
    }
    .listen()
    .await
}

async fn collect(gateway: &Listening, more: &[&str]) -> Ran {
    let mut command = passport();
    command.env("PASSPORT_GATEWAY", &gateway.url);
    command.arg("collect").args(SCOPE).args(more);
    run(command).await
}

#[tokio::test]
async fn json_is_byte_for_byte_the_serde_form_of_evidence_and_failures() {
    let gateway = gateway().await;
    let ran = collect(&gateway, &["-o", "json"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let (evidence, failures) = answer();
    let evidence = serde_json::to_string(&evidence).unwrap();
    let failures = serde_json::to_string(&failures).unwrap();
    // The times of this answer are seconds apart at most; all else is the same.
    let wanted = format!("{{\"evidence\":{evidence},\"failures\":{failures}}}\n");
    assert_eq!(without_times(&ran.out), without_times(&wanted));
}

fn without_times(json: &str) -> String {
    let starts = json.match_indices("T").filter(|(at, _)| {
        let time = json.get(at.saturating_sub(10)..at + 10).unwrap_or_default();
        time.ends_with('Z') && time.parse::<DateTime<Utc>>().is_ok()
    });
    let mut text = json.to_owned();
    for (at, _) in starts {
        text.replace_range(at - 10..at + 10, "0000-00-00T00:00:00Z");
    }
    text
}

#[tokio::test]
async fn yaml_says_the_same_as_json() {
    let gateway = gateway().await;
    let yaml = collect(&gateway, &["-o", "yaml"]).await;
    let json = collect(&gateway, &["-o", "json"]).await;
    assert_eq!((yaml.code, yaml.err.as_str()), (0, ""));
    let yaml: serde_json::Value = serde_saphyr::from_str(&yaml.out).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(yaml, json);
}

#[tokio::test]
async fn a_failed_fact_and_a_failed_source_are_an_answer() {
    let gateway = gateway().await;
    let ran = collect(&gateway, &[]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for shown in [
        "passed",
        "failed",
        "THRESHOLD_MISSED",
        "TIMED_OUT",
        "0.02%",
        "< 500ms",
    ] {
        assert!(ran.out.contains(shown), "{shown}:\n{}", ran.out);
    }
}

#[tokio::test]
async fn no_form_has_an_escape_code_in_a_pipe() {
    let gateway = gateway().await;
    for form in ["table", "json", "yaml", "markdown"] {
        let ran = collect(&gateway, &["-o", form]).await;
        assert!(!ran.out.contains('\u{1b}'), "{form}");
        assert_eq!(ran.err, "", "{form}");
    }
}

#[tokio::test]
async fn the_question_is_the_one_that_was_typed() {
    let gateway = gateway().await;
    let typed = [
        "--version",
        "1.2.3",
        "--revision",
        "abc",
        "--digest",
        "sha256:1",
        "--digest",
        "sha256:2",
        "--source",
        "prom",
        "--category",
        "metrics",
        "--max-age",
        "5m",
    ];
    collect(&gateway, &typed).await;
    let asked = gateway.asked().collect.unwrap();
    assert_eq!(asked.scope, Some((&scope()).into()));
    let subject = proto::Subject {
        version: "1.2.3".to_owned(),
        revision: "abc".to_owned(),
        artifact_digests: vec!["sha256:1".to_owned(), "sha256:2".to_owned()],
    };
    assert_eq!(asked.subject, Some(subject));
    assert_eq!(
        (asked.sources, asked.categories),
        (vec!["prom".to_owned()], vec!["metrics".to_owned()])
    );
    assert_eq!(asked.max_age.map(|age| age.seconds), Some(300));
}

#[tokio::test]
async fn the_token_of_the_environment_goes_along() {
    let gateway = gateway().await;
    let mut command = passport();
    command
        .env("PASSPORT_TOKEN", " pm_ci_1\n")
        .args(["--gateway", &gateway.url, "collect"]);
    command.args(SCOPE);
    assert_eq!(run(command).await.code, 0);
    assert_eq!(
        gateway.asked().authorization.as_deref(),
        Some("Bearer pm_ci_1")
    );
}

#[tokio::test]
async fn the_token_of_a_file_goes_along_and_one_that_can_not_be_read_is_told() {
    let gateway = gateway().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let asked = |token: Option<&str>| {
        let mut command = passport();
        command
            .env("PASSPORT_TOKEN_FILE", &file)
            .args(["--gateway", &gateway.url, "collect"]);
        if let Some(token) = token {
            command.env("PASSPORT_TOKEN", token);
        }
        command.args(SCOPE);
        run(command)
    };
    let ran = asked(None).await;
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("which PASSPORT_TOKEN_FILE names"),
        "{}",
        ran.err
    );
    std::fs::write(&file, "\n").unwrap();
    assert_eq!(asked(None).await.code, 2, "an empty file shows nothing");
    std::fs::write(&file, "pm_pod_1\n").unwrap();
    assert_eq!(asked(Some("")).await.code, 0);
    assert_eq!(
        gateway.asked().authorization.as_deref(),
        Some("Bearer pm_pod_1")
    );
    let ran = asked(Some("pm_ci_1")).await;
    assert_eq!(ran.code, 2, "which is meant is not guessed");
    assert!(!ran.err.contains("pm_ci_1") && !ran.err.contains("pm_pod_1"));
}

#[tokio::test]
async fn without_a_token_none_goes_along() {
    let gateway = gateway().await;
    collect(&gateway, &[]).await;
    assert_eq!(gateway.asked().authorization, None);
}

#[tokio::test]
async fn a_pass_that_the_gateway_claims_against_its_threshold_is_none() {
    let (mut all, _) = answer();
    let mut claim: proto::Evidence = (&all.remove(0)).into();
    for fact in &mut claim.facts {
        fact.set_status(proto::FactStatus::Passed);
        fact.set_reason(proto::Reason::Unspecified);
    }
    let outcome = proto::Outcome {
        kind: Some(proto::outcome::Kind::Evidence(claim)),
    };
    let fake = Fake {
        outcomes: vec![StreamEvidenceResponse {
            outcome: Some(outcome),
        }],
        ..Fake::default()
    };
    let ran = collect(&fake.listen().await, &["-o", "json"]).await;
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let latency = &json["evidence"][0]["facts"][1];
    assert_eq!(
        (&latency["status"], &latency["reason"]),
        (&"unknown".into(), &"CONTRADICTORY".into())
    );
}

#[tokio::test]
async fn no_evidence_at_all_is_no_answer() {
    let (_, failures) = answer();
    for (failures, said) in [
        (&failures[..0], "no source was asked"),
        (
            &failures[..1],
            "the one source that was asked could not answer",
        ),
        (&failures[..], "none of 2 sources could answer"),
    ] {
        let outcomes = failures.iter().cloned().map(Outcome::Failure);
        let fake = Fake {
            outcomes: outcomes.map(|it| on_wire(&it)).collect(),
            ..Fake::default()
        };
        let ran = collect(&fake.listen().await, &["-o", "json"]).await;
        assert_eq!(ran.code, 3, "{said}");
        assert!(
            ran.err.contains(said) && ran.err.contains("next: "),
            "{}",
            ran.err
        );
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(json["failures"], serde_json::json!(failures));
    }
}
