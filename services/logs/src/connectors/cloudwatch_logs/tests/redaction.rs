//! What of a line leaves.

use chrono::DateTime;
use passport_testkit::provider::{Provider, Reply, Script};
use serde_json::{Value, json};

use crate::{
    connectors::cloudwatch_logs::CloudwatchLogs,
    corpus,
    proof::{self, Collected},
};

const NOW: i64 = 1_777_800_600;
const QUERIES: usize = 20;
const EXCERPTS: usize = 3;

const COLLECTED: Collected = Collected {
    source: |base| source(base, QUERIES),
    script: |lines| {
        let each = lines.chunks(EXCERPTS).enumerate();
        each.fold(heartbeat(), |script, (at, lines)| {
            with_query(script, at, rows(lines))
        })
    },
    lines: QUERIES * EXCERPTS,
    shows: true,
    now: || DateTime::from_timestamp(NOW, 0).unwrap(),
};

fn source(base: &str, queries: usize) -> Value {
    let query = |at: usize| {
        let insights = format!("filter ${{scope}} and kind = \"{at}\"");
        let query = json!({
            "fact": "error_log_count", "insights": insights, "threshold": "< 100", "excerpts": EXCERPTS,
        });
        (format!("errors_{at}"), query)
    };
    let queries: serde_json::Map<_, _> = (0..queries).map(query).collect();
    json!({
        "connector": "cloudwatch-logs", "endpoint": base, "sts_endpoint": base,
        "credential": {"access_key_id": {"env": "ID"}, "secret_access_key": {"env": "SECRET"}},
        "scope": {
            "region": "eu-central-1", "log_groups": ["/ecs/prod/checkout-api"],
            "fields": {"service": "checkout-api"},
        },
        "queries": queries,
    })
}

fn answered(script: Script, operation: &str, body: Value, reply: Value) -> Script {
    let on = script
        .on("POST", "/")
        .header("x-amz-target", format!("Logs_20140328.{operation}"));
    on.body(body).respond(Reply::json(200, reply))
}

fn with_answer(script: Script, text: &str, id: &str, results: Value) -> Script {
    let script = answered(
        script,
        "StartQuery",
        json!({"queryString": text}),
        json!({"queryId": id}),
    );
    answered(script, "GetQueryResults", json!({"queryId": id}), results)
}

fn with_query(script: Script, at: usize, results: Value) -> Script {
    let text = format!(
        "filter service = \"checkout-api\" and kind = \"{at}\" | fields @timestamp, @message \
         | sort @timestamp desc | limit {EXCERPTS}"
    );
    with_answer(script, &text, &format!("q-{at}"), results)
}

fn heartbeat() -> Script {
    let text = "filter service = \"checkout-api\" | stats count(*) as n, max(@timestamp) as newest";
    let newest = ((NOW - 400) * 1_000).to_string();
    let row = json!([{"field": "n", "value": "7"}, {"field": "newest", "value": newest}]);
    let results = json!({"status": "Complete", "results": [row]});
    with_answer(Provider::script(), text, "q-newest", results)
}

/// Lines, and where they are to be found.
fn rows(lines: &[String]) -> Value {
    let row = |line: &String| json!([{"field": "@message", "value": line}, {"field": "@ptr", "value": line}]);
    let rows: Vec<_> = lines.iter().map(row).collect();
    json!({"status": "Complete", "results": rows, "statistics": {"recordsMatched": 12.0}})
}

/// All that a collection gives, where this is the one line that matches.
async fn collected(message: String) -> String {
    let script = with_query(heartbeat(), 0, rows(&[message]));
    let provider = script.start().await.unwrap();
    let secrets = [("ID", "an-id"), ("SECRET", "a-secret")];
    let hub = passport_testkit::connector::hub(&secrets);
    let source = source(&provider.base(), 1);
    let built = passport_testkit::connector::built::<CloudwatchLogs>(&source, &hub).unwrap();
    let request = passport_testkit::connector::request((COLLECTED.now)());
    let seen = built.collect(&request, &Default::default()).await.unwrap();
    format!("{} {seen:?}", serde_json::to_string(&seen.facts).unwrap())
}

#[tokio::test]
async fn no_secret_of_a_line_leaves() {
    corpus::stays_inside(collected).await;
}

#[tokio::test]
async fn no_secret_of_any_line_leaves() {
    proof::lines_show_no_secret::<CloudwatchLogs>(31, COLLECTED).await;
}

#[tokio::test]
async fn no_secret_of_a_bad_answer_leaves() {
    let bad = |random: &mut rand::rngs::StdRng, text: &str| -> Script {
        let good = rows(&["an older one".to_owned()]);
        let reply = proof::spoilt(random, &good, text);
        let ask = |script: Script, operation: &str| {
            script
                .on("POST", "/")
                .header("x-amz-target", format!("Logs_20140328.{operation}"))
        };
        let script = ask(Provider::script(), "GetQueryResults").respond(reply.clone());
        // Half of them fail when they are started.
        match rand::Rng::random_bool(random, 0.5) {
            true => ask(script, "StartQuery").respond(reply),
            false => ask(script, "StartQuery").reply(200, json!({"queryId": "q"})),
        }
    };
    let one = Collected {
        source: |base| source(base, 1),
        ..COLLECTED
    };
    proof::errors_show_no_secret::<CloudwatchLogs>(32, one, bad).await;
}
