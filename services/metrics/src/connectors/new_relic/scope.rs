//! The attributes that narrow a source, as NRQL writes them.

use std::collections::BTreeMap;

use passport_connector_sdk::Builder;

use super::nrql::is_reserved;

/// Fewest and most attributes of a scope.
const COUNT: std::ops::RangeInclusive<usize> = 2..=20;
/// Longest name, and longest value, of an attribute.
const MAX_LENGTH: usize = 200;

/// The attributes that narrow a source, sorted by name.
#[derive(Debug, Clone)]
pub struct Attributes(BTreeMap<String, String>);

impl Attributes {
    /// Attributes that select exactly one thing; problems below `scope.attributes` where they do not.
    pub fn check(attributes: &BTreeMap<String, String>, builder: &mut Builder<'_>) -> Option<Self> {
        let mut sound = true;
        if !COUNT.contains(&attributes.len()) {
            let fix =
                "name at least the service and the environment, such as appName and environment";
            builder.problem("scope.attributes", "is not 2 to 20 attributes", fix);
            sound = false;
        }
        for (name, value) in attributes {
            if !is_name(name) || !is_value(value) {
                let reason = "is no plain attribute: a name of letters, digits, `_` and `.`, a value \
                              without `*` and characters that can't be seen";
                let fix = "write the exact value of one service, such as checkout-api";
                builder.problem(format!("scope.attributes.{name}"), reason, fix);
                sound = false;
            }
        }
        if sound {
            Self::new(attributes.clone())
        } else {
            None
        }
    }

    /// Attributes that are plain ones; `None` where one is not.
    pub fn new(attributes: BTreeMap<String, String>) -> Option<Self> {
        let mut all = attributes.iter();
        let sound = all.all(|(name, value)| is_name(name) && is_value(value));
        sound.then_some(Self(attributes))
    }

    /// Whether an attribute narrows the source, in whatever case it is written.
    pub fn names(&self, name: &str) -> bool {
        self.0.keys().any(|own| own.eq_ignore_ascii_case(name))
    }

    /// As they stand in a `WHERE`.
    pub fn conditions(&self) -> String {
        let each = self.0.iter();
        let each: Vec<_> = each
            .map(|(name, value)| format!("{name} = {}", literal(value)))
            .collect();
        each.join(" AND ")
    }

    /// Whether tags name an attribute of these, and not with its value among theirs.
    pub fn are_denied_by<'a>(
        &self,
        mut tags: impl Iterator<Item = (&'a str, &'a [String])>,
    ) -> bool {
        tags.any(|(key, values)| {
            let own = self.0.get(key);
            own.is_some_and(|own| !values.contains(own))
        })
    }
}

/// A text that ends where it ends: a quote, or a backslash before it, would end it elsewhere.
fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn is_name(name: &str) -> bool {
    let starts = |c: char| c.is_ascii_alphabetic() || c == '_';
    let inner = |c: char| starts(c) || c.is_ascii_digit() || c == '.';
    name.len() <= MAX_LENGTH
        && name.starts_with(starts)
        && name.chars().all(inner)
        && !is_reserved(name)
}

/// One value, and no pattern. What can't be seen could be read as another value than it is.
fn is_value(value: &str) -> bool {
    (1..=MAX_LENGTH).contains(&value.len())
        && !value.contains(|c: char| c.is_control() || is_unseen(c) || c == '*')
}

/// Separators of lines and paragraphs, and what has no width or changes the direction.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
