//! Reads of several objects that belong together.

use std::future::Future;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectError, CollectRequest, ReadError};
use passport_evidence::{FailureCode, Reason};
use passport_kubernetes_api::{List, ListError};

/// How often it is all read where it moved in the meantime.
const ATTEMPTS: usize = 2;

/// An object that may move while what belongs to it is read.
pub trait Moving: Sync {
    /// The object.
    type Object: Send + Sync;
    /// What belongs to it.
    type Parts: Send;
    /// Why there is no object.
    type Error: Send;

    /// Reads the object, and tells how old the answer is.
    fn object(
        &self,
        request: &CollectRequest,
    ) -> impl Future<Output = Result<(Self::Object, DateTime<Utc>), Self::Error>> + Send;

    /// Reads what belongs to it.
    fn parts(
        &self,
        of: &Self::Object,
        request: &CollectRequest,
    ) -> impl Future<Output = Self::Parts> + Send;

    /// Whether nothing moved between these that the parts rest on.
    fn is_same(before: &Self::Object, after: &Self::Object) -> bool;
}

/// What was read of one object.
#[derive(Debug, Clone)]
pub struct Snapshot<T, P> {
    /// The object.
    pub object: T,
    /// How old that is.
    pub observed_at: DateTime<Utc>,
    /// What belongs to it.
    pub parts: P,
    /// Whether the object had moved once its parts were read.
    pub has_moved: bool,
}

/// An object with its parts, of one moment unless it says that it moved. The object is read before
/// its parts and after them, and all of it once more if it changed meanwhile.
pub async fn snapshot<M: Moving>(
    reads: &M,
    request: &CollectRequest,
) -> Result<Snapshot<M::Object, M::Parts>, M::Error> {
    let (mut before, mut observed_at) = reads.object(request).await?;
    let mut attempts = 1;
    loop {
        let parts = reads.parts(&before, request).await;
        let (after, after_at) = reads.object(request).await?;
        let has_moved = !M::is_same(&before, &after);
        if !has_moved || attempts == ATTEMPTS {
            return Ok(Snapshot {
                object: after,
                observed_at: observed_at.min(after_at),
                parts,
                has_moved,
            });
        }
        attempts += 1;
        (before, observed_at) = (after, after_at);
    }
}

/// A list, or why what rests on it is not known.
pub fn listed<T>(list: Result<List<T>, ListError>) -> Result<List<T>, Reason> {
    list.map_err(|error| match error {
        // A list of one namespace that holds another's.
        ListError::Read(ReadError::OutOfScope) => Reason::FilterNotApplied,
        ListError::Read(error) => error.reason(),
        ListError::Incomplete => Reason::Incomplete,
    })
}

/// The failure of a check that could not read what it must.
pub fn failed(error: ReadError) -> CollectError {
    let internal = || CollectError::new(FailureCode::Internal);
    error.failure().unwrap_or_else(internal)
}
