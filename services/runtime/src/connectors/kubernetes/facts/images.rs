//! Which image runs, by its digest.

use passport_connector_sdk::digests::{self, Digests};
use passport_evidence::{Fact, Reason, Status};

use super::{IMAGE_DIGEST, members::Members};
use crate::connectors::kubernetes::{model::Workload, settings::Wanted};

/// What a pod runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Image<'a> {
    Digest(&'a str),
    /// The id of an image's configuration, or no known form: may be anything.
    Bare,
    NotStarted,
}

/// The fact, over all pods that have not ended: what is another decides, then what is not known.
pub fn fact(
    members: &Members<'_>,
    workload: &Workload,
    wanted: &Wanted,
    digests: &Digests<'_>,
    rollout: Status,
) -> Fact {
    let first = workload.spec.template.spec.containers.first();
    let name = wanted.container.as_deref();
    let Some(name) = name.or(first.map(|it| it.name.as_str())) else {
        return digests.unread(IMAGE_DIGEST, Reason::UnexpectedShape);
    };
    let running = members.kept.iter().filter(|it| !it.has_ended());
    let images = running.flat_map(|pod| {
        let ids = pod.statuses_of(name).map(|it| it.image_id.as_deref());
        let images: Vec<_> = ids.map(Image::of).collect();
        match images.is_empty() {
            true => vec![Image::NotStarted],
            false => images,
        }
    });
    let images: Vec<_> = images.collect();
    let fact = judge(digests, &images, rollout == Status::Pending);
    match members.are_all {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}

/// What is another decides, then what is not known.
fn judge(digests: &Digests<'_>, images: &[Image<'_>], is_rolling: bool) -> Fact {
    let found = images.iter().filter_map(|it| match it {
        Image::Digest(digest) => Some(*digest),
        Image::Bare | Image::NotStarted => None,
    });
    let found: Vec<_> = found.collect();
    let pending = || Fact::pending(IMAGE_DIGEST, Reason::InProgress);
    let unread = |reason| digests.unread(IMAGE_DIGEST, reason);
    if digests.is_empty() {
        return match found.first() {
            Some(digest) => digests.compared(IMAGE_DIGEST, digest),
            None => unread(Reason::NoSubject),
        };
    }
    if let Some(other) = found.iter().find(|it| !digests.has(it)) {
        return match is_rolling {
            true => pending().showing(*other).wanting(digests.threshold(None)),
            false => digests.compared(IMAGE_DIGEST, other),
        };
    }
    if images.contains(&Image::Bare) {
        return unread(Reason::Incomplete);
    }
    match (found.first(), images.contains(&Image::NotStarted)) {
        (_, true) if is_rolling => pending().wanting(digests.threshold(None)),
        (_, true) | (None, false) => unread(Reason::NoData),
        (Some(digest), false) => digests.compared(IMAGE_DIGEST, digest),
    }
}

// === impl Image ===

impl<'a> Image<'a> {
    fn of(id: Option<&'a str>) -> Self {
        match id {
            None | Some("") => Self::NotStarted,
            Some(id) => digests::pinned(id).map_or(Self::Bare, Self::Digest),
        }
    }
}
