//! The sources that read it.

use serde_json::{Map, Value, json};

use crate::provider::SHOWN;

fn queries(chunks: usize, query: impl Fn(usize) -> Value) -> Value {
    let each = (0..chunks).map(|at| {
        let mut query = query(at);
        query["fact"] = json!("error_log_count");
        query["threshold"] = json!("< 100");
        query["excerpts"] = json!(SHOWN);
        (format!("errors_{at}"), query)
    });
    each.collect::<Map<_, _>>().into()
}

/// One of each store, or as many as there are indexes.
pub fn sources(base: &str, chunks: usize) -> Value {
    let mut sources = json!({
        "loki": {
            "connector": "loki", "endpoint": base,
            "scope": {"labels": {"environment": "production", "service": "checkout-api"}},
            "queries": queries(chunks, |at| json!({"lines": format!("{{${{scope}}}} |= \"m-{at}\"")})),
        },
        "cloudwatch": {
            "connector": "cloudwatch-logs", "endpoint": base, "sts_endpoint": base,
            "credential": {"access_key_id": {"env": "AWS_ID"}, "secret_access_key": {"env": "AWS_SECRET"}},
            "scope": {
                "region": "eu-central-1", "log_groups": ["/ecs/prod/checkout-api"],
                "fields": {"service": "checkout-api"},
            },
            "queries": queries(chunks, |at| {
                json!({"insights": format!("filter ${{scope}} and kind = \"{at}\"")})
            }),
        },
        "uploads": {
            "connector": "log-upload", "signing_secrets": [{"env": "UPLOAD_SECRET"}], "max_age": "5m",
            "scope": {"service": "checkout-api", "environment": "production"},
            "queries": {"error_log_count": {
                "read": {
                    "count": "/summary/matched", "newest": "/summary/newest", "lines": "/summary/total",
                    "complete": {"pointer": "/summary/complete", "equals": true},
                },
                "threshold": "< 100",
            }},
        },
    });
    for connector in ["opensearch", "elasticsearch"] {
        for at in 0..chunks {
            sources[format!("{connector}-{at}")] = json!({
                "connector": connector, "endpoint": base,
                "scope": {
                    "index": format!("logs-checkout-{at}"),
                    "terms": {"service.environment": "production", "service.name": "checkout-api"},
                },
                "queries": queries(1, |_| json!({"match": {"log.level": "error"}})),
            });
        }
    }
    sources
}
