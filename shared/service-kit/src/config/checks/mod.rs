//! What a schema cannot say: rules between parts of the file. They read the plain value, so that
//! they speak up even where other parts do not fit the schema.

mod by_schema;
mod clients;
mod hooks;
mod in_cluster;
mod keeping;
mod machine;
mod oidc;
mod persons;
mod persons_key;
mod policy;
mod reach;
mod references;
mod signing;
mod store;
#[cfg(test)]
mod tests;
mod tokens;

use std::path::{Path, PathBuf};

use ipnet::IpNet;
use passport_evidence::problem::Problem;
use serde_json::Value;

use super::{
    model::{InCluster, MachineCredentials},
    places,
};
pub use by_schema::SchemaChecks;
pub use persons_key::PersonsKey;
pub(super) use references::wants_reference;

/// What the owner of the connectors has to say about one source. Implemented over the registry
/// of connectors, which this crate does not know.
pub trait SourceChecks {
    /// Everything that is wrong with `source`, the whole value under the source's name. Paths are
    /// relative to it. An unknown `connector` is a problem at `connector`. Called also for sources
    /// that do not fit the file's schema; touches no network and never repeats a value that may
    /// be a secret.
    fn check(&self, connector: &str, source: &Value, context: &Context<'_>) -> Vec<Problem>;
}

/// Where a source stands, and what the operator allows it.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Workspace of the source.
    pub workspace: &'a str,
    /// Service of the source.
    pub service: &'a str,
    /// Environment of the source.
    pub environment: &'a str,
    /// Name of the source within its environment.
    pub source: &'a str,
    /// Networks beyond the public ones that it may reach.
    pub allow_addresses: &'a [IpNet],
    /// Unix sockets, or folders of such, that the operator has opened.
    pub allow_sockets: &'a [PathBuf],
    /// Who may use the collector's own account in its cluster.
    pub in_cluster: &'a InCluster,
    /// Where this machine is handed its own credentials; `None`: the operator has not opened it.
    pub machine_credentials: Option<&'a MachineCredentials>,
    /// Folder under which its `{ file: … }` references lie.
    pub secrets_folder: Option<&'a Path>,
    /// Where the key is that ids of persons are made with.
    pub persons_key: PersonsKey,
}

/// The rules between parts of the file.
pub(super) fn across(file: &Value) -> Vec<Problem> {
    let mut problems = tokens::problems(file);
    problems.extend(clients::problems(file));
    problems.extend(oidc::problems(file));
    problems.extend(hooks::problems(file));
    problems.extend(persons::problems(file));
    problems.extend(signing::problems(file));
    problems.extend(store::problems(file));
    problems.extend(keeping::problems(file));
    problems.extend(reach::problems(file));
    problems.extend(in_cluster::problems(file));
    problems.extend(machine::problems(file));
    problems.extend(places::policies(file).iter().flat_map(policy::problems));
    let folder = secrets_folder(file);
    for source in places::sources(file) {
        let path = source.path();
        let found = references::problems(source.value, folder);
        problems.extend(found.into_iter().map(|problem| problem.under(&path)));
    }
    problems
}

/// What the connectors have to say about every source.
pub(super) fn of_connectors(file: &Value, checks: &dyn SourceChecks) -> Vec<Problem> {
    let (allow, sockets, in_cluster) = (allowed(file), sockets(file), in_cluster::opened(file));
    let machine = machine(file);
    let mut problems = Vec::new();
    for source in places::sources(file) {
        let Some(connector) = source.connector() else {
            continue;
        };
        let context = Context {
            workspace: source.workspace,
            service: source.service,
            environment: source.environment,
            source: source.name,
            allow_addresses: &allow,
            allow_sockets: &sockets,
            in_cluster: &in_cluster,
            machine_credentials: machine.as_ref(),
            secrets_folder: secrets_folder(file),
            persons_key: PersonsKey::of(file),
        };
        let path = source.path();
        let found = checks.check(connector, source.value, &context);
        problems.extend(found.into_iter().map(|problem| problem.under(&path)));
    }
    problems
}

fn allowed(file: &Value) -> Vec<IpNet> {
    let networks = file.pointer("/addresses/allow").and_then(Value::as_array);
    let texts = networks.into_iter().flatten().filter_map(Value::as_str);
    texts.filter_map(|text| text.parse().ok()).collect()
}

fn sockets(file: &Value) -> Vec<PathBuf> {
    let paths = file.pointer("/addresses/sockets").and_then(Value::as_array);
    let texts = paths.into_iter().flatten().filter_map(Value::as_str);
    texts.map(PathBuf::from).collect()
}

fn machine(file: &Value) -> Option<MachineCredentials> {
    let opened = file.pointer("/addresses/machine_credentials")?;
    serde_json::from_value(opened.clone()).ok()
}

fn secrets_folder(file: &Value) -> Option<&Path> {
    file.pointer("/secrets/folder")
        .and_then(Value::as_str)
        .map(Path::new)
}
