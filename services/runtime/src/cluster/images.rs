//! Which image runs, by its digest.

use passport_evidence::{Fact, Limits, Meaning, Reason, StateTable, Subject, Threshold, Value};

use super::{IMAGE_DIGEST, pod::Pod};

/// Digits of a SHA-256.
const DIGITS: usize = 64;
/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

/// What a pod runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Image<'a> {
    Digest(&'a str),
    /// The id of an image's configuration, or no known form: may be anything.
    Bare,
    NotStarted,
}

/// The subject's digests.
pub struct Digests<'a>(Vec<&'a str>);

// === impl Digests ===

impl<'a> Digests<'a> {
    /// Of what is being released.
    pub fn of(subject: Option<&'a Subject>) -> Self {
        let digests = subject.map_or(&[][..], |it| &it.artifact_digests);
        Self(digests.iter().map(String::as_str).collect())
    }

    /// The fact, where no image could be read.
    pub fn unread(&self, reason: Reason) -> Fact {
        match self.0.is_empty() {
            true => Fact::not_applicable(IMAGE_DIGEST, Reason::NoSubject),
            false => Fact::unknown(IMAGE_DIGEST, reason).wanting(self.threshold(None)),
        }
    }

    /// The fact, over all pods that have not ended: what is another decides, then what is not known.
    pub fn of_pods(&self, pods: &[&Pod], container: &str, is_rolling: bool) -> Fact {
        let running = pods.iter().filter(|it| !it.has_ended());
        let images = running.flat_map(|pod| {
            let ids = pod.statuses_of(container).map(|it| it.image_id.as_deref());
            let images: Vec<_> = ids.map(Image::of).collect();
            match images.is_empty() {
                true => vec![Image::NotStarted],
                false => images,
            }
        });
        let images: Vec<_> = images.collect();
        self.judge(&images, is_rolling)
    }

    fn judge(&self, images: &[Image<'_>], is_rolling: bool) -> Fact {
        let digests = images.iter().filter_map(|it| match it {
            Image::Digest(digest) => Some(*digest),
            Image::Bare | Image::NotStarted => None,
        });
        let digests: Vec<_> = digests.collect();
        let other = digests.iter().find(|it| !self.0.contains(it));
        let pending = Fact::pending(IMAGE_DIGEST, Reason::InProgress);
        if self.0.is_empty() {
            let fact = self.unread(Reason::NoSubject);
            return match digests.first() {
                Some(digest) => fact.showing(*digest),
                None => fact,
            };
        }
        if let Some(other) = other {
            let fact = match is_rolling {
                true => pending.showing(*other),
                false => Fact::state(IMAGE_DIGEST, "other", &OTHER).showing(*other),
            };
            return fact.wanting(self.threshold(None));
        }
        if images.contains(&Image::Bare) {
            return self.unread(Reason::Incomplete);
        }
        match (digests.first(), images.contains(&Image::NotStarted)) {
            (_, true) if is_rolling => pending.wanting(self.threshold(None)),
            (_, true) | (None, false) => self.unread(Reason::NoData),
            (Some(digest), false) => {
                let limits = Limits {
                    threshold: self.threshold(Some(digest)),
                    warn_threshold: None,
                };
                Fact::measured(IMAGE_DIGEST, Value::from(*digest), &limits)
            }
        }
    }

    /// As many of the digests as a threshold holds, one of them for certain.
    fn threshold(&self, with: Option<&str>) -> Option<Threshold> {
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

// === impl Image ===

impl<'a> Image<'a> {
    /// The repository before a digest is not compared: mirrors have others.
    fn of(id: Option<&'a str>) -> Self {
        match id {
            None | Some("") => Self::NotStarted,
            Some(id) => match id.rsplit_once('@') {
                Some((_, digest)) if is_digest(digest) => Self::Digest(digest),
                Some(_) | None => Self::Bare,
            },
        }
    }
}

fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    digits.is_some_and(|it| it.len() == DIGITS && it.bytes().all(is_digit))
}
