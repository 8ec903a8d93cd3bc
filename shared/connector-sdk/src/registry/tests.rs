use std::sync::Arc;

use async_trait::async_trait;
use passport_http_guard::AddressPolicy;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::{
    CollectError, CollectRequest, HubOptions, Kept, Observation,
    secrets::SecretRef,
    settings::{Credential, NamedQuery},
    stub::{DESCRIPTOR, SetEnv, id},
};

struct Pulls;
struct Listens;

/// A source of the tests.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The server.
    endpoint: String,
    /// What is shown.
    credential: Option<Credential>,
    /// What is asked.
    queries: BTreeMap<String, NamedQuery<Own>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Own {
    /// The text.
    text: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListensSettings {
    /// What senders show.
    token: SecretRef,
}

struct Idle;

#[async_trait]
impl Connector for Idle {
    async fn collect(&self, _: &CollectRequest, _: &Kept) -> Result<Observation, CollectError> {
        Ok(Observation::pulled(Vec::new()))
    }

    async fn check(&self, _: &CollectRequest) -> Result<Observation, CollectError> {
        Ok(Observation::pulled(Vec::new()))
    }
}

impl ConnectorKind for Pulls {
    type Settings = Settings;
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "pulls",
        ..DESCRIPTOR
    };

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        for (id, query) in &settings.queries {
            query.shared.resolve(id, builder);
            if query.own.text.is_empty() {
                builder.problem(format!("queries.{id}.text"), "is empty", "write one");
            }
        }
        let auth = builder.auth(settings.credential.as_ref());
        builder.client(&settings.endpoint, auth)?;
        Some(Box::new(Idle))
    }
}

impl ConnectorKind for Listens {
    type Settings = ListensSettings;
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "listens",
        capabilities: &[passport_evidence::Capability::Ingest],
        ..DESCRIPTOR
    };

    fn build(settings: ListensSettings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        builder.secret(&settings.token);
        Some(Box::new(Idle))
    }
}

fn registry() -> Registry {
    Registry::default()
        .with::<Pulls>()
        .and(Registry::default().with::<Listens>())
}

fn pulling() -> Value {
    json!({
        "connector": "pulls",
        "endpoint": "https://example.com",
        "credential": {"env": "TOKEN"},
        "queries": {"load": {"text": "q", "unit": "ratio", "threshold": "< 80%"}},
    })
}

fn build(source: &Value) -> Result<Source, Vec<Problem>> {
    let hub = Hub::new(HubOptions::default(), Arc::new(SetEnv::default()));
    registry().build(id("acme", "one"), source, &hub)
}

/// Paths of the problems of a good source with values put in at JSON pointers.
fn paths(changes: &[(&str, Value)]) -> Vec<String> {
    let mut source = pulling();
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        source.pointer_mut(parent).unwrap()[key] = value.clone();
    }
    let problems = build(&source).err().unwrap_or_default();
    problems.into_iter().map(|problem| problem.path).collect()
}

#[test]
fn a_source_is_built_with_its_id_its_age_and_its_secrets() {
    let source = build(&pulling()).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(source.id, id("acme", "one"));
    assert_eq!(source.max_age.as_secs(), 300);
    assert_eq!(source.descriptor.id, "pulls");
    assert_eq!(source.secrets.len(), 1);
    assert!(!source.require_narrow_credential);
}

#[test]
fn keys_that_stand_in_every_source_are_obeyed() {
    let mut json = pulling();
    json["max_age"] = json!("2h");
    json["require_narrow_credential"] = json!(true);
    let source = build(&json).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(source.max_age.as_secs(), 7_200);
    assert!(source.require_narrow_credential);
}

#[test]
fn all_problems_are_told_at_once_each_at_its_path() {
    let found = paths(&[
        ("/endpoint", json!("http://169.254.169.254")),
        ("/max_age", json!("soon")),
        ("/queries/load/text", json!("")),
        ("/queries/load/threshold", json!("< 5s")),
        ("/queries/speed", json!({"text": "q", "unit": "count"})),
    ]);
    for path in [
        "endpoint",
        "max_age",
        "queries.load.text",
        "queries.load.threshold",
        "queries.speed",
    ] {
        assert!(found.iter().any(|it| it == path), "{path} in {found:?}");
    }
    assert_eq!(found.len(), 5);
}

