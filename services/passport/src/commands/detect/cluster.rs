//! What one namespace of a cluster holds, as if a repository declared it: the detectors are those of files.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use passport_connector_sdk::detect::{Detected, RepositoryFiles, Setting, blank, table};
use passport_connector_sdk::provider::AddressPolicy;
use passport_connector_sdk::{CollectRequest, Hub, HubOptions, ProviderClient, ReadError};
use passport_evidence::{Clock as _, Descriptor};
use passport_http_guard::IpNet;
use passport_kubernetes_api::{self as api, List, ListError, ListPath, is_label};
use passport_service_kit::clock::SystemClock;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::time::Instant;

use super::kubeconfig::{self, Access};
use crate::connectors::registry;
use crate::exit::Fault;
use crate::terminal::remark;

/// How long it may take.
const DEADLINE: Duration = Duration::from_secs(30);
const PAGE: u16 = 500;
/// How a file ends that the detectors look into.
const FILE: &str = ".yaml";
/// What clusters of one's own have addresses in: whoever runs the command names the cluster.
const OWN: [&str; 7] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "::1/128",
    "fc00::/7",
];

/// Of these only those are told that nothing else makes: a CronJob's are gone tomorrow.
const JOB: &str = "Job";

/// A kind of objects that a connector reads.
struct Kind {
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    resource: &'static str,
}

/// Nothing but these is ever listed.
const KINDS: [Kind; 10] = [
    kind("apps", "v1", ["Deployment", "deployments"]),
    kind("apps", "v1", ["StatefulSet", "statefulsets"]),
    kind("apps", "v1", ["DaemonSet", "daemonsets"]),
    kind("batch", "v1", [JOB, "jobs"]),
    kind("batch", "v1", ["CronJob", "cronjobs"]),
    kind("argoproj.io", "v1alpha1", ["Rollout", "rollouts"]),
    kind("argoproj.io", "v1alpha1", ["Application", "applications"]),
    kind("flagger.app", "v1beta1", ["Canary", "canaries"]),
    kind(
        "kustomize.toolkit.fluxcd.io",
        "v1",
        ["Kustomization", "kustomizations"],
    ),
    kind(
        "helm.toolkit.fluxcd.io",
        "v2",
        ["HelmRelease", "helmreleases"],
    ),
];

const fn kind(group: &'static str, version: &'static str, names: [&'static str; 2]) -> Kind {
    let [kind, resource] = names;
    Kind {
        group,
        version,
        kind,
        resource,
    }
}

/// All that is read of an object.
#[derive(Clone, Deserialize)]
struct Object {
    metadata: Metadata,
    spec: Option<Spec>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    name: String,
    #[serde(default)]
    owner_references: Vec<IgnoredAny>,
}

#[derive(Clone, Deserialize)]
struct Spec {
    project: Option<String>,
}

/// What sources there could be for the objects of a namespace.
pub async fn detect(
    context: &str,
    namespace: &str,
) -> Result<Vec<(&'static Descriptor, Detected)>, Fault> {
    if !is_label(namespace) {
        return Err(Fault::wrong(
            "the namespace is no name of one",
            "write it exactly",
        ));
    }
    let access = kubeconfig::access(&kubeconfig_file()?, context)?;
    let server = access.server.clone();
    let has_ca = access.tls.ca.is_some();
    let client = client(access)?;
    let mut files = Vec::new();
    for kind in &KINDS {
        let path = format!("{namespace}/{}{FILE}", kind.resource);
        let declared = declared(&client, namespace, kind).await?;
        files.extend(declared.map(|text| (path, text)));
    }
    let files: RepositoryFiles = files.into_iter().collect();
    let registry = registry();
    let found = registry.detect(&files);
    let placed = found.map(|(descriptor, detected)| {
        let detected = of_cluster(descriptor.id, detected, namespace, &server, has_ca);
        (descriptor, detected)
    });
    Ok(placed.collect())
}

/// The first file of `KUBECONFIG`, or the one in the home folder.
fn kubeconfig_file() -> Result<PathBuf, Fault> {
    let named = std::env::var_os("KUBECONFIG");
    let named = named
        .as_ref()
        .and_then(|it| std::env::split_paths(it).next());
    let at_home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".kube/config"));
    let file = named
        .filter(|it| !it.as_os_str().is_empty())
        .or_else(at_home);
    file.ok_or_else(|| Fault::wrong("there is no kubeconfig", "name one in KUBECONFIG"))
}

