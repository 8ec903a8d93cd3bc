//! Which image runs, by its digest.

use passport_connector_sdk::digests::{self, Digests};
use passport_evidence::{Fact, Reason};

use super::{IMAGE_DIGEST, pod::Pod};

/// What a pod runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Image<'a> {
    /// An image with this digest.
    Digest(&'a str),
    /// An image that has none, by its name: another than any that is released, or not to be told.
    Bare,
    /// Nothing yet.
    NotStarted,
}

/// The fact, over all pods that have not ended: what is another decides, then what is not known.
pub fn of_pods(digests: &Digests<'_>, pods: &[&Pod], container: &str, is_rolling: bool) -> Fact {
    let running = pods.iter().copied().filter(|it| !it.has_ended());
    of_all(digests, running, container, is_rolling)
}

/// The same over these, whether they have ended or not.
pub fn of_all<'a>(
    digests: &Digests<'_>,
    pods: impl Iterator<Item = &'a Pod>,
    container: &'a str,
    is_rolling: bool,
) -> Fact {
    let images = pods.flat_map(|pod| {
        let ids = pod.statuses_of(container).map(|it| it.image_id.as_deref());
        let images: Vec<_> = ids.map(Image::of).collect();
        match images.is_empty() {
            true => vec![Image::NotStarted],
            false => images,
        }
    });
    let images: Vec<_> = images.collect();
    judge(digests, &images, is_rolling)
}

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
