//! What is being released.

use passport_evidence::Subject;

use super::{artifact, summary::Summary};

/// The digests of what is being released.
#[derive(Debug, Clone, Default)]
pub struct Digests {
    /// Those that can be read.
    pub legible: Vec<String>,
    /// Whether there are others: what they name is not known.
    pub has_illegible: bool,
}

// === impl Digests ===

impl Digests {
    /// Reads a subject's.
    pub fn of(subject: Option<&Subject>) -> Self {
        let mut digests = Self::default();
        for text in subject.iter().flat_map(|it| &it.artifact_digests) {
            match artifact::any_digest(text) {
                Some(digest) => digests.legible.push(digest),
                None => digests.has_illegible = true,
            }
        }
        digests
    }

    /// Whether a report names one of them.
    pub fn are_named_by(&self, summary: &Summary) -> bool {
        self.legible.iter().any(|it| summary.digests.contains(it))
    }
}
