//! The document says what the router does.

use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::world::{World, json, send};
use crate::{http::routes, openapi::document};

/// Every operation of the document.
fn documented() -> Vec<(String, Method)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap().clone();
    let operations = paths.into_iter().flat_map(|(path, operations)| {
        let methods: Vec<_> = operations.as_object().unwrap().keys().cloned().collect();
        let method = |name: String| Method::from_bytes(name.to_uppercase().as_bytes()).unwrap();
        methods
            .into_iter()
            .map(move |name| (path.clone(), method(name)))
    });
    operations.collect()
}

#[tokio::test]
async fn the_router_has_every_documented_operation_and_no_other_method() {
    let router = World::new().router().await;
    let documented = documented();
    for (path, _) in &documented {
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
        ] {
            let uri = path.replace(['{', '}'], "");
            let request = Request::builder().method(&method).uri(uri);
            let response = send(router.clone(), request.body(Body::empty()).unwrap()).await;
            let has = response.status() != StatusCode::METHOD_NOT_ALLOWED;
            let is_documented = documented.contains(&(path.clone(), method.clone()));
            assert_eq!(has, is_documented, "{method} {path}");
            if has {
                let unknown = json_code(response).await == Some("NO_SUCH_ROUTE".to_owned());
                assert!(!unknown, "{method} {path}");
            }
        }
    }
}

async fn json_code(response: axum::response::Response) -> Option<String> {
    let status = response.status();
    if status != StatusCode::NOT_FOUND {
        return None;
    }
    json(response).await["code"].as_str().map(str::to_owned)
}

#[test]
fn every_route_is_documented() {
    let documented = documented();
    assert_eq!(documented.len(), routes::all().count());
    for route in routes::all() {
        let method = Method::from_bytes(route.method.to_uppercase().as_bytes()).unwrap();
        assert!(
            documented.contains(&(route.path.to_owned(), method)),
            "{}",
            route.path
        );
    }
}

#[tokio::test]
async fn the_document_is_served() {
    let request = Request::get("/openapi.json").body(Body::empty()).unwrap();
    let response = send(World::new().router().await, request).await;
    assert_eq!(json(response).await, document());
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = document();
    let mut references = Vec::new();
    gather(&document, &mut references);
    assert!(references.len() > 10, "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn gather(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let reference = fields.get("$ref").and_then(Value::as_str);
            references.extend(reference.map(str::to_owned));
            fields.values().for_each(|field| gather(field, references));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, references)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_documents_schemas_are_those_of_the_public_json() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in [
        "Evidence",
        "Fact",
        "Failure",
        "Scope",
        "Subject",
        "Problem",
        "Collected",
    ] {
        assert!(schemas.contains_key(name), "{name}");
    }
    let required = &schemas["CollectBody"]["required"];
    assert_eq!(required, &serde_json::json!(["scope"]));
    assert_eq!(schemas["CollectBody"]["additionalProperties"], false);
}

#[test]
fn every_operation_that_asks_collectors_takes_a_timeout() {
    let document = document();
    for route in routes::all() {
        let pointer = route.path.replace('/', "~1");
        let pointer = format!("/paths/{pointer}/{}/parameters", route.method);
        let parameters = document.pointer(&pointer).and_then(Value::as_array);
        let names = parameters.into_iter().flatten().map(|it| &it["name"]);
        let takes = names.into_iter().any(|it| it == "Passport-Timeout");
        assert_eq!(takes, route.path.starts_with("/v1/"), "{}", route.path);
    }
}

#[test]
fn the_route_of_deliveries_tells_how_each_of_them_may_end() {
    let document = document();
    let route = "/paths/~1v1~1evidence~1ingest~1{source}/post";
    let at = |below: &str| document.pointer(&format!("{route}{below}"));
    for status in ["202", "400", "401", "404", "408", "413", "422", "503"] {
        assert!(at(&format!("/responses/{status}")).is_some(), "{status}");
    }
    assert!(at("/responses/503/headers/Retry-After").is_some());
    assert!(at("/responses/413/headers").is_none());
    let parameters = at("/parameters").and_then(Value::as_array).unwrap();
    let names: Vec<_> = parameters
        .iter()
        .filter_map(|it| it["name"].as_str())
        .collect();
    assert!(names.contains(&"Passport-Observed-At"), "{names:?}");
}

#[test]
fn every_operation_that_asks_collectors_tells_when_to_come_again() {
    let document = document();
    for route in routes::all() {
        let pointer = route.path.replace('/', "~1");
        let pointer = format!("/paths/{pointer}/{}/responses/429", route.method);
        let header = document.pointer(&format!("{pointer}/headers/Retry-After"));
        assert_eq!(
            header.is_some(),
            route.path.starts_with("/v1/"),
            "{pointer}"
        );
    }
}
