//! The reads of a workload that are ever sent: it itself by its name, and the ReplicaSets and pods that its
//! own selector picks.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use passport_evidence::Reason;
use passport_kubernetes_api::{self as api, List, ListPath, ObjectPath};
use serde::de::IgnoredAny;

use super::{
    batch::JOBS,
    scope::{Kind as Named, Target},
    settings::Wanted,
};
use crate::cluster::{
    Kind, Moving,
    breadth::{Guarded, Needs},
    listed,
    pod::Pod,
    workload::{ReplicaSet, Workload},
};

const APPS: &str = "apps";
/// The version of every group that is read.
pub const V1: &str = "v1";

/// Asks about what one source names.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub wanted: Wanted,
}

/// Reads one workload.
pub struct Workloads<'a> {
    pub client: &'a Client,
    pub kind: Kind,
}

/// The pods of one workload.
#[derive(Debug, Clone)]
pub struct Pods {
    /// All that the workload's selector picks.
    pub all: Vec<Pod>,
    /// All ReplicaSets that it picks, of a Deployment.
    pub replica_sets: Vec<ReplicaSet>,
    /// How old the oldest of it is.
    pub observed_at: DateTime<Utc>,
}

// === impl Client ===

impl Client {
    /// Where the object is.
    pub fn path(&self) -> ObjectPath<'_> {
        let scope = &self.wanted.scope;
        ObjectPath {
            group: scope.kind.group(),
            version: V1,
            kind: scope.kind.as_str(),
            resource: scope.kind.resource(),
            namespace: &scope.namespace,
            name: &scope.name,
        }
    }

    /// What is needed of the token. Who may scale the workload may end it, and who may change any Job may
    /// change what a CronJob is judged by.
    pub fn needs(&self) -> Needs<'_> {
        let object = self.path();
        let kind = self.wanted.scope.kind;
        let guarded = |resource, name, parts| Guarded {
            group: object.group,
            resource,
            name,
            parts,
        };
        let own: &'static [&'static str] = match kind.target() {
            Target::Workload(_) => &["scale"],
            Target::Batch(_) => &[],
        };
        let target = guarded(object.resource, Some(object.name), own);
        let jobs = (kind == Named::CronJob).then(|| guarded(JOBS, None, &[]));
        let of_jobs = jobs.map(|it| (it.group, it.resource));
        let beside = &self.wanted.beside;
        let of_workload = beside.autoscaler(object.namespace).into_iter();
        let of_workload = of_workload.chain(beside.budget(object.namespace));
        let beside = of_workload.map(|it| Guarded {
            group: it.group,
            resource: it.resource,
            name: Some(it.name),
            parts: &[],
        });
        Needs {
            namespace: object.namespace,
            guarded: [target].into_iter().chain(jobs).chain(beside).collect(),
            lists: [("", "pods")].into_iter().chain(of_jobs).collect(),
        }
    }

    /// Whether the object itself can be read.
    pub async fn object(&self, request: &CollectRequest) -> Result<(), ReadError> {
        let read = api::read::<IgnoredAny>(&self.provider, self.path(), request);
        read.await.map(|_| ())
    }

    /// Where objects of the namespace are listed.
    pub fn list<'a>(
        &'a self,
        group: &'a str,
        kind: &'a str,
        resource: &'a str,
        selector: &'a str,
    ) -> ListPath<'a> {
        ListPath {
            group,
            version: V1,
            kind,
            resource,
            namespace: &self.wanted.scope.namespace,
            selector,
            page_size: self.wanted.page_size,
        }
    }
}

// === impl Workloads ===

impl Workloads<'_> {
    async fn pods(&self, workload: &Workload, request: &CollectRequest) -> Result<Pods, Reason> {
        let (client, provider) = (self.client, &self.client.provider);
        let selector = workload.spec.selector.query();
        let selector = selector.ok_or(Reason::UnexpectedShape)?;
        let mut replica_sets = Vec::new();
        let mut observed_at = request.now;
        if self.kind == Kind::Deployment {
            let path = client.list(APPS, "ReplicaSet", "replicasets", &selector);
            let found: List<ReplicaSet> = listed(api::list(provider, path, request).await)?;
            replica_sets = found.items;
            observed_at = found.observed_at;
        }
        let path = client.list("", "Pod", "pods", &selector);
        let found: List<Pod> = listed(api::list(provider, path, request).await)?;
        Ok(Pods {
            all: found.items,
            replica_sets,
            observed_at: found.observed_at.min(observed_at),
        })
    }
}

impl Moving for Workloads<'_> {
    type Object = Workload;
    type Parts = Result<Pods, Reason>;
    type Error = ReadError;

    async fn object(
        &self,
        request: &CollectRequest,
    ) -> Result<(Workload, DateTime<Utc>), ReadError> {
        let (provider, path) = (&self.client.provider, self.client.path());
        api::read(provider, path, request).await
    }

    async fn parts(&self, of: &Workload, request: &CollectRequest) -> Result<Pods, Reason> {
        self.pods(of, request).await
    }

    fn is_same(before: &Workload, after: &Workload) -> bool {
        before.anchor() == after.anchor()
    }
}
