//! Persons behind a fact, by ids that tell nothing of them.

use std::{collections::BTreeSet, fmt, str::FromStr};

/// Most actors of one fact that are told apart.
pub const MAX_ACTORS: usize = 20;
/// What stands before the digits of an id.
const PREFIX: &str = "actor:";
/// Hexadecimal digits of an id.
const DIGITS: usize = 16;
/// Digits that are enough for a person to tell a few ids apart.
const SHORT: usize = 8;

/// What a person has to do with a fact. Those who decided come first, a refusal before all: where there are more than
/// are told apart, the last ones are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Said no, or took an approval back.
    Decliner,
    /// Said yes.
    Approver,
    /// Asked for what is judged.
    Requester,
    /// Stated it, or set the sign that is judged, without a right to approve.
    Author,
    /// Took it on, or is called to do something.
    Responder,
    /// Was given it to deal with.
    Assignee,
}

/// Tells a person from every other of the same provider, and tells nothing else: `actor:` and 16 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorId(String);

/// A text that is no such id, such as a name or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an actor's id is actor: and 16 hexadecimal digits in lower case")]
pub struct NoActorId;

/// A person behind a fact.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Actor {
    /// What the person has to do with it.
    pub role: Role,
    /// Who it is.
    pub id: ActorId,
}

/// The persons behind a fact, each once in a role. Never judged. Those over [`MAX_ACTORS`] are only counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actors {
    told: BTreeSet<Actor>,
    further: u32,
}

// === impl Role ===

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Decliner,
        Self::Approver,
        Self::Requester,
        Self::Author,
        Self::Responder,
        Self::Assignee,
    ];

    /// The word used in JSON and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Decliner => "decliner",
            Self::Approver => "approver",
            Self::Requester => "requester",
            Self::Author => "author",
            Self::Responder => "responder",
            Self::Assignee => "assignee",
        }
    }

    /// What a word stands for; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

// === impl ActorId ===

impl ActorId {
    /// Of a keyed hash. One without a key would tell who it is to whoever has a list of persons.
    pub fn of_keyed_hash(hash: [u8; 32]) -> Self {
        use fmt::Write as _;
        let mut text = PREFIX.to_owned();
        for byte in hash.iter().take(DIGITS / 2) {
            // Writing into a text can't fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// All of it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first digits, for a person to look at.
    pub fn short(&self) -> &str {
        let digits = self.0.strip_prefix(PREFIX).unwrap_or_default();
        digits.get(..SHORT).unwrap_or_default()
    }
}

impl FromStr for ActorId {
    type Err = NoActorId;

    fn from_str(text: &str) -> Result<Self, NoActorId> {
        let digits = text.strip_prefix(PREFIX).ok_or(NoActorId)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match digits.len() == DIGITS && digits.bytes().all(is_digit) {
            true => Ok(Self(text.to_owned())),
            false => Err(NoActorId),
        }
    }
}

impl fmt::Display for ActorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

// === impl Actors ===

impl Actors {
    /// Each that is told of, by role and id.
    pub fn iter(&self) -> impl Iterator<Item = &Actor> {
        self.told.iter()
    }

    /// How many more there are: over the limit, or without an id that can be told.
    pub fn further(&self) -> u32 {
        self.further
    }

    /// Whether nobody is told of or counted.
    pub fn is_empty(&self) -> bool {
        self.told.is_empty() && self.further == 0
    }

    /// The same and so many more, of whom nothing is told.
    #[must_use]
    pub fn and_further(mut self, count: u32) -> Self {
        self.further = self.further.saturating_add(count);
        self
    }

    /// These and those.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        let further = self.further.saturating_add(other.further);
        let all = self.told.into_iter().chain(other.told);
        all.collect::<Self>().and_further(further)
    }

    /// What others say of persons: an id or a role of another form is only counted.
    pub(crate) fn claimed<'a>(
        all: impl IntoIterator<Item = (&'a str, Option<Role>)>,
        further: u32,
    ) -> Self {
        let (mut told, mut untold) = (Vec::new(), further);
        for (id, role) in all {
            match (id.parse().ok(), role) {
                (Some(id), Some(role)) => told.push(Actor { role, id }),
                (_, _) => untold = untold.saturating_add(1),
            }
        }
        told.into_iter().collect::<Self>().and_further(untold)
    }
}

impl FromIterator<Actor> for Actors {
    fn from_iter<I: IntoIterator<Item = Actor>>(actors: I) -> Self {
        let all: BTreeSet<_> = actors.into_iter().collect();
        let further = all.len().saturating_sub(MAX_ACTORS);
        Self {
            told: all.into_iter().take(MAX_ACTORS).collect(),
            further: u32::try_from(further).unwrap_or(u32::MAX),
        }
    }
}

impl fmt::Display for Actors {
    /// For a person: roles and the first digits of ids, such as `approver 3fa2c1d0, 2 more`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.told.iter();
        let told = told.map(|it| format!("{} {}", it.role, it.id.short()));
        let more = (self.further > 0).then(|| format!("{} more", self.further));
        f.pad(&told.chain(more).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests;
