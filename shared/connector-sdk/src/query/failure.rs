//! When a whole source failed.

use passport_evidence::FailureCode;

use crate::{kind::CollectError, provider::ReadError};

/// The failure of a whole source: a credential that is rejected in any read, or not one query whose
/// `own` read gave anything; then the first of these counts.
pub fn failure(
    own: impl IntoIterator<Item = Option<ReadError>>,
    all: impl IntoIterator<Item = ReadError>,
) -> Result<(), CollectError> {
    let mut failures = all.into_iter().filter_map(ReadError::failure);
    let rejected = failures.find(|error| error.code == FailureCode::Unauthenticated);
    let own = own
        .into_iter()
        .map(|error| error.and_then(ReadError::failure));
    let own: Option<Vec<_>> = own.collect();
    match rejected.or_else(|| own.and_then(|all| all.into_iter().next())) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}
