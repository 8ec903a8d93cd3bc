//! The connectors that a collector is built with.

mod reading;
mod schema;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use passport_evidence::{Capability, Descriptor, FactName, MaxAge, Problem, SourceId};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use reading::{read, split};
use schema::source_schema;
use tokens::shared_tokens;

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

fn connects(descriptor: &Descriptor) -> bool {
    pulls(descriptor) || descriptor.capabilities.contains(&Capability::Notify)
}

fn pulls(descriptor: &Descriptor) -> bool {
    descriptor
        .capabilities
        .contains(&passport_evidence::Capability::Pull)
}

#[cfg(test)]
mod tests;
