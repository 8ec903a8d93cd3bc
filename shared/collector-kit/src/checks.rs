//! How the sources of a configuration are checked, and what their connectors share.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use ipnet::IpNet;
use passport_connector_sdk::{
    Hub, HubOptions, Registry,
    provider::{self, OwnAccount},
    secrets::{ProcessSecrets, SecretReader},
};
use passport_http_guard::AddressPolicy;
use passport_service_kit::config::{
    SchemaChecks, SourceChecks,
    model::{InCluster, MachineCredentials, OwnSecret, Settings},
};

use crate::{
    Lineage,
    persons::{self, Process},
};

/// What the command shows to gateways.
const OWN_TOKEN: &str = "PASSPORT_TOKEN";

/// What the connectors have to say about the sources of a configuration, for a process of this kind.
pub fn checks(registry: Registry, process: Process) -> impl SourceChecks {
    let schemas: Vec<_> = registry.schemas().collect();
    SchemaChecks::new(schemas, move |id, source, context| {
        let secrets = Arc::new(ProcessSecrets {
            folder: context.secrets_folder.map(Path::to_path_buf),
            ..ProcessSecrets::default()
        });
        let options = HubOptions {
            persons_key: persons::expected(context.persons_key, process),
            ..options(
                context.allow_addresses,
                context.allow_sockets,
                context.in_cluster,
                context.machine_credentials,
            )
        };
        let hub = Hub::new(options, secrets);
        registry.build(id, source, &hub).err().unwrap_or_default()
    })
}

/// What provider clients share in a process of this kind.
pub fn hub(
    settings: &Settings,
    process: Process,
    secrets: Arc<dyn SecretReader>,
    lineage: &Lineage,
) -> Arc<Hub> {
    let reach = &settings.addresses;
    let machine = reach.machine_credentials.as_ref();
    let options = HubOptions {
        persons_key: persons::key(settings, process),
        ..options(&reach.allow, &reach.sockets, &reach.in_cluster, machine)
    };
    lineage.hub(options, secrets)
}

/// Where the operator names no networks, this machine may be asked; a socket, the collector's own account in its
/// cluster and a machine's own credentials only where he opens them.
fn options(
    allow: &[IpNet],
    sockets: &[PathBuf],
    in_cluster: &InCluster,
    machine: Option<&MachineCredentials>,
) -> HubOptions {
    let workspaces = in_cluster.workspaces.iter();
    let addresses = match allow.is_empty() {
        true => AddressPolicy::with_loopback(),
        false => AddressPolicy::allowing(allow.iter().copied()),
    };
    HubOptions {
        addresses,
        sockets: sockets.to_vec(),
        own_account: OwnAccount {
            workspaces: workspaces.filter_map(|it| it.parse().ok()).collect(),
            folder: in_cluster.folder.clone(),
        },
        machine: machine.map(opened).unwrap_or_default(),
        ..HubOptions::default()
    }
}

fn opened(machine: &MachineCredentials) -> provider::MachineCredentials {
    let workspaces = machine.workspaces.iter();
    provider::MachineCredentials {
        workspaces: workspaces
            .filter_map(|it| it.as_str().parse().ok())
            .collect(),
        container: machine.container.clone(),
        instance: machine.instance.clone(),
        web_identity: machine.web_identity,
    }
}

/// Secrets that sources may use: not the process's own, under whichever name.
pub fn secrets(settings: &Settings) -> ProcessSecrets {
    let mut secrets = ProcessSecrets {
        folder: settings.secrets.folder.clone(),
        reserved: vec![OWN_TOKEN.to_owned()],
        reserved_files: vec![persons::place(settings)],
    };
    let tokens = settings.collectors.values();
    let tokens = tokens.filter_map(|collector| collector.token.as_ref());
    let further = [&settings.store.postgres, &settings.persons.key];
    for own in tokens.chain(further.into_iter().flatten()) {
        match own {
            OwnSecret::Env(name) => secrets.reserved.push(name.clone()),
            OwnSecret::File(path) => secrets.reserved_files.push(path.clone()),
        }
    }
    let shown = settings.collectors.values().map(|it| &it.tls);
    let shown = shown.chain([&settings.gateway.tls]).flatten();
    let keys = shown.map(|tls| tls.key.clone());
    secrets.reserved_files.extend(keys);
    secrets
}
