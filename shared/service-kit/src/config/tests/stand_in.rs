//! A connector registry for tests: one connector that reads queries.

use passport_evidence::problem::Problem;
use serde_json::{Value, json};

use crate::config::{Context, SourceChecks, shape};

pub struct StandIn;

pub fn connector_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "additionalProperties": false,
        "required": ["connector", "endpoint", "scope"],
        "properties": {
            "connector": { "type": "string" },
            "endpoint": { "type": "string", "description": "Server to ask. Redirects are not followed." },
            "credential": { "type": "object" },
            "scope": { "$ref": "#/$defs/Scope", "description": "The narrow target." },
            "max_age": { "type": "string" },
            "signing_secrets": { "type": "array" },
            "queries": { "type": "object", "additionalProperties": { "$ref": "#/$defs/Query" } },
        },
        "$defs": {
            "Scope": {
                "type": "object",
                "additionalProperties": false,
                "required": ["labels"],
                "properties": { "labels": { "type": "object", "minProperties": 1 } },
            },
            "Query": {
                "type": "object",
                "additionalProperties": false,
                "required": ["promql"],
                "properties": {
                    "promql": { "type": "string" },
                    "unit": { "enum": ["ratio", "seconds"] },
                    "threshold": { "type": "string" },
                },
            },
        },
    })
}

impl SourceChecks for StandIn {
    fn check(&self, connector: &str, source: &Value, _: &Context<'_>) -> Vec<Problem> {
        if connector != "prometheus" {
            return vec![Problem::new(
                "connector",
                "there is no such connector",
                "did you mean `prometheus`?",
            )];
        }
        let mut problems = shape::problems(&connector_schema(), source);
        if source["endpoint"]
            .as_str()
            .is_some_and(|endpoint| endpoint.contains('@'))
        {
            let fix = "put it under credential as a reference";
            problems.push(Problem::new(
                "endpoint",
                "carries a user name or password",
                fix,
            ));
        }
        for (id, query) in source["queries"].as_object().into_iter().flatten() {
            if query["promql"]
                .as_str()
                .is_some_and(|text| !text.contains("${scope}"))
            {
                let path = format!("queries.{id}.promql");
                problems.push(Problem::new(
                    path,
                    "does not use `${scope}`",
                    "select by `{${scope}}`",
                ));
            }
        }
        problems
    }
}
