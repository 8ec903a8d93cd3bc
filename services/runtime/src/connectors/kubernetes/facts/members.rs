//! Which pods are a workload's, and which of them of its newest revision.

use crate::{
    cluster::{
        Kind, as_count,
        pod::{Pod, different},
        rollout::Counts,
        workload::Workload,
    },
    connectors::kubernetes::client::Pods,
};

/// A workload's pods. That a selector picks a pod makes it nobody's: its controller does.
#[derive(Debug)]
pub struct Members<'a> {
    /// Those that are not being deleted.
    pub kept: Vec<&'a Pod>,
    /// Those of them of the newest revision.
    pub newest: Vec<&'a Pod>,
    /// Whether all that the controller counts are there.
    pub are_all: bool,
    /// How many of the newest revision the controller counts.
    pub updated: usize,
}

impl<'a> Members<'a> {
    /// The workload's among these.
    pub fn of(workload: &Workload, kind: Kind, pods: &'a Pods) -> Self {
        let uid = &workload.metadata.uid;
        let owned = pods.replica_sets.iter();
        let owned = owned.filter(|it| it.metadata.is_of(uid));
        let owners: Vec<_> = match kind {
            Kind::Deployment => owned.collect(),
            Kind::StatefulSet | Kind::DaemonSet => Vec::new(),
        };
        let revision = workload.metadata.revision();
        let newest_owners = owners.iter().map(|it| &it.metadata);
        let newest_owners = newest_owners.filter(|it| {
            revision.is_some() && it.revision() == revision && it.deletion_timestamp.is_none()
        });
        let newest_owners: Vec<_> = newest_owners.map(|it| it.uid.as_str()).collect();
        let is_member = |pod: &Pod| match kind {
            Kind::Deployment => owners.iter().any(|it| pod.metadata.is_of(&it.metadata.uid)),
            Kind::StatefulSet | Kind::DaemonSet => pod.metadata.is_of(uid),
        };
        let hash = workload.status.update_revision.as_deref();
        let is_newest = |pod: &Pod| match kind {
            Kind::Deployment => newest_owners.iter().any(|it| pod.metadata.is_of(it)),
            Kind::StatefulSet => hash.is_some() && pod.metadata.revision_hash() == hash,
            Kind::DaemonSet => true,
        };
        let members: Vec<&Pod> = pods.all.iter().filter(|it| is_member(it)).collect();
        let counts = Counts::of(workload, kind);
        // A Deployment's ReplicaSets do not count what is being deleted; the other controllers do.
        let is_uncounted =
            |it: &&Pod| it.has_ended() || (kind == Kind::Deployment && it.is_being_deleted());
        let living = different(members.iter().copied().filter(|it| !is_uncounted(it)));
        let kept: Vec<_> = members
            .into_iter()
            .filter(|it| !it.is_being_deleted())
            .collect();
        let newest: Vec<_> = kept.iter().copied().filter(|it| is_newest(it)).collect();
        let are_all = living >= as_count(counts.current);
        // All pods of a DaemonSet are looked at, whatever their revision.
        let updated = as_count(match kind {
            Kind::DaemonSet => counts.current.max(counts.updated),
            Kind::Deployment | Kind::StatefulSet => counts.updated,
        });
        Self {
            are_all,
            updated,
            kept,
            newest,
        }
    }
}
