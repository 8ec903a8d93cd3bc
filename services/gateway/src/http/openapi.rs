//! The OpenAPI document, made from the table of routes and the types that they read and write.

use axum::Json;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{
    problem::{self, Problem},
    routes::{self, Content, Refusal, Route, Token},
    timeout,
};

/// OpenAPI 3.1 of everything that the gateway serves over HTTP.
pub fn document() -> Value {
    let mut generator = generator();
    let mut paths = Map::new();
    for route in routes::all() {
        let operation = operation(route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Value::Object(path) = path {
            path.insert(route.method.to_owned(), operation);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Passport Mesh",
            "summary": "Is this service safe to release now?",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "certificate": { "type": "mutualTLS" },
            },
        },
    })
}

/// `GET /openapi.json`.
pub(super) async fn serve() -> Json<Value> {
    Json(document())
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .into_generator()
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let mut operation = json!({
        "operationId": route.id,
        "summary": route.summary,
        "security": security(route.token),
        "responses": {
            route.status: {
                "description": "The answer.",
                "content": content(route.gives, generator),
            },
            "default": {
                "description": "A problem document.",
                "content": {
                    problem::MEDIA_TYPE: { "schema": generator.subschema_for::<Problem>() },
                },
            },
        },
    });
    let too_much = asks_collectors(route).then_some(&TOO_MUCH);
    let problems = route.problems.iter().chain(too_much);
    let problems = problems.map(|problem| described(problem, generator));
    let problems: Vec<_> = problems.collect();
    if let Some(Value::Object(responses)) = operation.get_mut("responses") {
        responses.extend(problems);
    }
    if let Value::Object(fields) = &mut operation {
        let parameters = parameters(route);
        if !parameters.is_empty() {
            fields.insert("parameters".to_owned(), parameters.into());
        }
        if !route.takes.is_empty() {
            let content = content(route.takes, generator);
            let body = json!({ "required": true, "content": content });
            fields.insert("requestBody".to_owned(), body);
        }
    }
    operation
}

/// Of every route that may take long.
const TOO_MUCH: Refusal = Refusal {
    status: "429",
    meaning: "More is asked than may be: by the caller, from its address, or by all at once.",
    passes: true,
    is_text: false,
};

fn described(problem: &Refusal, generator: &mut SchemaGenerator) -> (String, Value) {
    let content = match problem.is_text {
        true => json!({ "text/plain": {} }),
        false => {
            json!({ problem::MEDIA_TYPE: { "schema": generator.subschema_for::<Problem>() } })
        }
    };
    let mut response = json!({ "description": problem.meaning, "content": content });
    if let (true, Value::Object(fields)) = (problem.passes, &mut response) {
        let header = json!({
            "description": "Seconds until the same may be sent again.",
            "schema": { "type": "integer", "minimum": 0 },
        });
        fields.insert("headers".to_owned(), json!({ "Retry-After": header }));
    }
    (problem.status.to_owned(), response)
}

/// A client's certificate is as good as a token. An empty requirement stands for neither.
fn security(token: Token) -> Value {
    match token {
        // No scheme of OpenAPI stands for a part of a path; the parameter says it.
        Token::No | Token::InPath => json!([]),
        Token::Yes => json!([{ "token": [] }, { "certificate": [] }]),
        Token::OrSignature => json!([{ "token": [] }, { "certificate": [] }, {}]),
    }
}

fn parameters(route: &Route) -> Vec<Value> {
    let in_path = route.path.split('/').filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        Some(parameter("path", name, true, in_path_meaning(route, name)))
    });
    let in_query = route
        .query
        .iter()
        .map(|(name, wanted, meaning)| parameter("query", name, *wanted, meaning));
    let in_header = asks_collectors(route).then(timeout);
    let own = route
        .headers
        .iter()
        .map(|(name, meaning)| own_header(name, meaning));
    in_path
        .chain(in_query)
        .chain(in_header)
        .chain(own)
        .collect()
}

/// Whether its answer may take as long as its caller says.
fn asks_collectors(route: &Route) -> bool {
    match route.token {
        Token::No => false,
        Token::Yes | Token::OrSignature | Token::InPath => true,
    }
}

fn timeout() -> Value {
    json!({
        "name": timeout::NAME,
        "in": "header",
        "required": false,
        "description": timeout::MEANING,
        "schema": { "type": "string", "pattern": timeout::PATTERN, "example": "5s" },
    })
}

fn own_header(name: &str, meaning: &str) -> Value {
    json!({
        "name": name,
        "in": "header",
        "required": false,
        "description": meaning,
        "schema": { "type": "string" },
    })
}

/// What a part of a path says that is not always the same.
fn in_path_meaning(route: &Route, name: &str) -> &'static str {
    match name {
        "token" => {
            "The token of the hook. It evaluates the gate of one scope and does nothing else."
        }
        "hook" => {
            "The type of the webhook: confirm-rollout, confirm-traffic-increase, confirm-promotion or \
             rollback."
        }
        _ if route.path.starts_with("/v1/passports") => "Id of the passport.",
        _ if route.path.starts_with("/v1/waivers") => "Id of the waiver.",
        _ if route.path.starts_with("/v1/approvals") => "Id of the approval.",
        _ => "Name of the source within its scope.",
    }
}

fn parameter(place: &str, name: &str, required: bool, meaning: &str) -> Value {
    json!({
        "name": name,
        "in": place,
        "required": required,
        "description": meaning,
        "schema": { "type": "string" },
    })
}

fn content(contents: &[Content], generator: &mut SchemaGenerator) -> Value {
    let described = contents.iter().map(|content| {
        let schema = content.schema.map(|schema| schema(generator));
        let described = schema.map_or_else(|| json!({}), |schema| json!({ "schema": schema }));
        (content.media.to_owned(), described)
    });
    Value::Object(described.collect())
}
