//! What requests of the collector service say, and what is wrong with them.

use passport_evidence::{Category, Failure, FailureCode, Scope, SourceId, SourceName};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::kind::CollectError;

pub(super) fn scope(scope: Option<passport_proto::evidence::Scope>) -> Result<Scope, Box<Status>> {
    let scope = scope.ok_or_else(|| bad("scope", "is missing"))?;
    Scope::try_from(scope).map_err(|error| bad("scope", &error.to_string()))
}

pub(super) fn source_id(
    scope_field: Option<passport_proto::evidence::Scope>,
    source: &str,
) -> Result<SourceId, Box<Status>> {
    let name = source
        .parse()
        .map_err(|error: passport_evidence::NameError| bad("source", &error.to_string()))?;
    Ok(SourceId {
        scope: scope(scope_field)?,
        name,
    })
}

pub(super) fn names(names: &[String]) -> Result<Vec<SourceName>, Box<Status>> {
    let parse =
        |name: &String| SourceName::new(name).map_err(|error| bad("sources", &error.to_string()));
    names.iter().map(parse).collect()
}

pub(super) fn categories(words: &[String]) -> Result<Vec<Category>, Box<Status>> {
    let parse = |word: &String| {
        Category::from_word(word).ok_or_else(|| bad("categories", "holds no known category"))
    };
    words.iter().map(parse).collect()
}

pub(super) fn not_configured(name: &SourceName) -> Failure {
    Failure {
        connector: String::new(),
        source: name.clone(),
        code: FailureCode::NotConfigured,
        message: CollectError::new(FailureCode::NotConfigured)
            .advice()
            .to_owned(),
        retry_at: None,
    }
}

/// Reads the protocol's own form of a deadline: digits and one letter for the unit.
pub(super) fn timeout(text: &str) -> Option<std::time::Duration> {
    use std::time::Duration;
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let amount: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3_600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

pub(super) fn bad(field: &str, why: &str) -> Box<Status> {
    let mut details = ErrorDetails::new();
    details.add_bad_request_violation(field, why);
    details.set_error_info(
        "INVALID_REQUEST",
        "passport-mesh",
        [] as [(String, String); 0],
    );
    Box::new(Status::with_error_details(
        Code::InvalidArgument,
        format!("{field} {why}"),
        details,
    ))
}

pub(super) fn error(code: Code, reason: &str, message: &str) -> Status {
    let info = [] as [(String, String); 0];
    let details = ErrorDetails::with_error_info(reason, "passport-mesh", info);
    Status::with_error_details(code, message, details)
}
