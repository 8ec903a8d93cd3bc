//! What the gateway makes of evidence that came back: whether it answers the question, and how
//! long it may be relied on.

use chrono::{DateTime, Utc};
use passport_evidence::{
    ClaimedEvidence, Evidence, Failure, FailureCode, MaxAge, Scope, SourceName, Subject,
};

/// A source as it was planned, from the gateway's own configuration.
#[derive(Debug, Clone)]
pub struct ExpectedSource {
    /// The scope that was asked.
    pub scope: Scope,
    /// Name of the source within the scope.
    pub source: SourceName,
    /// Its connector.
    pub connector: String,
    /// The longest that its evidence may be relied on: the source's own max age, or the policy's
    /// where that is tighter (see [`tightest`]).
    pub max_age: MaxAge,
    /// What was asked about; `None`: nothing in particular.
    pub subject: Option<Subject>,
}

/// The tightest of a source's own max age and whatever else limits it.
pub fn tightest(own: MaxAge, others: impl IntoIterator<Item = Option<MaxAge>>) -> MaxAge {
    others.into_iter().flatten().fold(own, MaxAge::min)
}

/// Admits evidence that answers what was planned, for no longer than the source, the policy and
/// the caller allow. A claim can shorten its life, never lengthen it.
///
/// Evidence of another scope, source or connector, or about another subject, is an `OUT_OF_SCOPE`
/// failure: nothing of it is kept.
pub fn enforce(
    claimed: ClaimedEvidence,
    expected: &ExpectedSource,
    now: DateTime<Utc>,
    caller_max_age: Option<MaxAge>,
) -> Result<Evidence, Failure> {
    if let Some(what) = difference(&claimed, expected) {
        return Err(out_of_scope(expected, what));
    }
    let max_age = tightest(claimed.max_age, [Some(expected.max_age), caller_max_age]);
    Ok(ClaimedEvidence { max_age, ..claimed }.admit(now))
}

fn difference(claimed: &ClaimedEvidence, expected: &ExpectedSource) -> Option<&'static str> {
    let frame = &claimed.frame;
    if frame.scope != expected.scope {
        Some("scope")
    } else if frame.source != expected.source {
        Some("source")
    } else if frame.connector != expected.connector {
        Some("connector")
    } else if is_about_another(frame.subject.as_ref(), expected.subject.as_ref()) {
        Some("subject")
    } else {
        None
    }
}

/// Evidence about no subject in particular answers a question about one: what compares with a
/// subject was not judged.
fn is_about_another(claimed: Option<&Subject>, asked: Option<&Subject>) -> bool {
    claimed
        .filter(|subject| !subject.is_empty())
        .is_some_and(|subject| Some(subject) != asked)
}

fn out_of_scope(expected: &ExpectedSource, what: &str) -> Failure {
    Failure {
        connector: expected.connector.clone(),
        source: expected.source.clone(),
        code: FailureCode::OutOfScope,
        message: format!(
            "the collector answered about another {what} than was asked, and the answer was \
             dropped; check that gateway and collector run with the same configuration"
        ),
        retry_at: None,
    }
}

#[cfg(test)]
mod tests;
