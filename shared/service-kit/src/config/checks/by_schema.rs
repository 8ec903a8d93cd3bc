//! Checks made of what every registry of connectors has: schemas, and a way to build.

use std::collections::BTreeMap;

use passport_evidence::{Problem, SourceId};
use serde_json::Value;

use super::{Context, SourceChecks};
use crate::config::shape;

/// Checks a source's shape by its connector's schema, then by building it. What the schema already
/// refused is not refused a second time.
pub struct SchemaChecks<B> {
    schemas: BTreeMap<String, Value>,
    build: B,
}

impl<B> SchemaChecks<B>
where
    B: Fn(SourceId, &Value, &Context<'_>) -> Vec<Problem>,
{
    /// Schemas by connector, and what building a source has to say.
    pub fn new<I: Into<String>>(schemas: impl IntoIterator<Item = (I, Value)>, build: B) -> Self {
        let schemas = schemas.into_iter();
        Self {
            schemas: schemas.map(|(id, schema)| (id.into(), schema)).collect(),
            build,
        }
    }
}

impl<B> SourceChecks for SchemaChecks<B>
where
    B: Fn(SourceId, &Value, &Context<'_>) -> Vec<Problem>,
{
    fn check(&self, connector: &str, source: &Value, context: &Context<'_>) -> Vec<Problem> {
        let Some(schema) = self.schemas.get(connector) else {
            return vec![self.no_such(connector)];
        };
        let mut problems = shape::problems(schema, source);
        // A name that is not well formed is refused where it stands.
        let Some(id) = id(context) else {
            return problems;
        };
        let refused = |problem: &Problem| {
            problems
                .iter()
                .any(|known| problem.path.starts_with(&known.path))
        };
        let further: Vec<_> = (self.build)(id, source, context)
            .into_iter()
            .filter(|problem| !refused(problem))
            .collect();
        problems.extend(further);
        problems
    }
}

impl<B> SchemaChecks<B> {
    fn no_such(&self, connector: &str) -> Problem {
        let known: Vec<_> = self.schemas.keys().map(String::as_str).collect();
        let near = crate::config::nearest(connector, known.iter().copied());
        let fix = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("use one of {}", known.join(", ")),
        };
        Problem::new("connector", "is no connector of this version", fix)
    }
}

fn id(context: &Context<'_>) -> Option<SourceId> {
    Some(SourceId {
        scope: passport_evidence::Scope {
            workspace: context.workspace.parse().ok()?,
            service: context.service.parse().ok()?,
            environment: context.environment.parse().ok()?,
        },
        name: context.source.parse().ok()?,
    })
}
