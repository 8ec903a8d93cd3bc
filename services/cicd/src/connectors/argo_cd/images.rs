//! Which images run, by their digests. Pure.

use std::collections::BTreeMap;

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Subject, Threshold, Value};

use super::{model::Application, states::NONE};

/// Name of the fact.
pub const IMAGE_DIGEST: FactName = FactName::fixed("image_digest");
/// Most images that are shown.
const MAX_SHOWN: usize = 50;
/// Longest name of an image.
const MAX_NAME: usize = 255;
/// Digits of a SHA-256.
const DIGITS: usize = 64;
/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

/// The digests that an image of one name is run by; `None` is a tag alone.
type Named<'a> = BTreeMap<&'a str, Vec<Option<&'a str>>>;

/// The subject's digests.
struct Wanted<'a>(Vec<&'a str>);

/// One fact for each name of an image.
///
/// A subject has digests and no names. An image of the same name as one with its digest is the
/// subject's too; the others are not, unless none is: then those with a digest are something else,
/// and those by tag alone, or of no known form, may be anything.
pub fn facts(app: &Application, subject: Option<&Subject>) -> Vec<Fact> {
    let summary = app.status.summary.as_ref();
    let images = summary.map_or(&[][..], |it| &it.images);
    let read: Vec<_> = images.iter().map(|it| parse(it)).collect();
    let mut named = Named::new();
    for (name, digest) in read.iter().flatten() {
        named.entry(name).or_default().push(*digest);
    }
    let wanted = Wanted::of(subject);
    let has_odd = read.contains(&None);
    let mut facts = wanted.judge(&named, has_odd);
    if has_odd {
        facts.push(wanted.unread(Reason::UnexpectedShape));
    }
    if images.is_empty() {
        facts.push(wanted.unread(Reason::NoData).showing(NONE));
    }
    facts.sort_by_key(|it| std::cmp::Reverse(it.status().weight()));
    facts.truncate(MAX_SHOWN);
    facts
}

/// The fact, where no image could be read.
pub fn nothing(reason: Reason) -> Fact {
    Fact::unknown(IMAGE_DIGEST, reason)
}

// === impl Wanted ===

impl<'a> Wanted<'a> {
    fn of(subject: Option<&'a Subject>) -> Self {
        let digests = subject.map_or(&[][..], |it| &it.artifact_digests);
        Self(digests.iter().map(String::as_str).collect())
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

    fn judge(&self, named: &Named<'_>, has_odd: bool) -> Vec<Fact> {
        let all = || named.values().flatten().copied();
        let some_match = all().flatten().any(|it| self.has(it));
        let may_be_another = has_odd || all().any(|it| it.is_none());
        let facts = named.iter().map(|(name, digests)| {
            let is_its = digests.iter().flatten().any(|it| self.has(it));
            let parts = digests.iter().map(|it| match (it, self.0.is_empty()) {
                (it, true) => shown(*it, Reason::NoSubject),
                (it, false) if some_match && !is_its => shown(*it, Reason::Informational),
                (None, false) => self.unread(Reason::NoData).showing(NONE),
                (it @ Some(_), false) if !some_match && may_be_another => {
                    shown(*it, Reason::Informational)
                }
                (Some(digest), false) => self.compared(digest),
            });
            let parts: Vec<_> = parts.collect();
            Fact::fold(IMAGE_DIGEST, &parts).about(*name)
        });
        facts.collect()
    }

    fn has(&self, digest: &str) -> bool {
        self.0.contains(&digest)
    }

    fn compared(&self, digest: &str) -> Fact {
        let is_its = self.has(digest).then_some(digest);
        match (is_its, self.threshold(is_its)) {
            (Some(digest), Some(wanted)) => {
                Fact::measured(IMAGE_DIGEST, Value::from(digest), &wanted.into())
            }
            (Some(_), None) => Fact::unknown(IMAGE_DIGEST, Reason::UnexpectedShape),
            (None, wanted) => Fact::state(IMAGE_DIGEST, "other", &OTHER)
                .showing(digest)
                .wanting(wanted),
        }
    }

    fn unread(&self, reason: Reason) -> Fact {
        match self.0.is_empty() {
            true => Fact::not_applicable(IMAGE_DIGEST, Reason::NoSubject),
            false => Fact::unknown(IMAGE_DIGEST, reason).wanting(self.threshold(None)),
        }
    }
}

fn shown(digest: Option<&str>, reason: Reason) -> Fact {
    Fact::not_applicable(IMAGE_DIGEST, reason).showing(digest.unwrap_or(NONE))
}

/// Name without tag, and digest. `None`: no image reference.
fn parse(image: &str) -> Option<(&str, Option<&str>)> {
    let (tagged, digest) = match image.split_once('@') {
        Some((tagged, digest)) => (tagged, Some(digest)),
        None => (image, None),
    };
    let name = match tagged.rsplit_once(':') {
        // A colon before the last slash is that of the registry's port.
        Some((name, tag)) if !tag.contains('/') => name,
        Some(_) | None => tagged,
    };
    let fits = is_name(name) && digest.is_none_or(is_digest);
    fits.then_some((name, digest))
}

fn is_name(name: &str) -> bool {
    let inner = |it: char| {
        it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '.' | '_' | '-' | '/' | ':')
    };
    (1..=MAX_NAME).contains(&name.len()) && name.chars().all(inner)
}

fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    digits.is_some_and(|it| it.len() == DIGITS && it.bytes().all(is_digit))
}