#[test]
fn unknown_missing_and_mistyped_keys_are_told_at_their_path() {
    assert_eq!(paths(&[("/selector", json!(1))]), ["selector"]);
    assert_eq!(paths(&[("/endpoint", json!(1))]), ["endpoint"]);
    let mut source = pulling();
    source.as_object_mut().unwrap().remove("endpoint");
    assert_eq!(build(&source).err().unwrap()[0].path, "endpoint");
    let unit = ("/queries/load", json!({"text": "q"}));
    assert_eq!(paths(&[unit]), ["queries.load.unit"]);
    let word = ("/queries/load/word", json!(1));
    assert_eq!(paths(&[word]), ["queries.load.word"]);
}

#[test]
fn no_problem_repeats_a_value() {
    let secret = json!("hidden-value");
    let listening = json!({"connector": "listens", "token": secret});
    let mut sources = vec![
        listening,
        json!({"connector": "listens", "token": {"env": 1}}),
    ];
    for pointer in ["/credential", "/max_age", "/tls", "/queries/load/unit"] {
        let mut source = pulling();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        source.pointer_mut(parent).unwrap()[key] = secret.clone();
        sources.push(source);
    }
    for source in sources {
        let problems = build(&source).err().unwrap();
        let text = format!("{problems:?}");
        assert!(!text.contains("hidden-value"), "{text}");
    }
    let problems = build(&json!({"connector": "listens", "token": "hidden-value"}));
    assert_eq!(
        problems.err().unwrap()[0].reason,
        "is not what is wanted here: `env` or `file`"
    );
}

#[test]
fn a_source_that_only_listens_has_no_tls() {
    let source = json!({"connector": "listens", "token": {"env": "T"}, "tls": {}});
    assert_eq!(build(&source).err().unwrap()[0].path, "tls");
}

#[test]
fn an_unknown_connector_is_told_with_those_there_are() {
    let problem = &build(&json!({"connector": "sonar"})).err().unwrap()[0];
    assert_eq!(
        problem.to_string(),
        "connector: is no connector of this version; use one of listens, pulls"
    );
    let problem = &build(&json!({})).err().unwrap()[0];
    assert_eq!(
        (&*problem.path, &*problem.reason),
        ("connector", "is missing")
    );
    assert_eq!(build(&json!("pulls")).err().unwrap()[0].path, "");
}

#[test]
fn connectors_are_listed_by_id() {
    let ids: Vec<_> = registry().descriptors().map(|it| it.id).collect();
    assert_eq!(ids, ["listens", "pulls"]);
}

#[test]
fn a_schema_is_valid_and_says_what_the_build_does() {
    for (id, schema) in registry().schemas() {
        assert!(jsonschema::meta::is_valid(&schema), "{id}");
        assert_eq!(schema["additionalProperties"], false, "{id}");
        assert_eq!(schema["properties"]["connector"]["const"], id);
        let required = schema["required"].as_array().unwrap();
        assert!(required.contains(&json!("connector")), "{id}");
    }
    let schemas: BTreeMap<_, _> = registry().schemas().collect();
    assert!(jsonschema::is_valid(&schemas["pulls"], &pulling()));
    let mut extra = pulling();
    extra["tls"] = json!({"server_name": "example.com"});
    extra["max_age"] = json!("5m");
    assert!(jsonschema::is_valid(&schemas["pulls"], &extra));
    extra["queries"]["load"]["word"] = json!(1);
    assert!(!jsonschema::is_valid(&schemas["pulls"], &extra));
    assert!(schemas["listens"]["properties"].get("tls").is_none());
}

#[test]
fn a_source_is_another_one_when_its_words_or_the_addresses_that_it_may_reach_change() {
    let digest = |source: &Value, addresses: AddressPolicy| {
        let options = HubOptions {
            addresses,
            ..HubOptions::default()
        };
        let hub = Hub::new(options, Arc::new(SetEnv::default()));
        let built = registry().build(id("acme", "one"), source, &hub);
        built
            .unwrap_or_else(|problems| panic!("{problems:?}"))
            .digest
    };
    let of = |source: &Value| digest(source, AddressPolicy::public_only());
    let mut other = pulling();
    other["queries"]["load"]["threshold"] = json!("< 90%");
    assert_eq!(of(&pulling()), of(&pulling()));
    assert_ne!(of(&pulling()), of(&other));
    assert_ne!(
        of(&pulling()),
        digest(&pulling(), AddressPolicy::with_loopback())
    );
}
