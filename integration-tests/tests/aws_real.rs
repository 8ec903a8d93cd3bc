//! The connectors of AWS against moto, a server that this project did not write: the wire form of requests
//! and answers, and what is concluded from a service that knows less than AWS does.

use std::{io::Write as _, time::Duration};

use anyhow::{Context, Result, bail};
use passport_connector_sdk::{Registry, provider::MachineCredentials};
use passport_evidence::{Clock as _, Fact, FailureCode, Outcome};
use passport_integration_tests::aws::{ACCOUNT, Aws, REGION};
use passport_service_kit::clock::SystemClock;
use passport_testkit::scenario::{Bench, source_id};
use passport_testkit::{env::Env, provider::Provider};
use serde_json::{Value, json};

const ECS: &str = "AmazonEC2ContainerServiceV20141113";
const LOGS: &str = "Logs_20140328";
const METRICS: &str = "GraniteServiceVersion20100801";

fn keys() -> Value {
    json!({"access_key_id": {"env": "KEY_ID"}, "secret_access_key": {"env": "SECRET"}})
}

/// What comes of a source.
async fn collected(registry: Registry, source: Value) -> Result<Outcome> {
    let env = Env::from_iter([
        ("KEY_ID".to_owned(), "AKIDEXAMPLE".to_owned()),
        ("SECRET".to_owned(), "a-secret-of-this-test".to_owned()),
        ("TOKEN".to_owned(), "a-token-of-this-test".to_owned()),
    ]);
    let id = source_id("acme", "checkout-api", "production", "aws")?;
    let bench = Bench::new(&registry, id, SystemClock.now())
        .source(source)
        .env(env)
        .deadline(Duration::from_secs(20));
    let trial = bench.start();
    let trial = trial.map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    Ok(trial.collect().await?)
}

/// A source of one service, changed.
fn service(aws: &Aws, name: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut source = json!({
        "connector": "ecs", "endpoint": aws.url(), "sts_endpoint": aws.url(), "credential": keys(),
        "scope": {
            "region": REGION, "account_id": ACCOUNT, "cluster": "shop-prod", "service": name,
        },
        "expected_task_definition": "checkout-api:1",
    });
    change(&mut source);
    source
}

async fn of_service(source: Value) -> Result<Outcome> {
    collected(passport_runtime::registry(), source).await
}

fn facts(outcome: &Outcome) -> Result<&[Fact]> {
    match outcome {
        Outcome::Evidence(evidence) => Ok(evidence.facts()),
        Outcome::Failure(failure) => bail!("{failure:?}"),
    }
}

fn failure(outcome: &Outcome) -> Option<FailureCode> {
    match outcome {
        Outcome::Evidence(_) => None,
        Outcome::Failure(failure) => Some(failure.code),
    }
}

