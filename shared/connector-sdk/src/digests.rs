//! The digests of what is being released, and what else is compared with them.

use passport_evidence::{
    Fact, FactName, Limits, Meaning, Reason, StateTable, Subject, Threshold, Value,
};

/// Digits of a SHA-256.
const DIGITS: usize = 64;
/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

/// The subject's digests: several may stand for one artifact, that of its index and those of its platforms.
#[derive(Debug, Clone)]
pub struct Digests<'a>(Vec<&'a str>);

// === impl Digests ===

impl<'a> Digests<'a> {
    /// Of what is being released.
    pub fn of(subject: Option<&'a Subject>) -> Self {
        let digests = subject.map_or(&[][..], |it| &it.artifact_digests);
        Self(digests.iter().map(String::as_str).collect())
    }

    /// Whether the subject names none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a digest is one of them.
    pub fn has(&self, digest: &str) -> bool {
        self.0.contains(&digest)
    }

    /// The fact, where nothing could be compared.
    pub fn unread(&self, name: FactName, reason: Reason) -> Fact {
        match self.is_empty() {
            true => Fact::not_applicable(name, Reason::NoSubject),
            false => Fact::unknown(name, reason).wanting(self.threshold(None)),
        }
    }

    /// The fact about a digest that was found.
    pub fn compared(&self, name: FactName, digest: &str) -> Fact {
        if self.is_empty() {
            return Fact::not_applicable(name, Reason::NoSubject).showing(digest);
        }
        match self.has(digest) {
            true => {
                let limits = Limits {
                    threshold: self.threshold(Some(digest)),
                    warn_threshold: None,
                };
                Fact::measured(name, Value::from(digest), &limits)
            }
            false => Fact::state(name, "other", &OTHER)
                .showing(digest)
                .wanting(self.threshold(None)),
        }
    }

    /// As many of them as a threshold holds, one of them for certain.
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

/// Whether a text is the SHA-256 of an image, as registries write it.
pub fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    digits.is_some_and(|it| it.len() == DIGITS && it.bytes().all(is_digit))
}

/// The digest that an image's name ends with, as in `repository:tag@sha256:…`. The repository is not
/// looked at: mirrors have others.
pub fn pinned(image: &str) -> Option<&str> {
    let (_, digest) = image.rsplit_once('@')?;
    is_digest(digest).then_some(digest)
}

#[cfg(test)]
mod tests {
    use passport_evidence::Status;

    use super::*;

    const NAME: FactName = FactName::fixed("image_digest");

    fn digest(digit: char) -> String {
        format!("sha256:{}", String::from(digit).repeat(DIGITS))
    }

    fn subject(digests: &[String]) -> Subject {
        Subject {
            artifact_digests: digests.to_vec(),
            ..Subject::default()
        }
    }

    #[test]
    fn one_of_several_digests_is_enough_and_another_is_another() {
        let subject = subject(&[digest('a'), digest('b')]);
        let digests = Digests::of(Some(&subject));
        for (found, status, reason) in [
            (digest('a'), Status::Passed, None),
            (digest('b'), Status::Passed, None),
            (digest('c'), Status::Failed, Some(Reason::OtherSubject)),
        ] {
            let fact = digests.compared(NAME, &found);
            assert_eq!((fact.status(), fact.reason()), (status, reason), "{found}");
            assert_eq!(fact.value_text(), Some(found));
        }
    }

    #[test]
    fn without_a_digest_of_the_subject_nothing_is_compared() {
        let digests = Digests::of(None);
        let fact = digests.compared(NAME, &digest('a'));
        assert_eq!(fact.status(), Status::NotApplicable);
        assert_eq!(fact.reason(), Some(Reason::NoSubject));
        let fact = digests.unread(NAME, Reason::NoData);
        assert_eq!(fact.status(), Status::NotApplicable);
    }

    #[test]
    fn many_digests_are_compared_though_a_threshold_names_only_some() {
        let many: Vec<_> = "0123456789abcdef".chars().map(digest).collect();
        let subject = subject(&many);
        let digests = Digests::of(Some(&subject));
        for found in &many {
            assert_eq!(digests.compared(NAME, found).status(), Status::Passed);
        }
    }

    #[test]
    fn only_a_whole_digest_at_the_end_pins_an_image() {
        for (image, is_pinned) in [
            (format!("registry:5000/shop/api:1.2@{}", digest('a')), true),
            (digest('a'), false),
            ("shop/api:1.2".to_owned(), false),
            ("shop/api@sha256:abc".to_owned(), false),
            (format!("shop/api@{}", digest('A')), false),
            (format!("shop/api@{}:1.2", digest('a')), false),
        ] {
            assert_eq!(pinned(&image).is_some(), is_pinned, "{image}");
        }
    }
}
