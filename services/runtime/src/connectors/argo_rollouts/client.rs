//! The reads that are ever sent: whether Rollouts are known, one Rollout by its name, its analysis
//! runs and, where digests are compared, its pods.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use passport_evidence::Reason;
use passport_kubernetes_api::{self as api, Found, LabelSelector, List, ListPath, ObjectPath};

use super::{model::Rollout, run::Run, settings::Wanted};
use crate::cluster::{
    Moving,
    breadth::{Guarded, Needs},
    listed,
    pod::Pod,
};

const GROUP: &str = "argoproj.io";
const VERSION: &str = "v1alpha1";
const ROLLOUTS: &str = "rollouts";
const RUNS: &str = "analysisruns";
/// Most analysis runs that are asked for at once.
const RUNS_A_PAGE: u16 = 50;
/// Label of everything that is of one pod template of a Rollout.
pub const POD_HASH: &str = "rollouts-pod-template-hash";

/// Asks about one Rollout.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub wanted: Wanted,
}

/// What belongs to a Rollout.
#[derive(Debug, Clone)]
pub struct Parts {
    /// Analysis runs of the pod template that is rolled out, anybody's.
    pub runs: Result<List<Run>, Reason>,
    /// Pods of that pod template, anybody's. `None`: nobody asks for their images.
    pub pods: Option<Result<List<Pod>, Reason>>,
}

/// Why there is no Rollout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// The read failed.
    Read(ReadError),
    /// There is none of this name, as of this moment.
    Absent(DateTime<Utc>),
    /// The cluster knows no Rollouts.
    NotInstalled,
}

// === impl Client ===

impl Client {
    /// Whether the cluster knows Rollouts; `None`: it does not tell. The group alone says nothing:
    /// other tools of its makers have it too.
    pub async fn is_installed(&self, request: &CollectRequest) -> Result<Option<bool>, ReadError> {
        let served = api::served_resources(&self.provider, GROUP, VERSION, request).await;
        match served {
            Ok(None) => Ok(Some(false)),
            Ok(Some(kinds)) => Ok(Some(kinds.iter().any(|it| it == ROLLOUTS))),
            Err(ReadError::Denied | ReadError::Rejected | ReadError::Shape) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What is needed of the token. Who may write the status may promote; who may write analysis
    /// runs says how an analysis ends. Pods are needed only where there is something to compare.
    pub fn needs(&self, request: &CollectRequest) -> Needs<'_> {
        let scope = &self.wanted.scope;
        let rollout = Guarded {
            group: GROUP,
            resource: ROLLOUTS,
            name: Some(&scope.name),
            parts: &["status", "scale"],
        };
        let runs = Guarded {
            group: GROUP,
            resource: RUNS,
            name: None,
            parts: &[],
        };
        let pods = has_digests(request).then_some(("", "pods"));
        Needs {
            namespace: &scope.namespace,
            guarded: vec![rollout, runs],
            lists: [(GROUP, RUNS)].into_iter().chain(pods).collect(),
        }
    }

    async fn runs(&self, hash: &str, request: &CollectRequest) -> Result<List<Run>, Reason> {
        let selector = LabelSelector::default().with(POD_HASH, hash).query();
        let path = ListPath {
            group: GROUP,
            version: VERSION,
            kind: "AnalysisRun",
            resource: RUNS,
            namespace: &self.wanted.scope.namespace,
            selector: selector.as_deref().ok_or(Reason::UnexpectedShape)?,
            page_size: RUNS_A_PAGE,
        };
        listed(api::list(&self.provider, path, request).await)
    }

    async fn pods(
        &self,
        of: &Rollout,
        hash: &str,
        request: &CollectRequest,
    ) -> Result<List<Pod>, Reason> {
        // One that refers to a Deployment has no selector of its own.
        let selector = of.spec.selector.clone().unwrap_or_default();
        let selector = selector.with(POD_HASH, hash).query();
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

fn has_digests(request: &CollectRequest) -> bool {
    let subject = request.subject.as_ref();
    subject.is_some_and(|it| !it.artifact_digests.is_empty())
}

// === impl Moving for Client ===

impl Moving for Client {
    type Object = Rollout;
    type Parts = Parts;
    type Error = Missed;

    async fn object(&self, request: &CollectRequest) -> Result<(Rollout, DateTime<Utc>), Missed> {
        let path = ObjectPath {
            group: GROUP,
            version: VERSION,
            kind: "Rollout",
            resource: ROLLOUTS,
            namespace: &self.wanted.scope.namespace,
            name: &self.wanted.scope.name,
        };
        let found = api::find(&self.provider, path, request).await;
        match found.map_err(Missed::Read)? {
            Found::Object(rollout, at) => Ok((rollout, at)),
            Found::Absent(at) => Err(Missed::Absent(at)),
            Found::NoSuchKind => Err(Missed::NotInstalled),
        }
    }

    async fn parts(&self, of: &Rollout, request: &CollectRequest) -> Parts {
        let Some(hash) = of.hash() else {
            return Parts {
                runs: Err(Reason::NoData),
                pods: has_digests(request).then_some(Err(Reason::NoData)),
            };
        };
        let runs = self.runs(hash, request).await;
        let pods = match has_digests(request) {
            true => Some(self.pods(of, hash, request).await),
            false => None,
        };
        Parts { runs, pods }
    }

    fn is_same(before: &Rollout, after: &Rollout) -> bool {
        before.anchor() == after.anchor()
    }
}
