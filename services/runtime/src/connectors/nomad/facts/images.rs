//! Which image the job asks for, by its digest. Nomad tells no digest of what runs.

use passport_connector_sdk::digests::{self, Digests};
use passport_evidence::{Fact, Reason};

use super::IMAGE_DIGEST;
use crate::connectors::nomad::{
    model::{Job, Task},
    settings::Wanted,
};

/// What a job asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image<'a> {
    /// One image, or several task groups the same.
    Digest(&'a str),
    /// A tag, which may be anything, or no image.
    Unpinned,
    /// Task groups differ.
    Several(&'a str, &'a str),
}

/// How a job's image stands to the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The subject has no digests.
    NotAsked,
    /// It is the subject's.
    Its,
    /// It is another.
    Other,
    /// It may be any.
    Untold,
}

/// The fact.
pub fn fact(image: Image<'_>, digests: &Digests<'_>) -> Fact {
    match image {
        Image::Digest(digest) => digests.compared(IMAGE_DIGEST, digest),
        Image::Unpinned => digests.unread(IMAGE_DIGEST, Reason::NoData),
        Image::Several(one, other) => {
            let odd = if digests.has(one) { other } else { one };
            let fact = digests.compared(IMAGE_DIGEST, odd);
            // Both may be the subject's, for two platforms.
            fact.wanting(digests.threshold(digests.has(odd).then_some(odd)))
        }
    }
}

// === impl Image ===

impl<'a> Image<'a> {
    /// The image of the task that the source names, of the leader, or of the first task.
    pub fn of(job: &'a Job, wanted: &Wanted) -> Self {
        let groups = job.task_groups.iter().filter(|it| wanted.counts(&it.name));
        let tasks = groups.flat_map(|it| it.tasks.iter().map(|it| &it.0));
        let tasks: Vec<&Task> = tasks.collect();
        let chosen: Vec<&Task> = match &wanted.task {
            Some(name) => tasks.into_iter().filter(|it| it.name == *name).collect(),
            None => {
                let leader = tasks.iter().find(|it| it.leader == Some(true));
                leader.or(tasks.first()).copied().into_iter().collect()
            }
        };
        let pinned = chosen.iter().map(|it| it.image().and_then(digests::pinned));
        let Some(pinned) = pinned.collect::<Option<Vec<_>>>() else {
            return Self::Unpinned;
        };
        match pinned.as_slice() {
            [] => Self::Unpinned,
            [first, rest @ ..] => match rest.iter().find(|it| *it != first) {
                Some(other) => Self::Several(first, other),
                None => Self::Digest(first),
            },
        }
    }

    /// How it stands to the subject.
    pub fn standing(self, digests: &Digests<'_>) -> Standing {
        let is_its = match self {
            Self::Digest(digest) => Some(digests.has(digest)),
            Self::Several(one, other) => Some(digests.has(one) && digests.has(other)),
            Self::Unpinned => None,
        };
        match (digests.is_empty(), is_its) {
            (true, _) => Standing::NotAsked,
            (false, Some(true)) => Standing::Its,
            (false, Some(false)) => Standing::Other,
            (false, None) => Standing::Untold,
        }
    }
}