/// Status, reason and value of a fact.
fn said(outcome: &Outcome, name: &str) -> Result<String> {
    let fact = facts(outcome)?.iter().find(|it| it.name().as_str() == name);
    let fact = fact.with_context(|| format!("no {name}"))?;
    let reason = fact.reason().map(|it| it.to_string());
    let parts = [Some(fact.status().to_string()), reason, fact.value_text()];
    Ok(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// A cluster with a service of two tasks, which run, and one of three, of which two do.
async fn shop() -> Result<Aws> {
    let aws = Aws::start(2).await?;
    let make = async |operation: &str, input: Value| {
        let operation = format!("{ECS}.{operation}");
        aws.make("ecs", &operation, &input).await
    };
    make("CreateCluster", json!({"clusterName": "shop-prod"})).await?;
    let container = json!({"name": "api", "image": "shop/checkout-api:1", "memory": 128});
    let definition = json!({"family": "checkout-api", "containerDefinitions": [container]});
    make("RegisterTaskDefinition", definition).await?;
    for (name, count) in [("checkout-api", 2), ("cart-api", 3)] {
        let service = json!({
            "cluster": "shop-prod", "serviceName": name, "taskDefinition": "checkout-api:1",
            "desiredCount": count,
        });
        make("CreateService", service).await?;
    }
    Ok(aws)
}

#[tokio::test]
async fn a_complete_service_passes_only_what_the_server_knows_of_it() -> Result<()> {
    let aws = shop().await?;
    let outcome = of_service(service(&aws, "checkout-api", |_| {})).await?;
    for (name, wanted) in [
        ("available_replicas", "passed 2"),
        ("recent_restarts", "passed 0"),
        // The server has no service deployments, and fails when it is asked for them.
        ("rollout_condition", "unknown UNAVAILABLE COMPLETED"),
        ("task_definition", "unknown UNAVAILABLE checkout-api:1"),
        // Its services have no tasks.
        ("container_health", "unknown NO_DATA"),
        ("image_digest", "not_applicable NO_SUBJECT"),
        // Nobody is refused there.
        ("credential_scope", "warning TOO_BROAD broad"),
    ] {
        assert_eq!(said(&outcome, name)?, wanted, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn a_service_that_is_rolled_out_is_pending() -> Result<()> {
    let aws = shop().await?;
    let outcome = of_service(service(&aws, "cart-api", |_| {})).await?;
    for (name, wanted) in [
        ("rollout_condition", "pending IN_PROGRESS IN_PROGRESS"),
        ("task_definition", "pending IN_PROGRESS checkout-api:1"),
        ("available_replicas", "pending IN_PROGRESS 2"),
    ] {
        assert_eq!(said(&outcome, name)?, wanted, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_told_apart() -> Result<()> {
    let aws = shop().await?;
    let outcome = of_service(service(&aws, "stock-api", |_| {})).await?;
    let none = said(&outcome, "available_replicas")?;
    assert_eq!(none, "failed THRESHOLD_MISSED 0");
    let other = service(&aws, "checkout-api", |it| {
        it["scope"]["cluster"] = json!("shop-test")
    });
    assert_eq!(
        failure(&of_service(other).await?),
        Some(FailureCode::NotFound)
    );
    let other = service(&aws, "checkout-api", |it| {
        it["scope"]["account_id"] = json!("444455556666");
    });
    assert_eq!(
        failure(&of_service(other).await?),
        Some(FailureCode::OutOfScope)
    );
    Ok(())
}

#[tokio::test]
async fn a_role_is_assumed_with_a_token_and_answers_by_its_name() -> Result<()> {
    let aws = shop().await?;
    let assuming = |role: &str| {
        service(&aws, "checkout-api", |it| {
            let role_arn = format!("arn:aws:iam::{ACCOUNT}:role/reader");
            it["credential"] =
                json!({"web_identity": {"token": {"env": "TOKEN"}, "role_arn": role_arn}});
            it["role_name"] = json!(role);
        })
    };
    let outcome = of_service(assuming("reader")).await?;
    assert_eq!(said(&outcome, "available_replicas")?, "passed 2");
    let outcome = of_service(assuming("writer")).await?;
    assert_eq!(failure(&outcome), Some(FailureCode::OutOfScope));
    Ok(())
}

#[tokio::test]
async fn a_role_is_assumed_with_keys_and_answers_by_its_name() -> Result<()> {
    let aws = shop().await?;
    let assuming = |role: &str| {
        service(&aws, "checkout-api", |it| {
            let role_arn = format!("arn:aws:iam::{ACCOUNT}:role/reader");
            it["credential"]["assume_role"] =
                json!({"role_arn": role_arn, "external_id": "partner-17", "session_name": "gate"});
            it["role_name"] = json!(role);
        })
    };
    let outcome = of_service(assuming("reader")).await?;
    assert_eq!(said(&outcome, "available_replicas")?, "passed 2");
    let outcome = of_service(assuming("writer")).await?;
    assert_eq!(failure(&outcome), Some(FailureCode::OutOfScope));
    // Of another account than the service's it is refused when the file is read.
    let mut other = assuming("reader");
    other["credential"]["assume_role"]["role_arn"] = json!("arn:aws:iam::444455556666:role/reader");
    assert!(of_service(other).await.is_err());
    Ok(())
}

/// What comes of a source that may use this machine's own credentials.
async fn of_machine(source: Value, machine: MachineCredentials, env: Env) -> Result<Outcome> {
    let id = source_id("acme", "checkout-api", "production", "aws")?;
    let bench = Bench::new(&passport_runtime::registry(), id, SystemClock.now())
        .source(source)
        .env(env)
        .hub(|hub| hub.machine = machine)
        .deadline(Duration::from_secs(20));
    let trial = bench.start();
    let trial = trial.map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    Ok(trial.collect().await?)
}

#[tokio::test]
async fn a_machine_is_handed_its_role_only_where_the_operator_opened_it() -> Result<()> {
    let aws = shop().await?;
    let source = || {
        service(&aws, "checkout-api", |it| {
            it["credential"] = json!({"ambient": true});
        })
    };
    let opened = MachineCredentials {
        workspaces: vec!["acme".parse()?],
        instance: Some(aws.url()),
        ..MachineCredentials::default()
    };
    // The server answers as a virtual machine's metadata does.
    let outcome = of_machine(source(), opened, Env::default()).await?;
    assert_eq!(said(&outcome, "available_replicas")?, "passed 2");
    let shut = of_machine(source(), MachineCredentials::default(), Env::default()).await;
    assert!(shut.is_err(), "{shut:?}");
    Ok(())
}

#[tokio::test]
async fn a_pods_own_token_assumes_the_role_that_its_surroundings_name() -> Result<()> {
    let aws = shop().await?;
    let mut token = tempfile::NamedTempFile::new()?;
    writeln!(token, "a-token-of-this-test")?;
    let path = token.path().to_str().context("a path of no text")?;
    let env = Env::from_iter([
        ("AWS_WEB_IDENTITY_TOKEN_FILE", path.to_owned()),
        (
            "AWS_ROLE_ARN",
            format!("arn:aws:iam::{ACCOUNT}:role/reader"),
        ),
    ]);
    let machine = MachineCredentials {
        workspaces: vec!["acme".parse()?],
        web_identity: true,
        ..MachineCredentials::default()
    };
    let source = service(&aws, "checkout-api", |it| {
        it["credential"] = json!({"ambient": true});
        it["role_name"] = json!("reader");
    });
    let outcome = of_machine(source, machine, env).await?;
    assert_eq!(said(&outcome, "available_replicas")?, "passed 2");
    Ok(())
}

#[tokio::test]
async fn a_container_is_handed_keys_by_its_agent() -> Result<()> {
    let aws = shop().await?;
    let ends = SystemClock.now() + chrono::TimeDelta::hours(1);
    let keys = json!({
        "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "a-secret-of-this-test", "Token": "a-token",
        "Expiration": ends.to_rfc3339(),
    });
    let agent = Provider::script()
        .on("GET", "/v2/credentials/1")
        .reply(200, keys);
    let agent = agent.start().await?;
    let machine = MachineCredentials {
        workspaces: vec!["acme".parse()?],
        container: Some(agent.base()),
        ..MachineCredentials::default()
    };
    let path = (
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "/v2/credentials/1",
    );
    let source = service(&aws, "checkout-api", |it| {
        it["credential"] = json!({"ambient": true});
    });
    let outcome = of_machine(source, machine, Env::from_iter([path])).await?;
    assert_eq!(said(&outcome, "available_replicas")?, "passed 2");
    assert_eq!(agent.requests().len(), 1);
    Ok(())
}

/// A source of these queries.
fn watched(aws: &Aws, queries: Value) -> Value {
    json!({
        "connector": "cloudwatch-logs", "endpoint": aws.url(), "sts_endpoint": aws.url(),
        "credential": keys(),
        "scope": {
            "region": REGION, "log_groups": ["/ecs/prod/checkout-api"],
            "fields": {"service": "checkout-api"},
        },
        "queries": queries,
    })
}

async fn of_queries(aws: &Aws, queries: Value) -> Result<Outcome> {
    collected(passport_logs::registry(), watched(aws, queries)).await
}

#[tokio::test]
async fn a_metric_is_its_newest_settled_period() -> Result<()> {
    let aws = Aws::start(0).await?;
    let now = SystemClock.now().timestamp();
    let dimensions = json!([{"Name": "service", "Value": "checkout-api"}]);
    let point = |value: f64, ago: i64| {
        json!({
            "MetricName": "Errors", "Dimensions": dimensions, "Timestamp": now - ago, "Value": value,
        })
    };
    // The newest is not settled yet.
    let points = [point(7.0, 400), point(2.0, 200), point(9.0, 5)];
    let data = json!({"Namespace": "Shop", "MetricData": points});
    aws.make("monitoring", &format!("{METRICS}.PutMetricData"), &data)
        .await?;
    let of = |name: &str, dimension: &str| {
        json!({"custom_metric": {
            "metric": {
                "namespace": "Shop", "name": name, "dimensions": {"service": dimension},
                "stat": "Sum", "period": "60s",
            },
            "unit": "count", "threshold": "< 5",
        }})
    };
    let outcome = of_queries(&aws, of("Errors", "checkout-api")).await?;
    assert_eq!(said(&outcome, "custom_metric")?, "passed 2");
    for (name, dimension) in [("Errors", "cart-api"), ("Faults", "checkout-api")] {
        let outcome = of_queries(&aws, of(name, dimension)).await?;
        assert_eq!(said(&outcome, "custom_metric")?, "unknown NO_DATA");
    }
    Ok(())
}

#[tokio::test]
async fn an_alarm_is_in_the_state_that_it_was_put_in() -> Result<()> {
    let aws = Aws::start(0).await?;
    let alarm = json!({
        "AlarmName": "checkout-api-5xx", "Namespace": "Shop", "MetricName": "Errors",
        "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 5.0,
        "ComparisonOperator": "GreaterThanThreshold",
    });
    aws.make("monitoring", &format!("{METRICS}.PutMetricAlarm"), &alarm)
        .await?;
    let query = |name: &str| json!({"alarm_state": {"alarm": name}});
    for (state, wanted) in [
        ("OK", "passed OK"),
        ("ALARM", "failed BAD_STATE ALARM"),
        ("INSUFFICIENT_DATA", "unknown NO_DATA INSUFFICIENT_DATA"),
    ] {
        let set = json!({
            "AlarmName": "checkout-api-5xx", "StateValue": state, "StateReason": "a test",
        });
        aws.make("monitoring", &format!("{METRICS}.SetAlarmState"), &set)
            .await?;
        let outcome = of_queries(&aws, query("checkout-api-5xx")).await?;
        assert_eq!(said(&outcome, "alarm_state")?, wanted);
    }
    let outcome = of_queries(&aws, query("checkout-api-4xx")).await?;
    assert_eq!(said(&outcome, "alarm_state")?, "unknown NO_DATA");
    Ok(())
}

#[tokio::test]
async fn lines_that_nobody_counts_pass_nothing() -> Result<()> {
    let aws = Aws::start(0).await?;
    let queries = json!({"error_log_count": {
        "insights": "filter ${scope} and level = \"ERROR\"", "threshold": "< 100",
    }});
    let outcome = of_queries(&aws, queries.clone()).await?;
    assert_eq!(failure(&outcome), Some(FailureCode::NotFound));
    let group = json!({"logGroupName": "/ecs/prod/checkout-api"});
    aws.make("logs", &format!("{LOGS}.CreateLogGroup"), &group)
        .await?;
    // Now that the group is there the server answers, and calls its answer HTML.
    let outcome = of_queries(&aws, queries).await?;
    assert_eq!(failure(&outcome), Some(FailureCode::Malformed));
    Ok(())
}
