//! The task definition that a release is expected to run.

use passport_connector_sdk::Builder;
use passport_evidence::{Subject, Threshold};

use super::scope::{Arn, ScopeSettings, is_name};

/// Stands for the subject's version.
const VERSION: &str = "${subject.version}";
const AT: &str = "expected_task_definition";

/// The task definition that a release is expected to run: `family:revision`, perhaps with a part that
/// the subject gives.
#[derive(Debug, Clone)]
pub struct Expected(String);

/// What is expected of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing.
    Nothing,
    /// A subject, which was not given.
    Subject,
    /// This family and revision.
    Definition(String),
}

// === impl Expected ===

impl Expected {
    /// Of what the source names, or a problem.
    pub fn check(text: &str, scope: &ScopeSettings, builder: &mut Builder<'_>) -> Option<Self> {
        let is_own = Arn::of(text).is_none_or(|it| scope.holds(it));
        let (family, revision) = resource(text).rsplit_once(':').unwrap_or_default();
        let is_part = |text: &str, inner: fn(u8) -> bool| {
            let rest = text.replace(VERSION, "");
            !text.is_empty() && rest.bytes().all(inner)
        };
        let is_family = is_part(family, |it| {
            it.is_ascii_alphanumeric() || it == b'-' || it == b'_'
        });
        let is_revision = is_part(revision, |it| it.is_ascii_digit());
        let is_sound = is_own && is_family && is_revision;
        if !is_sound {
            let reason = "names no revision of a task definition of this account";
            builder.problem(AT, reason, "write family:revision, such as checkout-api:42");
        }
        is_sound.then(|| Self(resource(text).to_owned()))
    }

    #[cfg(test)]
    pub fn plain(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What is expected of a subject.
    pub fn of(expected: Option<&Self>, subject: Option<&Subject>) -> Wanted {
        let Some(Self(text)) = expected else {
            return Wanted::Nothing;
        };
        let version = subject.and_then(|it| it.version.as_deref());
        match version {
            Some(version) => Wanted::Definition(text.replace(VERSION, version)),
            None if text.contains(VERSION) => Wanted::Subject,
            None => Wanted::Definition(text.clone()),
        }
    }
}

// === impl Wanted ===

impl Wanted {
    /// What is wanted of the fact.
    pub fn threshold(&self) -> Option<Threshold> {
        match self {
            Self::Nothing | Self::Subject => None,
            Self::Definition(text) => Some(Threshold::equals(text)),
        }
    }
}

/// The family and revision that a text names, by its ARN or alone; `None`: it names none.
pub fn definition(text: &str) -> Option<&str> {
    let named = resource(text);
    let (family, revision) = named.rsplit_once(':')?;
    let is_revision = !revision.is_empty() && revision.bytes().all(|it| it.is_ascii_digit());
    (is_name(family) && is_revision).then_some(named)
}

fn resource(text: &str) -> &str {
    let named = Arn::of(text).and_then(|it| it.resource.strip_prefix("task-definition/"));
    named.unwrap_or(text)
}
