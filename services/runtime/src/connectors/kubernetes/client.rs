//! The reads that are ever sent: one workload by its name, and the ReplicaSets and pods that its own
//! selector picks.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use passport_evidence::Reason;
use passport_kubernetes_api::{self as api, List, ListError, ListPath, ObjectPath};

use super::{
    model::{ReplicaSet, Workload},
    pod::Pod,
    scope::Kind,
    settings::Wanted,
};

const APPS: &str = "apps";
const V1: &str = "v1";
/// How often it is all read where it moved in the meantime.
const ATTEMPTS: usize = 2;

/// Asks about one workload.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub wanted: Wanted,
}

/// What was read of one workload.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The workload.
    pub workload: Workload,
    /// How old that is.
    pub observed_at: DateTime<Utc>,
    /// Its pods.
    pub pods: Result<Pods, Reason>,
    /// Whether it was another workload, or another generation of it, after its pods were read.
    pub has_moved: bool,
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
    pub fn object(&self) -> ObjectPath<'_> {
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

    /// The workload alone.
    pub async fn workload(
        &self,
        request: &CollectRequest,
    ) -> Result<(Workload, DateTime<Utc>), ReadError> {
        let (workload, reply) = api::read(&self.provider, self.object(), request).await?;
        Ok((workload, reply.observed_at()))
    }

    /// The workload with its pods, of one moment unless it says that it moved. A workload is read
    /// before its pods and after them, and all of it once more if it changed meanwhile.
    pub async fn snapshot(&self, request: &CollectRequest) -> Result<Snapshot, ReadError> {
        let (mut before, mut observed_at) = self.workload(request).await?;
        let mut attempts = 1;
        loop {
            let pods = self.pods(&before, request).await;
            let (after, after_at) = self.workload(request).await?;
            let has_moved = before.anchor() != after.anchor();
            if !has_moved || attempts == ATTEMPTS {
                return Ok(Snapshot {
                    workload: after,
                    observed_at: observed_at.min(after_at),
                    pods,
                    has_moved,
                });
            }
            attempts += 1;
            (before, observed_at) = (after, after_at);
        }
    }

    async fn pods(&self, workload: &Workload, request: &CollectRequest) -> Result<Pods, Reason> {
        let selector = workload.spec.selector.query();
        let selector = selector.ok_or(Reason::UnexpectedShape)?;
        let mut replica_sets = Vec::new();
        let mut observed_at = request.now;
        if self.wanted.scope.kind == Kind::Deployment {
            let path = self.list(APPS, "ReplicaSetList", "replicasets", &selector);
            let found: List<ReplicaSet> = read(api::list(&self.provider, path, request).await)?;
            replica_sets = found.items;
            observed_at = found.observed_at;
        }
        let path = self.list("", "PodList", "pods", &selector);
        let found: List<Pod> = read(api::list(&self.provider, path, request).await)?;
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

fn read<T>(list: Result<List<T>, ListError>) -> Result<List<T>, Reason> {
    list.map_err(|error| match error {
        // A list of one namespace that holds another's.
        ListError::Read(ReadError::OutOfScope) => Reason::FilterNotApplied,
        ListError::Read(error) => error.reason(),
        ListError::Incomplete => Reason::Incomplete,
    })
}
