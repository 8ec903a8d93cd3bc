//! The configuration file, typed.

mod gateway;
mod hook;
mod limits;
mod oidc;
mod operator;
mod policy;
mod source;
mod tls;

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

pub use super::names::{FactName, Malformed, Name, PeerIdentity, Selector, Sha256Hex, SourceName};
pub use gateway::{Gateway, Grant, Person, Token, Verb};
pub use hook::{FailOn, Hook, HookScope, ReleaseKeys};
pub use limits::{Limits, Rate};
pub use oidc::{Algorithm, ClaimValue, Issuer, IssuerKind, Mapping};
pub use operator::{
    Addresses, CollectorAt, InCluster, LogFormat, MachineCredentials, OwnSecret, Persons, Secrets,
    Store, Telemetry,
};
pub use policy::{
    AtLeastHold, Bind, Category, Consequence, FactAt, MaxAge, Policy, Requirement, Rule, Severity,
    Waivers,
};
pub use source::Source;
pub use tls::{Client, Tls};

/// Configuration of Passport Mesh.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who may call.
    #[serde(default)]
    pub gateway: Gateway,
    /// Which addresses sources may reach beyond the public ones.
    #[serde(default)]
    pub addresses: Addresses,
    /// Where secrets lie that are files.
    #[serde(default)]
    pub secrets: Secrets,
    /// Where what must outlive the process is kept.
    #[serde(default)]
    pub store: Store,
    /// How persons are told apart in what is kept.
    #[serde(default)]
    pub persons: Persons,
    /// Where each collector is, by its name, for a gateway that is a process of its own.
    #[serde(default)]
    #[schemars(schema_with = "by_name::<Name, CollectorAt>")]
    pub collectors: BTreeMap<Name, CollectorAt>,
    /// Where the process's own logs and traces go.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// Workspaces by name. Required, so that a file cut off while it was written is not taken
    /// for one that configures nothing; `{}` says so on purpose.
    #[schemars(schema_with = "by_name::<Name, Workspace>")]
    pub workspaces: BTreeMap<Name, Workspace>,
}

/// What one owner runs.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// What every release of the workspace needs.
    #[serde(default)]
    pub policy: Policy,
    /// The least that a decision does to a pipeline of the workspace.
    #[serde(default)]
    pub mode: Mode,
    /// Services by name.
    #[schemars(schema_with = "by_name::<Name, Service>")]
    pub services: BTreeMap<Name, Service>,
}

/// One service of a workspace.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// What every release of the service needs, beside what its workspace wants.
    #[serde(default)]
    pub policy: Policy,
    /// The least that a decision does to a pipeline of the service.
    #[serde(default)]
    pub mode: Mode,
    /// Environments by name.
    #[schemars(schema_with = "by_name::<Name, Environment>")]
    pub environments: BTreeMap<Name, Environment>,
}

/// One place where a service is released to.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// What a decision does to the pipeline, where service and workspace do not want more. A new
    /// policy starts in `shadow`, the default.
    #[serde(default)]
    pub mode: Mode,
    /// Configured connectors by name.
    #[serde(default)]
    #[schemars(schema_with = "by_name::<SourceName, Source>")]
    pub sources: BTreeMap<SourceName, Source>,
    /// What a release needs here, beside what its service and its workspace want.
    #[serde(default)]
    pub policy: Policy,
}

/// What a decision does to the pipeline.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It is recorded only.
    #[default]
    Shadow,
    /// It warns.
    Advisory,
    /// It stops the pipeline.
    Enforce,
}

/// A mapping whose keys have a form of their own.
fn by_name<K: JsonSchema, V: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let names = generator.subschema_for::<K>();
    let values = generator.subschema_for::<V>();
    json_schema!({ "type": "object", "propertyNames": names, "additionalProperties": values })
}
