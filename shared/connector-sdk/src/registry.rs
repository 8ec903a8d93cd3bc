//! The connectors that a collector is built with.

use std::collections::{BTreeMap, BTreeSet};

use passport_evidence::{Capability, Descriptor, FactName, MaxAge, Problem, SourceId, problem};
use schemars::SchemaGenerator;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{
    detect::{Detect, Detected, RepositoryFiles},
    kind::{Builder, Connector, ConnectorKind, SourceContext},
    provider::Hub,
    secrets::Secret,
    settings::CommonSettings,
};

/// The connectors that a collector is built with. Adding one is its folder and its line here.
#[derive(Clone, Default)]
pub struct Registry(BTreeMap<&'static str, Kind>);

#[derive(Clone, Copy)]
struct Kind {
    descriptor: &'static Descriptor,
    schema: fn() -> Value,
    build: Build,
    detect: Option<Detect>,
}

/// Builds a connector from its own keys.
type Build = fn(Map<String, Value>, &mut Builder<'_>) -> Option<Box<dyn Connector>>;

/// A configured connector.
pub struct Source {
    /// Its full id.
    pub id: SourceId,
    /// What is true of its connector.
    pub descriptor: &'static Descriptor,
    /// How long its evidence may be relied on.
    pub max_age: MaxAge,
    pub(crate) connector: Box<dyn Connector>,
    pub(crate) require_narrow_credential: bool,
    pub(crate) secrets: Vec<Secret>,
    /// Facts that its configuration names, beside those of its connector.
    pub(crate) own_facts: BTreeSet<FactName>,
    /// Where the secrets stand that no source of another scope may have.
    pub(crate) kept_apart: Option<&'static str>,
    /// SHA-256 of what the configuration says of it, and of the addresses that it may connect to.
    pub(crate) digest: [u8; 32],
}

impl Source {
    /// Whether it rests on what is delivered to it.
    pub fn takes_deliveries(&self) -> bool {
        self.descriptor.capabilities.contains(&Capability::Ingest)
    }

    /// Whether it is of a kind that sends notices.
    pub fn notifies(&self) -> bool {
        self.descriptor.capabilities.contains(&Capability::Notify)
    }

    /// Whether something is kept for it: deliveries, or what came of its notices.
    pub fn keeps(&self) -> bool {
        self.descriptor.keeps()
    }

    /// What its secrets are named by.
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// Whether it may state this fact.
    pub(crate) fn may_state(&self, name: &FactName) -> bool {
        self.descriptor.fact(name.as_str()).is_some() || self.own_facts.contains(name)
    }

    /// Whether it connects to a provider, be it to ask or to send notices.
    pub(crate) fn connects(&self) -> bool {
        connects(self.descriptor)
    }

    /// Whether it asks, rather than only taking what is delivered.
    pub(crate) fn asks_a_provider(&self) -> bool {
        pulls(self.descriptor)
    }
}

impl Registry {
    /// Adds a kind of connector.
    pub fn with<K: ConnectorKind>(mut self) -> Self {
        const { assert!(K::DETECT.is_some() == K::DESCRIPTOR.detects()) }
        let kind = Kind {
            descriptor: &K::DESCRIPTOR,
            schema: source_schema::<K>,
            build: |own, builder| {
                let settings = read::<K::Settings>(own, builder)?;
                K::build(settings, builder)
            },
            detect: K::DETECT,
        };
        self.0.insert(K::DESCRIPTOR.id, kind);
        self
    }

    /// Adds all connectors of another registry.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// What is true of each connector, sorted by id.
    pub fn descriptors(&self) -> impl Iterator<Item = &'static Descriptor> {
        self.0.values().map(|kind| kind.descriptor)
    }

    /// Runs every detector: candidates with their connector, by its id.
    pub fn detect(
        &self,
        files: &RepositoryFiles,
    ) -> impl Iterator<Item = (&'static Descriptor, Detected)> {
        let detectors = self.0.values();
        detectors.flat_map(|kind| {
            let detect = kind.detect.into_iter();
            detect.flat_map(|detect| detect(files).into_iter().map(|it| (kind.descriptor, it)))
        })
    }

    /// JSON Schema of each connector's sources.
    pub fn schemas(&self) -> impl Iterator<Item = (&'static str, Value)> {
        self.0.iter().map(|(id, kind)| (*id, (kind.schema)()))
    }

    /// Builds a source from what stands under it in the configuration. Touches no network. Paths of
    /// problems are relative to the source.
    pub fn build(&self, id: SourceId, source: &Value, hub: &Hub) -> Result<Source, Vec<Problem>> {
        let object = source.as_object().ok_or_else(|| vec![no_source()])?;
        let name = object
            .get("connector")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let kind = self
            .0
            .get(name)
            .ok_or_else(|| vec![self.no_such_connector(name)])?;
        let context = SourceContext { id: id.clone() };
        let (common, own) = split(object.clone(), kind.descriptor);
        let mut builder = Builder {
            context: &context,
            hub,
            common: CommonSettings::default(),
            descriptor: kind.descriptor,
            problems: Vec::new(),
            secrets: Vec::new(),
            own_facts: BTreeSet::new(),
            default_max_age: None,
            kept_apart: None,
        };
        if let Some(common) = read(common, &mut builder) {
            builder.common = common;
        }
        let connector = (kind.build)(own, &mut builder);
        let max_age = builder.max_age();
        match (connector, max_age) {
            (Some(connector), Some(max_age)) if builder.problems.is_empty() => Ok(Source {
                id,
                descriptor: kind.descriptor,
                max_age,
                connector,
                require_narrow_credential: builder.common.require_narrow_credential,
                secrets: builder.secrets,
                own_facts: builder.own_facts,
                kept_apart: builder.kept_apart,
                digest: digest(source, hub),
            }),
            _ => Err(or_unexplained(builder.problems)),
        }
    }

    /// Builds those of many sources whose connector is of this registry; the others belong to
    /// other collectors.
    pub fn build_all<'a>(
        &self,
        sources: impl IntoIterator<Item = (SourceId, &'a Value)>,
        hub: &Hub,
    ) -> Result<Vec<Source>, Vec<(SourceId, Problem)>> {
        let mut built = Vec::new();
        let mut problems = Vec::new();
        for (id, source) in sources {
            let connector = source.get("connector").and_then(Value::as_str);
            if !connector.is_some_and(|name| self.0.contains_key(name)) {
                continue;
            }
            match self.build(id.clone(), source, hub) {
                Ok(source) => built.push(source),
                Err(found) => problems.extend(found.into_iter().map(|it| (id.clone(), it))),
            }
        }
        problems.extend(shared_tokens(&built));
        if problems.is_empty() {
            Ok(built)
        } else {
            Err(problems)
        }
    }

    fn no_such_connector(&self, name: &str) -> Problem {
        let known: Vec<_> = self.0.keys().copied().collect();
        let reason = match name {
            "" => "is missing".to_owned(),
            _ => "is no connector of this version".to_owned(),
        };
        Problem::new(
            "connector",
            reason,
            format!("use one of {}", known.join(", ")),
        )
    }
}

/// Of the source, and of where it may connect to: an answer from an address that is not allowed any
/// more is not given again.
fn digest(source: &Value, hub: &Hub) -> [u8; 32] {
    let mut sorted = source.clone();
    sorted.sort_all_objects();
    let (addresses, machine) = (&hub.options.addresses, &hub.options.machine);
    Sha256::digest(format!("{sorted} {addresses:?} {machine:?}")).into()
}

/// Senders that can't name a source are told apart by their token alone: one token for two sources
/// would let the first take what is meant for the other. With a secret that is kept apart they could
/// speak for another scope than their own.
fn shared_tokens(sources: &[Source]) -> Vec<(SourceId, Problem)> {
    let mut seen = BTreeMap::new();
    let repeats = |source: &&Source| {
        let selects = source.kept_apart.is_none();
        let mut repeats = false;
        for secret in &source.secrets {
            let key = (source.descriptor.id, secret.reference().clone());
            let other = seen.insert(key, source.id.scope.clone());
            repeats |= other.is_some_and(|scope| selects || scope != source.id.scope);
        }
        repeats
    };
    let problem = |source: &Source| {
        let (path, reason) = match source.kept_apart {
            None => (
                "credential",
                "is the token of another source too, and the token selects the source",
            ),
            Some(path) => (path, "is a secret of a source of another scope too"),
        };
        let problem = Problem::new(path, reason, "give each source a token of its own");
        (source.id.clone(), problem)
    };
    sources
        .iter()
        .filter(|source| source.kept_apart.is_some() || !source.connects())
        .filter(repeats)
        .map(problem)
        .collect()
}

fn no_source() -> Problem {
    Problem::new(
        "",
        "is no source",
        "write keys and values, `connector` among them",
    )
}

/// A connector that refuses must say why; one that does not is at fault itself.
fn or_unexplained(problems: Vec<Problem>) -> Vec<Problem> {
    if problems.is_empty() {
        vec![Problem::new(
            "",
            "was refused without a reason",
            "report this as a fault",
        )]
    } else {
        problems
    }
}

/// Parts the keys that mean the same everywhere from the connector's own.
fn split(
    object: Map<String, Value>,
    descriptor: &Descriptor,
) -> (Map<String, Value>, Map<String, Value>) {
    let common: Vec<_> = CommonSettings::keys(connects(descriptor)).collect();
    object
        .into_iter()
        .filter(|(key, _)| key != "connector")
        .partition(|(key, _)| common.contains(&key.as_str()))
}

fn connects(descriptor: &Descriptor) -> bool {
    pulls(descriptor) || descriptor.capabilities.contains(&Capability::Notify)
}

fn pulls(descriptor: &Descriptor) -> bool {
    descriptor
        .capabilities
        .contains(&passport_evidence::Capability::Pull)
}

/// Deserialises settings; what does not fit is a problem at its path.
fn read<T: DeserializeOwned>(object: Map<String, Value>, builder: &mut Builder<'_>) -> Option<T> {
    serde_path_to_error::deserialize(Value::Object(object))
        .map_err(|error| {
            let said = error.inner().to_string();
            builder.problem(
                path_of(error.path(), &said),
                without_values(said),
                "see the connector's README for what is wanted",
            );
        })
        .ok()
}

/// What was said, less the value that it is about: that may be a secret in the wrong place.
fn without_values(said: String) -> String {
    const REPEAT: [&str; 4] = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant `",
    ];
    if !REPEAT.iter().any(|start| said.starts_with(start)) {
        return said;
    }
    match said.rsplit_once(", expected ") {
        Some((_, wanted)) => format!("is not what is wanted here: {wanted}"),
        None => "is not what is wanted here".to_owned(),
    }
}

/// The path of what does not fit; an unknown or missing key is named only in serde's message.
fn path_of(path: &serde_path_to_error::Path, reason: &str) -> String {
    let mut dotted = match path.to_string().as_str() {
        "." => String::new(),
        path => path.to_owned(),
    };
    let named = reason
        .strip_prefix("unknown field `")
        .or_else(|| reason.strip_prefix("missing field `"))
        .and_then(|rest| rest.split('`').next());
    if let Some(key) = named.filter(|key| !dotted.ends_with(key)) {
        dotted = problem::join(&dotted, key);
    }
    dotted
}

/// Schema of a whole source of one kind.
fn source_schema<K: ConnectorKind>() -> Value {
    let mut generator = SchemaGenerator::default();
    let own = generator.root_schema_for::<K::Settings>().to_value();
    let common = generator.root_schema_for::<CommonSettings>().to_value();
    let mut whole = own;
    let common_keys: Vec<_> = CommonSettings::keys(connects(&K::DESCRIPTOR)).collect();
    merge(&mut whole, &common, "properties", |key| {
        common_keys.contains(&key)
    });
    merge(&mut whole, &common, "$defs", |_| true);
    if let Some(properties) = whole.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(
            "connector".to_owned(),
            serde_json::json!({ "const": K::DESCRIPTOR.id }),
        );
    }
    match whole.get_mut("required").and_then(Value::as_array_mut) {
        Some(required) => required.push("connector".into()),
        None => {
            if let Some(object) = whole.as_object_mut() {
                object.insert("required".to_owned(), serde_json::json!(["connector"]));
            }
        }
    }
    whole
}

fn merge(into: &mut Value, from: &Value, part: &str, wanted: impl Fn(&str) -> bool) {
    let Some(found) = from.get(part).and_then(Value::as_object) else {
        return;
    };
    let Some(object) = into.as_object_mut() else {
        return;
    };
    let own = object
        .entry(part)
        .or_insert_with(|| Value::Object(Map::new()));
    let Some(own) = own.as_object_mut() else {
        return;
    };
    for (key, value) in found {
        if wanted(key) && !own.contains_key(key) {
            own.insert(key.clone(), value.clone());
        }
    }
}

#[cfg(test)]
mod tests;
