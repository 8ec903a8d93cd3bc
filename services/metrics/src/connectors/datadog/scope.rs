//! The tags that narrow a source, as each of Datadog's languages writes them. Neither of them has to quote
//! anything: what would need it is refused.

use std::collections::{BTreeMap, BTreeSet};

use passport_connector_sdk::Builder;
use passport_evidence::Reason;

/// Fewest and most tags of a scope.
const COUNT: std::ops::RangeInclusive<usize> = 2..=20;
/// Longest key, and longest value, of a tag.
const MAX_LENGTH: usize = 200;

/// Words that are operators where a tag is expected, in whatever case.
const OPERATORS: [&str; 4] = ["and", "or", "not", "in"];

/// The tags that narrow a source, sorted by key.
#[derive(Debug, Clone)]
pub struct Tags(BTreeMap<String, String>);

/// A group of a monitor: a set of tags, in whatever order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group(BTreeSet<String>);

// === impl Tags ===

impl Tags {
    /// Tags that select exactly one thing; problems below `scope.tags` where they do not.
    pub fn check(tags: &BTreeMap<String, String>, builder: &mut Builder<'_>) -> Option<Self> {
        let mut sound = true;
        if !COUNT.contains(&tags.len()) {
            let fix = "name at least the service and the environment, such as service and env";
            builder.problem("scope.tags", "is not 2 to 20 tags", fix);
            sound = false;
        }
        for (key, value) in tags {
            if !is_key(key) || !is_value(value) {
                let reason =
                    "is no plain tag: no pattern, comma, quote, blank, capital or operator";
                let fix = "write the exact value of one service, such as checkout-api";
                builder.problem(format!("scope.tags.{key}"), reason, fix);
                sound = false;
            }
        }
        if sound { Self::new(tags.clone()) } else { None }
    }

    /// Tags that are plain ones; `None` where one is not.
    pub fn new(tags: BTreeMap<String, String>) -> Option<Self> {
        let sound = tags
            .iter()
            .all(|(key, value)| is_key(key) && is_value(value));
        sound.then_some(Self(tags))
    }

    /// Whether a key narrows the source, in whatever case it is written.
    pub fn names(&self, key: &str) -> bool {
        self.0.keys().any(|own| own.eq_ignore_ascii_case(key))
    }

    /// As they stand between the braces of a metric query.
    pub fn in_braces(&self) -> String {
        let each: Vec<_> = self
            .0
            .iter()
            .map(|(key, value)| format!("{key}:{value}"))
            .collect();
        each.join(",")
    }

    /// As they stand in a log search.
    pub fn in_search(&self) -> String {
        let quoted = |(key, value): (&String, &String)| format!("{key}:\"{value}\"");
        let each: Vec<_> = self.0.iter().map(quoted).collect();
        each.join(" ")
    }

    /// As they stand in a search for monitors: each has to be among a monitor's own.
    pub fn in_monitors(&self) -> String {
        let quoted = |(key, value): (&String, &String)| format!("tag:\"{key}:{value}\"");
        let each: Vec<_> = self.0.iter().map(quoted).collect();
        each.join(" ")
    }

    /// Whether tags hold each of these, and no other value of a key of these.
    pub fn are_all_in(&self, shown: &[&str]) -> Result<(), Reason> {
        let there = |(key, value): (&String, &String)| {
            let values = values_of(shown, key);
            !values.is_empty() && values.iter().all(|it| it == value)
        };
        match self.0.iter().all(there) {
            true => Ok(()),
            false => Err(Reason::FilterNotApplied),
        }
    }

    /// Whether tags name a key of these, and nowhere with the value of these.
    pub fn are_denied_by(&self, shown: &[&str]) -> bool {
        self.0.iter().any(|(key, value)| {
            let values = values_of(shown, key);
            !values.is_empty() && !values.contains(&value.as_str())
        })
    }
}

fn values_of<'a>(shown: &[&'a str], key: &str) -> Vec<&'a str> {
    let pairs = shown.iter().filter_map(|tag| tag.split_once(':'));
    pairs
        .filter(|(of, _)| *of == key)
        .map(|(_, value)| value)
        .collect()
}

/// As Datadog's page "Getting Started with Tags" has them, less what is an operator.
fn is_key(key: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_./-".contains(c);
    key.len() <= MAX_LENGTH
        && key.starts_with(|first: char| first.is_ascii_lowercase())
        && key.chars().all(inner)
        && !OPERATORS.contains(&key)
}

/// One value of a tag, and no pattern.
fn is_value(value: &str) -> bool {
    let starts = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let inner = |c: char| starts(c) || "_./:-".contains(c);
    value.len() <= MAX_LENGTH
        && value.starts_with(starts)
        && value.chars().all(inner)
        && !OPERATORS.contains(&value)
}

// === impl Group ===

impl Group {
    /// A group of a monitor that is not another scope's; `None` for any other text.
    pub fn of_scope(text: &str, tags: &Tags) -> Option<Self> {
        let parts: Vec<_> = text.split(',').collect();
        let is_tag = |part: &&str| {
            let pair = part.split_once(':');
            pair.is_some_and(|(key, value)| is_key(key) && is_value(value))
        };
        let sound = parts.iter().all(is_tag) && !tags.are_denied_by(&parts);
        sound.then(|| Self::named(text))
    }

    /// The group of a name as a monitor has it.
    pub fn named(name: &str) -> Self {
        Self(name.split(',').map(|part| part.trim().to_owned()).collect())
    }
}