fn client(access: Access) -> Result<ProviderClient, Fault> {
    let own = OWN.iter().filter_map(|it| it.parse::<IpNet>().ok());
    let options = HubOptions {
        addresses: AddressPolicy::allowing(own),
        ..HubOptions::default()
    };
    let hub = Hub::new(options, Arc::new(access.secrets));
    let client = hub.client_of_command(&access.server, access.token.as_ref(), access.tls);
    client.map_err(|problems| {
        let problem = problems.into_iter().next();
        let why = problem.map_or_else(|| "it can't be used".to_owned(), |it| it.reason);
        Fault::wrong(
            format!("the cluster of the context is not asked: {why}"),
            "see the kubeconfig's cluster",
        )
    })
}

/// The objects of a kind as documents, of their names alone. `None`: there is no such kind, or it may not be listed.
async fn declared(
    client: &ProviderClient,
    namespace: &str,
    kind: &Kind,
) -> Result<Option<String>, Fault> {
    let path = ListPath {
        group: kind.group,
        version: kind.version,
        kind: kind.kind,
        resource: kind.resource,
        namespace,
        selector: "",
        page_size: PAGE,
    };
    let request = CollectRequest {
        now: SystemClock.now(),
        subject: None,
        deadline: Instant::now() + DEADLINE,
    };
    let found: Result<List<Object>, _> = api::list(client, path, &request).await;
    match found {
        Ok(list) => Ok(Some(documents(kind, namespace, &list.items))),
        Err(ListError::Read(ReadError::NotFound)) => Ok(None),
        Err(ListError::Read(ReadError::Denied)) => {
            remark(&format!("may not list {}: left out", kind.resource));
            Ok(None)
        }
        Err(error) => Err(Fault::unanswered(
            format!("could not list {}: {error}", kind.resource),
            "see whether `kubectl` can, with the same context",
        )),
    }
}

fn documents(kind: &Kind, namespace: &str, objects: &[Object]) -> String {
    let mut text = String::new();
    let is_told = |it: &&Object| kind.kind != JOB || it.metadata.owner_references.is_empty();
    for object in objects.iter().filter(is_told) {
        let name = quoted(&object.metadata.name);
        let project = object.spec.as_ref().and_then(|it| it.project.as_deref());
        // Writing into a string can't fail.
        let _ = write!(
            text,
            "---\napiVersion: {}/{}\nkind: {}\nmetadata: {{name: {name}, namespace: {namespace}}}\n",
            kind.group, kind.version, kind.kind,
        );
        if let Some(project) = project {
            let _ = writeln!(text, "spec: {{project: {}}}", quoted(project));
        }
    }
    text
}

/// JSON is YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The proposal with what the context says too.
fn of_cluster(
    connector: &str,
    mut detected: Detected,
    namespace: &str,
    server: &str,
    has_ca: bool,
) -> Detected {
    for why in &mut detected.why {
        // It lies in no file: what it was listed as says more.
        if let Some(listed) = why.file.strip_suffix(FILE) {
            why.file = listed.to_owned();
        }
    }
    let settings = &mut detected.proposal.settings;
    for (key, setting) in settings.iter_mut() {
        match (key.as_ref(), setting) {
            ("endpoint", setting) => *setting = server.into(),
            ("scope", Setting::Table(scope)) if connector == "argo-cd" => {
                scope.push(("app_namespace".into(), namespace.into()));
            }
            _ => {}
        }
    }
    if connector == "argo-cd" {
        settings.insert(0, ("read_from".into(), "kubernetes".into()));
    }
    if has_ca {
        let file = blank("file with the authorities of the cluster, as PEM");
        let tls = table([("ca", table([("file", file)]))]);
        settings.push(("tls".into(), tls));
    }
    detected
}
