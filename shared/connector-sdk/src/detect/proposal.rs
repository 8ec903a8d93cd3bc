//! Sources that are proposed.

use std::borrow::Cow;

use passport_evidence::blank;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::Value;

/// Longest name of a source.
const MAX_NAME: usize = 40;

/// A source that is proposed: what stands under its name, less `connector`.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// A name for the source: `[a-z0-9-]`, up to 40 characters.
    pub name: String,
    /// Its keys, in the order in which they are written.
    pub settings: Vec<(Cow<'static, str>, Setting)>,
}

/// What is proposed for one key.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// A value that needs no thought.
    Known(Value),
    /// What a person has to write, said in a few words.
    Blank(Cow<'static, str>),
    /// A list.
    List(Vec<Setting>),
    /// Keys and values, in the order in which they are written.
    Table(Vec<(Cow<'static, str>, Setting)>),
}

/// A blank that says what is wanted.
pub fn blank(wanted: impl Into<Cow<'static, str>>) -> Setting {
    Setting::Blank(wanted.into())
}

/// Keys and values.
pub fn table<const N: usize>(entries: [(&'static str, Setting); N]) -> Setting {
    let entries = entries.into_iter();
    Setting::Table(entries.map(|(key, it)| (key.into(), it)).collect())
}

// === impl Proposal ===

impl Proposal {
    /// A source without keys. What can't stand in a name becomes a hyphen.
    pub fn named(name: &str) -> Self {
        let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
        let lower = name.to_ascii_lowercase();
        let words: Vec<_> = lower
            .split(|it| !fits(it))
            .filter(|it| !it.is_empty())
            .collect();
        let name: String = words.join("-").chars().take(MAX_NAME).collect();
        let name = name.trim_end_matches('-');
        Self {
            name: if name.is_empty() { "source" } else { name }.to_owned(),
            settings: Vec::new(),
        }
    }

    /// With a further key.
    #[must_use]
    pub fn with(mut self, key: &'static str, setting: impl Into<Setting>) -> Self {
        self.settings.push((key.into(), setting.into()));
        self
    }

    /// With a further key, if there is something to say.
    #[must_use]
    pub fn with_any(self, key: &'static str, setting: Option<impl Into<Setting>>) -> Self {
        match setting {
            Some(setting) => self.with(key, setting),
            None => self,
        }
    }

    /// With the credential in a variable of the environment.
    #[must_use]
    pub fn with_credential(self, variable: &'static str) -> Self {
        self.with("credential", table([("env", variable.into())]))
    }
}

// === impl Setting ===

impl Setting {
    /// What was found, or a blank.
    pub fn or_blank(found: Option<&str>, wanted: impl Into<Cow<'static, str>>) -> Self {
        found.map_or_else(|| blank(wanted), Self::from)
    }

    /// How many blanks there are, keys among them.
    pub fn blanks(&self) -> usize {
        match self {
            Self::Known(_) => 0,
            Self::Blank(_) => 1,
            Self::List(items) => items.iter().map(Self::blanks).sum(),
            Self::Table(entries) => {
                let of =
                    |(key, it): &(Cow<str>, Self)| usize::from(blank::is_blank(key)) + it.blanks();
                entries.iter().map(of).sum()
            }
        }
    }
}

impl From<&str> for Setting {
    fn from(text: &str) -> Self {
        Self::Known(text.into())
    }
}

impl From<bool> for Setting {
    fn from(flag: bool) -> Self {
        Self::Known(flag.into())
    }
}

impl From<u32> for Setting {
    fn from(number: u32) -> Self {
        Self::Known(number.into())
    }
}

impl From<f64> for Setting {
    fn from(number: f64) -> Self {
        Self::Known(number.into())
    }
}

impl<T: Into<Setting>> FromIterator<T> for Setting {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Blank(wanted) => blank::blank(wanted).serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Table(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, setting) in entries {
                    map.serialize_entry(key, setting)?;
                }
                map.end()
            }
        }
    }
}
