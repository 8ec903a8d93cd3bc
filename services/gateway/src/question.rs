//! What a caller asks, checked once where it enters.

use std::{collections::BTreeSet, fmt::Display, str::FromStr};

use passport_evidence::{Category, MaxAge, Scope, SourceName, Subject, wire};
use passport_proto::{evidence as proto, gateway::CollectEvidenceRequest};

use crate::call_error::{CallError, Violation};

/// Most names and digests that one question may hold.
const MAX_ITEMS: usize = 200;

/// Longest text of a subject's part, in bytes.
const MAX_TEXT: usize = 512;

/// Which sources to ask, for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What the question is about.
    pub scope: Scope,
    /// What is being released; never an empty one.
    pub subject: Option<Subject>,
    /// Names of the sources wanted. Empty: all.
    pub sources: BTreeSet<SourceName>,
    /// Categories wanted. Empty: all. Where both filters are given, both must match.
    pub categories: BTreeSet<Category>,
    /// Evidence that is older counts as stale. Only ever tightens a source's own max age.
    pub max_age: Option<MaxAge>,
}

/// A question as it came in, not checked yet.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// Required.
    pub scope: Option<proto::Scope>,
    /// What is being released.
    pub subject: Option<Subject>,
    /// Names of sources.
    pub sources: Vec<String>,
    /// Words for categories.
    pub categories: Vec<String>,
    /// As it was sent: a duration, or what is wanted in its place.
    pub max_age: Option<Result<MaxAge, String>>,
}

// === impl Question ===

impl Question {
    /// Asks these sources of a scope, whatever is being released; without names, all of them.
    pub fn about(scope: Scope, sources: impl IntoIterator<Item = SourceName>) -> Self {
        Self {
            scope,
            subject: None,
            sources: sources.into_iter().collect(),
            categories: BTreeSet::new(),
            max_age: None,
        }
    }
}

impl TryFrom<Draft> for Question {
    type Error = CallError;

    /// Names everything that is wrong with it, not only the first.
    fn try_from(draft: Draft) -> Result<Self, CallError> {
        let mut wrong = Vec::new();
        let scope = checked_scope(draft.scope, &mut wrong);
        let subject = draft.subject.filter(|subject| !subject.is_empty());
        check_subject(subject.as_ref(), &mut wrong);
        let sources = names("sources", &draft.sources, SourceName::new, &mut wrong);
        let categories = names("categories", &draft.categories, category, &mut wrong);
        let max_age = draft.max_age.and_then(|age| match age {
            Ok(age) => Some(age),
            Err(wanted) => {
                wrong.push(Violation::new("max_age", wanted));
                None
            }
        });
        match scope {
            Some(scope) if wrong.is_empty() => Ok(Self {
                scope,
                subject,
                sources,
                categories,
                max_age,
            }),
            Some(_) | None => Err(CallError::Invalid(wrong)),
        }
    }
}

impl TryFrom<CollectEvidenceRequest> for Question {
    type Error = CallError;

    fn try_from(request: CollectEvidenceRequest) -> Result<Self, CallError> {
        let age = |duration| wire::max_age("max_age", duration).map_err(|_| WHOLE_SECONDS.into());
        Draft {
            scope: request.scope,
            subject: request.subject.map(Subject::from),
            sources: request.sources,
            categories: request.categories,
            max_age: request.max_age.map(age),
        }
        .try_into()
    }
}

/// What a max age has to be.
pub const WHOLE_SECONDS: &str = "whole seconds above zero are wanted";

/// Checks a scope by itself.
///
/// # Errors
/// Everything that is wrong with it.
pub fn scope(scope: Option<proto::Scope>) -> Result<Scope, CallError> {
    let mut wrong = Vec::new();
    checked_scope(scope, &mut wrong).ok_or(CallError::Invalid(wrong))
}

