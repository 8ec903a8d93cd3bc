//! A query that nobody waits for any more is stopped: it would go on, cost, and take one of the account's places.

use std::{collections::BTreeSet, time::Duration};

use chrono::DateTime;
use passport_connector_sdk::{CollectRequest, Kept};
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::connectors::cloudwatch_logs::CloudwatchLogs;

/// Longest that is waited for a request that has to come.
const PATIENCE: Duration = Duration::from_secs(20);

/// The query of the fact and that of the heartbeat.
const IDS: [&str; 2] = ["q-own", "q-newest"];

fn on(script: Script, operation: &str, body: Value) -> passport_testkit::provider::On {
    let target = format!("Logs_20140328.{operation}");
    script
        .on("POST", "/")
        .header("x-amz-target", target)
        .body(body)
}

/// Both queries start, and no look at them is ever answered.
fn script() -> Script {
    let heartbeat =
        "filter service = \"checkout-api\" | stats count(*) as n, max(@timestamp) as newest";
    let own = "filter service = \"checkout-api\" and level = \"ERROR\" | stats count(*) as n, max(@timestamp) as newest";
    let script = on(
        Provider::script(),
        "StartQuery",
        json!({"queryString": own}),
    );
    let script = script.reply(200, json!({"queryId": IDS[0]}));
    let script = on(script, "StartQuery", json!({"queryString": heartbeat}));
    let script = script.reply(200, json!({"queryId": IDS[1]}));
    let script = on(script, "GetQueryResults", json!({})).hang();
    on(script, "StopQuery", json!({})).reply(200, json!({"success": true}))
}

fn source(base: &str) -> Value {
    json!({
        "connector": "cloudwatch-logs", "endpoint": base, "sts_endpoint": base,
        "credential": {"access_key_id": {"env": "ID"}, "secret_access_key": {"env": "SECRET"}},
        "scope": {
            "region": "eu-central-1", "log_groups": ["/ecs/prod/checkout-api"],
            "fields": {"service": "checkout-api"},
        },
        "queries": {"error_log_count": {
            "insights": "filter ${scope} and level = \"ERROR\"", "threshold": "< 100",
        }},
    })
}

/// Starts a collection with this much time.
async fn started(time: Duration) -> (Provider, tokio::task::JoinHandle<()>) {
    let provider = script().start().await.unwrap();
    let hub = connector::hub(&[("ID", "an-id"), ("SECRET", "a-secret")]);
    let source = connector::built::<CloudwatchLogs>(&source(&provider.base()), &hub).unwrap();
    let now = DateTime::from_timestamp(1_777_800_600, 0).unwrap();
    let request = CollectRequest {
        deadline: Instant::now() + time,
        ..connector::request(now)
    };
    let collection = tokio::spawn(async move {
        // The hub outlives the collection, as that of a collector does.
        let _hub = hub;
        let _ = source.collect(&request, &Kept::default()).await;
    });
    (provider, collection)
}

/// The ids that requests of an operation named.
async fn asked(provider: &Provider, operation: &str) -> BTreeSet<String> {
    let ids = async {
        let mut least = 1;
        loop {
            let seen = provider.seen(least).await;
            let of_operation = seen.iter().filter(|it| {
                it.header("x-amz-target")
                    .is_some_and(|it| it.ends_with(operation))
            });
            let ids: BTreeSet<_> = of_operation.filter_map(|it| id(&it.body)).collect();
            if ids.len() == IDS.len() {
                return ids;
            }
            least = seen.len() + 1;
        }
    };
    timeout(PATIENCE, ids).await.unwrap_or_default()
}

fn id(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body["queryId"].as_str().map(str::to_owned)
}

fn both() -> BTreeSet<String> {
    IDS.map(str::to_owned).into()
}

#[tokio::test]
async fn queries_are_stopped_when_the_caller_has_gone() {
    let (provider, collection) = started(Duration::from_secs(60)).await;
    assert_eq!(asked(&provider, "GetQueryResults").await, both());
    collection.abort();
    assert_eq!(asked(&provider, "StopQuery").await, both());
}

/// A look that is never answered may take all the time that there is.
#[tokio::test]
async fn queries_are_stopped_when_the_time_is_over() {
    let (provider, collection) = started(Duration::from_secs(2)).await;
    assert_eq!(asked(&provider, "GetQueryResults").await, both());
    assert_eq!(asked(&provider, "StopQuery").await, both());
    collection.await.unwrap();
}
