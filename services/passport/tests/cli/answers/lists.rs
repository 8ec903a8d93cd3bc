use passport_proto::collector::{Source, SourceState};
use passport_proto::evidence::{
    Capability, ConnectorDescriptor, ConnectorStatus, Failure, FailureCode, Scope,
};
use passport_proto::gateway::{
    Absence, AbsentCollector, CheckSourceResponse, ListConnectorsResponse, ListSourcesResponse,
};
use prost_types::{Duration, Timestamp};

use crate::fake::Fake;
use crate::golden::assert_golden;
use crate::run::{Ran, SCOPE, passport, run};

fn source(name: &str, state: SourceState) -> Source {
    Source {
        scope: Some(Scope {
            workspace_id: "acme".to_owned(),
            service: "checkout-api".to_owned(),
            environment: "production".to_owned(),
        }),
        name: name.to_owned(),
        connector: "prometheus".to_owned(),
        category: "metrics".to_owned(),
        max_age: Some(Duration {
            seconds: 300,
            nanos: 0,
        }),
        state: state.into(),
        ..Source::default()
    }
}

fn failing() -> Source {
    Source {
        failing_since: Some(Timestamp::default()),
        failure: FailureCode::Unauthenticated.into(),
        ..source("prom-2", SourceState::Failing)
    }
}

fn prometheus() -> ConnectorDescriptor {
    ConnectorDescriptor {
        id: "prometheus".to_owned(),
        display_name: "Prometheus".to_owned(),
        category: "metrics".to_owned(),
        collector: "metrics".to_owned(),
        status: ConnectorStatus::NativePull.into(),
        capabilities: vec![Capability::Pull.into(), 99],
        credential: "token | none".to_owned(),
        evidence: "error rate, latency".to_owned(),
        minimum_scope: "one label".to_owned(),
        avoid: "an account for everything".to_owned(),
        ..ConnectorDescriptor::default()
    }
}

fn promoted() -> ConnectorDescriptor {
    ConnectorDescriptor {
        id: "flux".to_owned(),
        display_name: "Flux".to_owned(),
        category: "gitops".to_owned(),
        collector: "cicd".to_owned(),
        announced_status: ConnectorStatus::DetectedCandidate.into(),
        status_reason: "it reads one object of one namespace".to_owned(),
        ..prometheus()
    }
}

async fn ask(fake: Fake, args: &[&str]) -> Ran {
    let gateway = fake.listen().await;
    let mut command = passport();
    command.args(["--gateway", &gateway.url]).args(args);
    if args.contains(&"sources") {
        command.args(SCOPE);
    }
    run(command).await
}

#[tokio::test]
async fn connectors_are_a_matrix_in_every_form() {
    for form in ["table", "json", "yaml", "markdown"] {
        let fake = Fake {
            connectors: ListConnectorsResponse {
                connectors: vec![promoted(), prometheus()],
                absent_collectors: vec!["logs".to_owned()],
                absent: vec![
                    AbsentCollector {
                        name: "logs".to_owned(),
                        categories: vec!["logs".to_owned()],
                        absence: Absence::Unreachable.into(),
                        since: Some(Timestamp {
                            seconds: 1_777_800_720,
                            nanos: 0,
                        }),
                    },
                    AbsentCollector {
                        name: "cicd".to_owned(),
                        categories: vec!["ci-cd".to_owned(), "gitops".to_owned()],
                        absence: Absence::NotDeployed.into(),
                        since: None,
                    },
                ],
            },
            ..Fake::default()
        };
        let ran = ask(fake, &["connectors", "list", "-o", form]).await;
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert_golden(&format!("connectors.{form}.txt"), &ran.out);
    }
}

#[tokio::test]
async fn connectors_are_listed_without_saying_list() {
    let ran = ask(Fake::default(), &["connectors", "-o", "json"]).await;
    assert_eq!(ran.out, "{\"connectors\":[],\"absentCollectors\":[]}\n");
}

#[tokio::test]
async fn sources_tell_how_they_are_doing() {
    let fake = Fake {
        sources: ListSourcesResponse {
            sources: vec![source("prom", SourceState::Configured), failing()],
            absent_collectors: Vec::new(),
        },
        ..Fake::default()
    };
    let ran = ask(fake, &["sources", "list", "-o", "json"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_golden("sources.json.txt", &ran.out);
}

#[tokio::test]
async fn a_scope_without_sources_says_so() {
    let ran = ask(Fake::default(), &["sources", "list"]).await;
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "no sources are configured here\n")
    );
}

#[tokio::test]
async fn a_check_that_was_made_is_an_answer() {
    let fake = Fake {
        check: CheckSourceResponse {
            source: Some(source("prom", SourceState::Validated)),
            ..CheckSourceResponse::default()
        },
        ..Fake::default()
    };
    let ran = ask(fake, &["sources", "check", "prom"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("validated"));
}

#[tokio::test]
async fn a_check_that_could_not_be_made_is_not() {
    let fake = Fake {
        check: CheckSourceResponse {
            source: Some(failing()),
            failure: Some(Failure {
                connector: "prometheus".to_owned(),
                source: "prom-2".to_owned(),
                code: FailureCode::Unauthenticated.into(),
                message: "the provider rejected the credential".to_owned(),
                retry_at: None,
            }),
            ..CheckSourceResponse::default()
        },
        ..Fake::default()
    };
    let ran = ask(fake, &["sources", "check", "prom-2"]).await;
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("UNAUTHENTICATED"), "{}", ran.out);
}