/// Checks a scope and the name of a source in it.
///
/// # Errors
/// Everything that is wrong with both.
pub fn source(scope: Option<proto::Scope>, source: &str) -> Result<(Scope, SourceName), CallError> {
    let mut wrong = Vec::new();
    let scope = checked_scope(scope, &mut wrong);
    let source = part::<SourceName>("source", source, &mut wrong);
    scope.zip(source).ok_or(CallError::Invalid(wrong))
}

fn checked_scope(scope: Option<proto::Scope>, wrong: &mut Vec<Violation>) -> Option<Scope> {
    let Some(scope) = scope else {
        wrong.push(Violation::new("scope", "is required"));
        return None;
    };
    let workspace = part("scope.workspace_id", &scope.workspace_id, wrong);
    let service = part("scope.service", &scope.service, wrong);
    let environment = part("scope.environment", &scope.environment, wrong);
    Some(Scope {
        workspace: workspace?,
        service: service?,
        environment: environment?,
    })
}

fn part<T>(field: &str, text: &str, wrong: &mut Vec<Violation>) -> Option<T>
where
    T: FromStr,
    T::Err: Display,
{
    let parsed = text.parse();
    parsed
        .map_err(|error| wrong.push(Violation::new(field, error)))
        .ok()
}

fn names<T: Ord, E: Display>(
    field: &str,
    texts: &[String],
    parse: impl Fn(&str) -> Result<T, E>,
    wrong: &mut Vec<Violation>,
) -> BTreeSet<T> {
    if texts.len() > MAX_ITEMS {
        wrong.push(Violation::new(field, format!("at most {MAX_ITEMS} items")));
        return BTreeSet::new();
    }
    let mut parsed = BTreeSet::new();
    for (index, text) in texts.iter().enumerate() {
        match parse(text) {
            Ok(name) => {
                parsed.insert(name);
            }
            Err(error) => wrong.push(Violation::new(format!("{field}[{index}]"), error)),
        }
    }
    parsed
}

fn category(word: &str) -> Result<Category, String> {
    Category::from_word(word).ok_or_else(|| {
        let known: Vec<_> = Category::ALL.iter().map(|it| it.as_str()).collect();
        format!("one of {} is wanted", known.join(", "))
    })
}

/// The release that something is for, which has to be named: whoever accepts something for every release
/// accepts it for none.
pub(crate) fn release(
    subject: Option<proto::Subject>,
    wrong: &mut Vec<Violation>,
) -> Option<Subject> {
    let subject = subject.map(Subject::from).filter(|it| !it.is_empty());
    if subject.is_none() {
        let wanted = "the release that it is for is wanted: its version, revision or digest";
        wrong.push(Violation::new("subject", wanted));
    }
    check_subject(subject.as_ref(), wrong);
    subject
}

/// What was read; `None` where something is wrong with it, which is added to what else is.
///
/// # Errors
/// It could not be read for another reason.
pub(crate) fn gathered<T>(
    read: Result<T, CallError>,
    wrong: &mut Vec<Violation>,
) -> Result<Option<T>, CallError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(CallError::Invalid(more)) => {
            wrong.extend(more);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Checks the parts of what is being released.
pub(crate) fn check_subject(subject: Option<&Subject>, wrong: &mut Vec<Violation>) {
    let Some(subject) = subject else { return };
    let mut bounded = |field: &str, text: &str| {
        if text.is_empty() || text.len() > MAX_TEXT || text.chars().any(char::is_control) {
            let wanted = format!("1 to {MAX_TEXT} bytes without control characters");
            wrong.push(Violation::new(format!("subject.{field}"), wanted));
        }
    };
    let parts = [
        ("version", &subject.version),
        ("revision", &subject.revision),
    ];
    for (field, text) in parts {
        if let Some(text) = text {
            bounded(field, text);
        }
    }
    for (index, digest) in subject.artifact_digests.iter().take(MAX_ITEMS).enumerate() {
        bounded(&format!("artifact_digests[{index}]"), digest);
    }
    if subject.artifact_digests.len() > MAX_ITEMS {
        let wanted = format!("at most {MAX_ITEMS} items");
        wrong.push(Violation::new("subject.artifact_digests", wanted));
    }
}

#[cfg(test)]
mod tests;
