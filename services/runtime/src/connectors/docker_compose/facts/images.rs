//! Which image runs, by the digests under which registries know it.

use std::collections::BTreeMap;

use passport_connector_sdk::digests::{self, Digests};
use passport_evidence::{Fact, Reason};

use super::IMAGE_DIGEST;
use crate::connectors::docker_compose::{
    client::{Member, Seen},
    model::{Container, Image},
};

/// The fact, over all containers: what is another decides, then what is not known.
pub fn fact(
    members: &[Member],
    images: &BTreeMap<String, Seen<Image>>,
    digests: &Digests<'_>,
) -> Fact {
    if digests.is_empty() {
        return digests.unread(IMAGE_DIGEST, Reason::NoSubject);
    }
    let parts = members.iter().map(|it| part(it, images, digests));
    let parts: Vec<_> = parts.collect();
    match parts.is_empty() {
        true => digests.unread(IMAGE_DIGEST, Reason::NoData),
        false => Fact::fold(IMAGE_DIGEST, &parts),
    }
}

fn part(member: &Member, images: &BTreeMap<String, Seen<Image>>, digests: &Digests<'_>) -> Fact {
    let container = match &member.seen {
        Ok((container, _)) => container,
        Err(reason) => return digests.unread(IMAGE_DIGEST, *reason),
    };
    let image = match images.get(&container.image) {
        Some(Ok((image, _))) => image,
        Some(Err(reason)) => return digests.unread(IMAGE_DIGEST, *reason),
        None => return digests.unread(IMAGE_DIGEST, Reason::NoData),
    };
    judge(container, image, digests)
}

/// An image may be known by several digests, of its index and of its platform: one of them is enough.
fn judge(container: &Container, image: &Image, digests: &Digests<'_>) -> Fact {
    let of_registries = image.repo_digests.iter().flatten();
    let of_registries: Vec<_> = of_registries.filter_map(|it| digests::pinned(it)).collect();
    let manifest = container.image_manifest_descriptor.as_ref();
    let manifest = manifest.and_then(|it| it.digest.as_deref());
    let mut known = of_registries.iter().copied().chain(manifest);
    if let Some(wanted) = known.find(|it| digests.has(it)) {
        return digests.compared(IMAGE_DIGEST, wanted);
    }
    match of_registries.first() {
        Some(other) => digests.compared(IMAGE_DIGEST, other),
        // Built on the host: no registry vouches for it.
        None => digests.unread(IMAGE_DIGEST, Reason::NoData),
    }
}
