//! Which image runs, by its digest.

use passport_evidence::{Fact, Limits, Meaning, Reason, StateTable, Status, Value};

use super::{IMAGE_DIGEST, members::Members};
use crate::{
    connectors::kubernetes::{model::Workload, settings::Wanted},
    digests::{self, Digests},
};

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

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
    let fact = judge(&images, digests, rollout == Status::Pending);
    match members.are_all {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}

fn judge(images: &[Image<'_>], digests: &Digests<'_>, is_rolling: bool) -> Fact {
    let found = images.iter().filter_map(|it| match it {
        Image::Digest(digest) => Some(*digest),
        Image::Bare | Image::NotStarted => None,
    });
    let found: Vec<_> = found.collect();
    let other = found.iter().find(|it| !digests.contains(it));
    let pending = Fact::pending(IMAGE_DIGEST, Reason::InProgress);
    if digests.is_empty() {
        let fact = digests.unread(IMAGE_DIGEST, Reason::NoSubject);
        return match found.first() {
            Some(digest) => fact.showing(*digest),
            None => fact,
        };
    }
    if let Some(other) = other {
        let fact = match is_rolling {
            true => pending.showing(*other),
            false => Fact::state(IMAGE_DIGEST, "other", &OTHER).showing(*other),
        };
        return fact.wanting(digests.threshold(None));
    }
    if images.contains(&Image::Bare) {
        return digests.unread(IMAGE_DIGEST, Reason::Incomplete);
    }
    match (found.first(), images.contains(&Image::NotStarted)) {
        (_, true) if is_rolling => pending.wanting(digests.threshold(None)),
        (_, true) | (None, false) => digests.unread(IMAGE_DIGEST, Reason::NoData),
        (Some(digest), false) => {
            let limits = Limits {
                threshold: digests.threshold(Some(digest)),
                warn_threshold: None,
            };
            Fact::measured(IMAGE_DIGEST, Value::from(*digest), &limits)
        }
    }
}

// === impl Image ===

impl<'a> Image<'a> {
    fn of(id: Option<&'a str>) -> Self {
        match id {
            None | Some("") => Self::NotStarted,
            Some(id) => digests::named_in(id).map_or(Self::Bare, Self::Digest),
        }
    }
}
