//! What is wrong with a source: all that a configuration file with it alone would be told.

use passport_connector_sdk::{Hub, Registry};
use passport_evidence::{Problem, SourceId};
use passport_service_kit::config::{Context, SourceChecks, load_bytes, path, shape};
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
    let checks = Checks { registry, id, hub };
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

/// Checks a source by its connector's schema, then by building it.
struct Checks<'a> {
    registry: &'a Registry,
    id: &'a SourceId,
    hub: &'a Hub,
}

impl SourceChecks for Checks<'_> {
    fn check(&self, connector: &str, source: &Value, _: &Context<'_>) -> Vec<Problem> {
        let schema = self.registry.schemas().find(|(id, _)| *id == connector);
        let mut problems = match schema {
            Some((_, schema)) => shape::problems(&schema, source),
            None => Vec::new(),
        };
        let built = self.registry.build(self.id.clone(), source, self.hub);
        let known: Vec<_> = problems.iter().map(|it| it.path.clone()).collect();
        let further = built.err().unwrap_or_default();
        problems.extend(further.into_iter().filter(|it| !known.contains(&it.path)));
        problems
    }
}
