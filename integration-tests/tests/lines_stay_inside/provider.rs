//! One provider, which speaks for every store.

use chrono::{SubsecRound as _, TimeDelta, Utc};
use passport_testkit::provider::{Provider, Reply, Script};
use serde_json::{Value, json};

/// Lines that a fact shows.
pub const SHOWN: usize = 3;

fn loki(script: Script, at: usize, lines: &[String], nanos: i64) -> Script {
    let scope = "environment=\"production\",service=\"checkout-api\"";
    let values: Vec<_> = lines
        .iter()
        .map(|it| json!([nanos.to_string(), it]))
        .collect();
    let streams = json!({"status": "success", "data": {"resultType": "streams", "result": [
        {"stream": {"environment": "production", "service": "checkout-api"}, "values": values},
    ]}});
    let asked = |script: Script, query: String| {
        let on = script.on("GET", "/loki/api/v1/query_range");
        on.query("query", query).reply(200, streams.clone())
    };
    let script = asked(script, format!("{{{scope}}} |= \"m-{at}\""));
    asked(script, format!("{{{scope}}}"))
}

fn search_api(script: Script, at: usize, lines: &[String], newest: &str, millis: i64) -> Script {
    let hit = |line: &String| {
        json!({"_index": "a", "_id": "1", "_source": {
            "@timestamp": newest, "message": line, "service.name": "checkout-api",
            "service.environment": "production", "log.level": "error",
        }})
    };
    let hits: Vec<_> = lines.iter().map(hit).collect();
    let answer = |hits: &[Value]| {
        json!({
            "took": 1, "timed_out": false,
            "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
            "hits": {"total": {"value": lines.len(), "relation": "eq"}, "max_score": null, "hits": hits},
            "aggregations": {"newest": {"value": millis as f64}},
        })
    };
    let path = format!("/logs-checkout-{at}/_search");
    let product = |reply: Reply| reply.header("X-Elastic-Product", "Elasticsearch");
    let script = script
        .on("POST", path.clone())
        .body(json!({"size": 0}))
        .respond(product(Reply::json(200, answer(&[]))));
    script
        .on("POST", path)
        .body(json!({"size": SHOWN}))
        .respond(product(Reply::json(200, answer(&hits))))
}

fn cloudwatch(script: Script, at: Option<usize>, lines: &[String], millis: i64) -> Script {
    let filter = "filter service = \"checkout-api\"";
    let (id, text, results) = match at {
        None => (
            "q-newest".to_owned(),
            format!("{filter} | stats count(*) as n, max(@timestamp) as newest"),
            json!({"status": "Complete", "results": [[
                {"field": "n", "value": "7"}, {"field": "newest", "value": millis.to_string()},
            ]]}),
        ),
        Some(at) => {
            let row = |line: &String| json!([{"field": "@message", "value": line}]);
            let rows: Vec<_> = lines.iter().map(row).collect();
            (
                format!("q-{at}"),
                format!(
                    "{filter} and kind = \"{at}\" | fields @timestamp, @message | sort @timestamp desc \
                     | limit {SHOWN}"
                ),
                json!({"status": "Complete", "results": rows, "statistics": {"recordsMatched": 12.0}}),
            )
        }
    };
    let asked = |script: Script, operation: &str, body: Value, reply: Value| {
        let target = format!("Logs_20140328.{operation}");
        let on = script.on("POST", "/").header("x-amz-target", target);
        on.body(body).respond(Reply::json(200, reply))
    };
    let script = asked(
        script,
        "StartQuery",
        json!({"queryString": text}),
        json!({"queryId": id}),
    );
    asked(script, "GetQueryResults", json!({"queryId": id}), results)
}

/// Each few lines are the answer to a question of their own.
pub fn script(lines: &[String]) -> Script {
    // Now, but for the seconds that the test may take.
    let now = Utc::now().trunc_subsecs(0);
    let at = now - TimeDelta::seconds(20);
    let settled = now - TimeDelta::seconds(400);
    let newest = passport_evidence::json::time(at);
    let empty = cloudwatch(Provider::script(), None, &[], settled.timestamp_millis());
    lines
        .chunks(SHOWN)
        .enumerate()
        .fold(empty, |script, (number, lines)| {
            let script = loki(script, number, lines, at.timestamp() * 1_000_000_000);
            let script = search_api(script, number, lines, &newest, at.timestamp_millis());
            cloudwatch(script, Some(number), lines, settled.timestamp_millis())
        })
}
