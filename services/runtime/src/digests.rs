//! The digests of what is being released, as what runs is compared with them.

use passport_evidence::{Fact, FactName, Reason, Subject, Threshold};

/// Digits of a SHA-256.
const DIGITS: usize = 64;
/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

/// The subject's digests.
#[derive(Debug)]
pub struct Digests<'a>(Vec<&'a str>);

// === impl Digests ===

impl<'a> Digests<'a> {
    /// Of what is being released.
    pub fn of(subject: Option<&'a Subject>) -> Self {
        let digests = subject.map_or(&[][..], |it| &it.artifact_digests);
        Self(digests.iter().map(String::as_str).collect())
    }

    /// Whether there is nothing to compare with.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a digest is one of them.
    pub fn contains(&self, digest: &str) -> bool {
        self.0.contains(&digest)
    }

    /// The fact of this name, where no image could be read.
    pub fn unread(&self, name: FactName, reason: Reason) -> Fact {
        match self.0.is_empty() {
            true => Fact::not_applicable(name, Reason::NoSubject),
            false => Fact::unknown(name, reason).wanting(self.threshold(None)),
        }
    }

    /// As many of the digests as a threshold holds, one of them for certain.
    pub fn threshold(&self, with: Option<&str>) -> Option<Threshold> {
        let others = self.0.iter().copied().filter(|it| Some(*it) != with);
        let mut length = 0;
        let named = with.into_iter().chain(others.filter(|it| is_digest(it)));
        let named = named.take_while(|it| {
            length += it.len() + 2;
            length <= MAX_NAMED
        });
        let named: Vec<_> = named.collect();
        format!("in {}", named.join(", ")).parse().ok()
    }
}

/// Whether a text is a SHA-256 as registries write it.
pub fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    digits.is_some_and(|it| it.len() == DIGITS && it.bytes().all(is_digit))
}

/// The digest of an image that is named with its repository, which is not compared: mirrors have others.
pub fn named_in(image: &str) -> Option<&str> {
    let (_, digest) = image.rsplit_once('@')?;
    is_digest(digest).then_some(digest)
}
