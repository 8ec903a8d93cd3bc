//! Which image runs, by its digest.

use passport_connector_sdk::digests::{Digests, is_digest};
use passport_evidence::{Fact, Reason, Status};

use super::{IMAGE_DIGEST, complete, rollout::Rollout};
use crate::connectors::ecs::{
    model::{Container, Service, Task},
    settings::Wanted,
    snapshot::Tasks,
};

/// The fact, over all tasks that shall run: what is another decides, then what is not known.
pub fn fact(
    tasks: Result<&Tasks, Reason>,
    service: &Service,
    wanted: &Wanted,
    digests: &Digests<'_>,
    rollout: &Rollout,
) -> Fact {
    let tasks = match tasks {
        Ok(tasks) => tasks,
        Err(reason) => return digests.unread(IMAGE_DIGEST, reason),
    };
    let staying = tasks.all.iter();
    let staying: Vec<_> = staying
        .filter(|it| it.desired_status.as_deref() != Some("STOPPED"))
        .collect();
    let first = staying.iter().flat_map(|it| it.containers()).next();
    let first = first.and_then(|it| it.name.as_deref());
    let Some(name) = wanted.container.as_deref().or(first) else {
        return digests.unread(IMAGE_DIGEST, Reason::NoData);
    };
    let images: Vec<_> = staying.iter().map(|it| it.digest_of(name)).collect();
    let is_rolling = rollout.fact.status() == Status::Pending;
    complete(judge(&images, digests, is_rolling), tasks, service)
}

fn judge(images: &[Option<&str>], digests: &Digests<'_>, is_rolling: bool) -> Fact {
    let told = images.iter().flatten();
    if digests.is_empty() {
        return match told.clone().next() {
            Some(digest) => digests.compared(IMAGE_DIGEST, digest),
            None => digests.unread(IMAGE_DIGEST, Reason::NoSubject),
        };
    }
    let pending = Fact::pending(IMAGE_DIGEST, Reason::InProgress);
    if let Some(other) = told.clone().find(|it| !digests.has(it)) {
        return match is_rolling {
            true => pending.showing(*other).wanting(digests.threshold(None)),
            false => digests.compared(IMAGE_DIGEST, other),
        };
    }
    match (told.clone().next(), images.contains(&None)) {
        // It is not pulled yet.
        (_, true) if is_rolling => pending.wanting(digests.threshold(None)),
        (_, true) | (None, false) => digests.unread(IMAGE_DIGEST, Reason::NoData),
        (Some(digest), false) => digests.compared(IMAGE_DIGEST, digest),
    }
}

// === impl Task ===

impl Task {
    fn containers(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().flatten().map(|it| &it.0)
    }

    /// The digest that its only container of this name runs. What is none by its form may be anything.
    fn digest_of(&self, name: &str) -> Option<&str> {
        let mut named = self.containers();
        let mut named = named.by_ref().filter(|it| it.name.as_deref() == Some(name));
        let digest = named.next().and_then(|it| it.image_digest.as_deref());
        let is_alone = named.next().is_none();
        digest.filter(|it| is_alone && is_digest(it))
    }
}
