//! What is wrong with a source: all that a configuration file with it alone would be told.

use passport_connector_sdk::{Hub, Registry};
use passport_evidence::{Problem, SourceId};
use passport_service_kit::config::{Context, SchemaChecks, load_bytes, path};
use serde_json::{Value, json};

/// Steps from the top of a file to a source.
const DEPTH: usize = 8;

/// The problems of a source. Their paths are relative to it.
pub(crate) fn problems(
    registry: &Registry,
    id: &SourceId,
    source: &Value,
    hub: &Hub,
) -> Vec<Problem> {
    let build = |_, source: &Value, _: &Context<'_>| {
        let built = registry.build(id.clone(), source, hub);
        built.err().unwrap_or_default()
    };
    let checks = SchemaChecks::new(registry.schemas(), build);
    let file = file_with(id, source).to_string();
    let Err(report) = load_bytes("passport.yaml", file.as_bytes(), &checks) else {
        return Vec::new();
    };
    let findings = report.findings().iter();
    findings
        .map(|found| Problem::new(within(&found.path), &*found.reason, &*found.fix))
        .collect()
}

/// JSON is YAML.
fn file_with(id: &SourceId, source: &Value) -> Value {
    let SourceId { scope, name } = id;
    json!({
        "addresses": { "allow": ["127.0.0.0/8", "::1/128"] },
        "workspaces": { scope.workspace.as_str(): {
            "services": { scope.service.as_str(): {
                "environments": { scope.environment.as_str(): {
                    "sources": { name.as_str(): source },
                }},
            }},
        }},
    })
}

/// The part of a path that lies within the source; all of it where it does not lead there.
fn within(path: &str) -> String {
    match path::parse(path).get(DEPTH..) {
        Some(inner) => path::join(inner),
        None => path.to_owned(),
    }
}
