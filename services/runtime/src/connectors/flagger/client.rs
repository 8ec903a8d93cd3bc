//! The reads that are ever sent: one Canary by its name, its target and its primary, and while it is
//! analysed the target's pods.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use passport_evidence::Reason;
use passport_kubernetes_api::{self as api, Found, List, ListPath, ObjectPath};

use super::{
    model::{Canary, Target},
    settings::Wanted,
};
use crate::cluster::{
    Kind, Moving,
    breadth::{Guarded, Needs},
    listed,
    pod::Pod,
    workload::Workload,
};

const GROUP: &str = "flagger.app";
const VERSION: &str = "v1beta1";
const CANARIES: &str = "canaries";
const APPS: &str = "apps";
/// The phase in which what is new is analysed.
pub const PROGRESSING: &str = "Progressing";

/// Asks about one Canary.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub wanted: Wanted,
}

/// What belongs to a Canary whose target is a workload.
#[derive(Debug, Clone)]
pub struct Parts {
    /// What serves.
    pub primary: Result<Seen, Reason>,
    /// What is rolled out.
    pub target: Result<Seen, Reason>,
    /// Its pods, anybody's. `None`: it is not analysed.
    pub pods: Option<Result<List<Pod>, Reason>>,
}

/// A workload as it was at a moment.
#[derive(Debug, Clone)]
pub struct Seen {
    pub workload: Workload,
    pub observed_at: DateTime<Utc>,
}

/// Why there is no Canary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// The read failed.
    Read(ReadError),
    /// There is none of this name, as of this moment.
    Absent(DateTime<Utc>),
    /// The cluster knows no Canaries.
    NotInstalled,
}

/// What is needed of the token, which depends on the Canary's target.
#[derive(Debug, Clone)]
pub struct Needed<'a> {
    wanted: &'a Wanted,
    workload: Option<(Kind, [String; 2])>,
}

// === impl Client ===

impl Client {
    /// What is needed of the token for this Canary, or for none.
    pub fn needs(&self, canary: Option<&Canary>) -> Needed<'_> {
        let workload = canary.and_then(|it| match it.target() {
            Target::Workload(kind) => Some((kind, [it.spec.target_ref.name.clone(), it.primary()])),
            Target::Service | Target::Unrecognized => None,
        });
        Needed {
            wanted: &self.wanted,
            workload,
        }
    }

    async fn workload(
        &self,
        kind: Kind,
        name: &str,
        request: &CollectRequest,
    ) -> Result<Seen, Reason> {
        let path = ObjectPath {
            group: APPS,
            version: "v1",
            kind: kind.as_str(),
            resource: kind.resource(),
            namespace: &self.wanted.scope.namespace,
            name,
        };
        let read = api::read(&self.provider, path, request).await;
        let (workload, observed_at) = read.map_err(ReadError::reason)?;
        Ok(Seen {
            workload,
            observed_at,
        })
    }

    async fn pods(&self, of: &Workload, request: &CollectRequest) -> Result<List<Pod>, Reason> {
        let selector = of.spec.selector.query();
        let path = ListPath {
            group: "",
            version: "v1",
            kind: "Pod",
            resource: "pods",
            namespace: &self.wanted.scope.namespace,
            selector: selector.as_deref().ok_or(Reason::UnexpectedShape)?,
            page_size: self.wanted.page_size,
        };
        listed(api::list(&self.provider, path, request).await)
    }
}

// === impl Needed ===

impl Needed<'_> {
    /// The same, to ask with.
    pub fn borrowed(&self) -> Needs<'_> {
        let scope = &self.wanted.scope;
        let canary = Guarded {
            group: GROUP,
            resource: CANARIES,
            name: Some(&scope.name),
            parts: &["status"],
        };
        let workloads = self.workload.iter().flat_map(|(kind, names)| {
            names.iter().map(|name| Guarded {
                group: APPS,
                resource: kind.resource(),
                name: Some(name),
                parts: &["scale"],
            })
        });
        let pods = self.workload.as_ref().map(|_| ("", "pods"));
        Needs {
            namespace: &scope.namespace,
            guarded: [canary].into_iter().chain(workloads).collect(),
            lists: pods.into_iter().collect(),
        }
    }
}

// === impl Moving for Client ===

impl Moving for Client {
    type Object = Canary;
    type Parts = Option<Parts>;
    type Error = Missed;

    async fn object(&self, request: &CollectRequest) -> Result<(Canary, DateTime<Utc>), Missed> {
        let path = ObjectPath {
            group: GROUP,
            version: VERSION,
            kind: "Canary",
            resource: CANARIES,
            namespace: &self.wanted.scope.namespace,
            name: &self.wanted.scope.name,
        };
        let found = api::find(&self.provider, path, request).await;
        match found.map_err(Missed::Read)? {
            Found::Object(canary, at) => Ok((canary, at)),
            Found::Absent(at) => Err(Missed::Absent(at)),
            Found::NoSuchKind => Err(Missed::NotInstalled),
        }
    }

    async fn parts(&self, of: &Canary, request: &CollectRequest) -> Option<Parts> {
        let Target::Workload(kind) = of.target() else {
            return None;
        };
        let primary = self.workload(kind, &of.primary(), request).await;
        let name = &of.spec.target_ref.name;
        let target = self.workload(kind, name, request).await;
        let is_analysed = of.status.phase.as_deref() == Some(PROGRESSING);
        let pods = match (is_analysed, &target) {
            (false, _) => None,
            (true, Ok(target)) => Some(self.pods(&target.workload, request).await),
            (true, Err(reason)) => Some(Err(*reason)),
        };
        Some(Parts {
            primary,
            target,
            pods,
        })
    }

    fn is_same(before: &Canary, after: &Canary) -> bool {
        before.anchor() == after.anchor()
    }
}
