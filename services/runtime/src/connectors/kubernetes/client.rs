//! The reads that are ever sent: one workload by its name, and the ReplicaSets and pods that its own
//! selector picks.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use passport_evidence::Reason;
use passport_kubernetes_api::{self as api, List, ListPath, ObjectPath};

use super::settings::Wanted;
use crate::cluster::{
    Kind, Moving,
    breadth::{Guarded, Needs},
    listed,
    pod::Pod,
    workload::{ReplicaSet, Workload},
};

const APPS: &str = "apps";
const V1: &str = "v1";

/// Asks about one workload.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub wanted: Wanted,
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
    /// Where the workload is.
    pub fn path(&self) -> ObjectPath<'_> {
        let scope = &self.wanted.scope;
        ObjectPath {
            group: APPS,
            version: V1,
            kind: scope.kind.as_str(),
            resource: scope.kind.resource(),
            namespace: &scope.namespace,
            name: &scope.name,
        }
    }

    /// What is needed of the token. Who may scale the workload may end it.
    pub fn needs(&self) -> Needs<'_> {
        let object = self.path();
        let workload = Guarded {
            group: object.group,
            resource: object.resource,
            name: Some(object.name),
            parts: &["scale"],
        };
        Needs {
            namespace: object.namespace,
            guarded: vec![workload],
            lists: vec![("", "pods")],
        }
    }

    /// The workload alone.
    pub async fn workload(
        &self,
        request: &CollectRequest,
    ) -> Result<(Workload, DateTime<Utc>), ReadError> {
        let (workload, reply) = api::read(&self.provider, self.path(), request).await?;
        Ok((workload, reply.observed_at()))
    }

    async fn pods(&self, workload: &Workload, request: &CollectRequest) -> Result<Pods, Reason> {
        let selector = workload.spec.selector.query();
        let selector = selector.ok_or(Reason::UnexpectedShape)?;
        let mut replica_sets = Vec::new();
        let mut observed_at = request.now;
        if self.wanted.scope.kind == Kind::Deployment {
            let path = self.list(APPS, "ReplicaSetList", "replicasets", &selector);
            let found: List<ReplicaSet> = listed(api::list(&self.provider, path, request).await)?;
            replica_sets = found.items;
            observed_at = found.observed_at;
        }
        let path = self.list("", "PodList", "pods", &selector);
        let found: List<Pod> = listed(api::list(&self.provider, path, request).await)?;
        Ok(Pods {
            all: found.items,
            replica_sets,
            observed_at: found.observed_at.min(observed_at),
        })
    }

    fn list<'a>(
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

// === impl Moving for Client ===

impl Moving for Client {
    type Object = Workload;
    type Parts = Result<Pods, Reason>;
    type Error = ReadError;

    async fn object(
        &self,
        request: &CollectRequest,
    ) -> Result<(Workload, DateTime<Utc>), ReadError> {
        self.workload(request).await
    }

    async fn parts(&self, of: &Workload, request: &CollectRequest) -> Result<Pods, Reason> {
        self.pods(of, request).await
    }

    fn is_same(before: &Workload, after: &Workload) -> bool {
        before.anchor() == after.anchor()
    }
}
