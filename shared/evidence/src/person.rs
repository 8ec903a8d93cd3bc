//! The person who delivers something, as a gateway tells a collector, which believes no one else.

use std::collections::BTreeSet;

/// The header that names the person. A sender's own is taken out.
pub const PERSON: &str = "passport-person";
/// The header that says what the person may do there, as words with commas between.
pub const RIGHTS: &str = "passport-person-rights";

/// Longest id that is told.
const LONGEST: usize = 512;

/// Whether a header says something of a person.
pub fn is_of_one(header: &str) -> bool {
    [PERSON, RIGHTS]
        .iter()
        .any(|it| header.eq_ignore_ascii_case(it))
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// State something.
    Submit,
    /// Confirm what another person states.
    Approve,
    /// Either of them for every service of the workspace.
    EveryService,
}

/// A person, and what he may do in the scope of a source.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    id: String,
    rights: BTreeSet<Right>,
}

// === impl Right ===

impl Right {
    const ALL: [Self; 3] = [Self::Submit, Self::Approve, Self::EveryService];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "evidence:submit",
            Self::Approve => "evidence:approve",
            Self::EveryService => "every-service",
        }
    }
}

// === impl Person ===

impl Person {
    /// The person whom an issuer knows by this subject. No two of them have one id.
    pub fn of_issuer(issuer: &str, subject: &str, rights: impl IntoIterator<Item = Right>) -> Self {
        Self {
            id: format!("{}|{}", visible(issuer), visible(subject)),
            rights: rights.into_iter().collect(),
        }
    }

    /// Reads both headers; `None` where nobody is named. Words that are not known grant nothing.
    pub fn read(id: &str, rights: &str) -> Option<Self> {
        let is_id = (1..=LONGEST).contains(&id.len()) && id.bytes().all(|it| it.is_ascii_graphic());
        let words: Vec<_> = rights.split(',').map(str::trim).collect();
        let known = Right::ALL
            .into_iter()
            .filter(|it| words.contains(&it.as_str()));
        is_id.then(|| Self {
            id: id.to_owned(),
            rights: known.collect(),
        })
    }

    /// Both headers.
    pub fn headers(&self) -> [(&'static str, String); 2] {
        let words: Vec<_> = self.rights.iter().map(|it| it.as_str()).collect();
        [(PERSON, self.id.clone()), (RIGHTS, words.join(","))]
    }

    /// Tells the person from every other. Shown to nobody: it may be a name or an address.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the person may do this.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
}

impl std::fmt::Debug for Person {
    /// Without the id.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("rights", &self.rights)
            .finish_non_exhaustive()
    }
}

/// Visible ASCII, all else and what separates escaped.
fn visible(text: &str) -> String {
    let is_plain = |it: &u8| it.is_ascii_graphic() && !matches!(it, b'|' | b'%');
    let escaped = text.bytes().map(|it| match is_plain(&it) {
        true => char::from(it).to_string(),
        false => format!("%{it:02X}"),
    });
    escaped.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_persons_have_one_id() {
        let id = |issuer: &str, subject: &str| Person::of_issuer(issuer, subject, []).id;
        assert_ne!(id("a|b", "c"), id("a", "b|c"));
        assert_ne!(id("a%7Cb", "c"), id("a|b", "c"));
        assert_eq!(
            id("https://id.example.com", "ana é"),
            "https://id.example.com|ana%20%C3%A9"
        );
    }

    #[test]
    fn what_is_told_is_read_again() {
        let person = Person::of_issuer("i", "s", [Right::Approve, Right::EveryService]);
        let [(_, id), (_, rights)] = person.headers();
        assert_eq!(Person::read(&id, &rights), Some(person));
    }

    #[test]
    fn words_that_are_not_known_grant_nothing() {
        let person = Person::read("user:1", "evidence:submit2, admin,*").unwrap();
        assert!(!person.may(Right::Submit) && !person.may(Right::Approve));
        assert_eq!(Person::read("", "evidence:submit"), None);
        assert_eq!(Person::read("a b", "evidence:submit"), None);
    }

    #[test]
    fn a_person_is_not_shown() {
        let person = Person::of_issuer("i", "ana@example.com", [Right::Submit]);
        assert!(!format!("{person:?}").contains("ana"));
    }
}
