//! The reads that are ever sent: one object, and on a miss the versions of its API group.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    CollectError, CollectRequest, ProviderClient, ReadError, credential_scope::Breadth,
};
use passport_evidence::FailureCode;

use super::{model::Object, settings::ScopeSettings};
use passport_kubernetes_api::{self as kubernetes, ObjectPath};

/// Asks for one object.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub scope: ScopeSettings,
}

/// Why there is no object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// The read failed.
    Read(ReadError),
    /// The cluster knows nothing of this part of Flux, or only in versions that are not read.
    NotInstalled,
}

impl Client {
    /// The object in the newest version of its API that the server has it in.
    pub async fn object(
        &self,
        request: &CollectRequest,
    ) -> Result<(Object, DateTime<Utc>), Missed> {
        let current = self.scope.kind.version();
        match self.read(current, request).await {
            Err(ReadError::NotFound) => {}
            other => return Ok(other?),
        }
        let group = self.scope.kind.group();
        let served = match kubernetes::served_versions(&self.provider, group, request).await {
            Ok(served) => served.ok_or(Missed::NotInstalled)?,
            // Not told which: then the answer to the first read stands.
            Err(ReadError::Denied | ReadError::Rejected) => return Err(ReadError::NotFound.into()),
            Err(error) => return Err(error.into()),
        };
        let is_served = |it: &str| served.iter().any(|served| served == it);
        let older = self.scope.kind.older_versions();
        let older: Vec<_> = older.into_iter().filter(|it| is_served(it)).collect();
        if older.is_empty() && !is_served(current) {
            return Err(Missed::NotInstalled);
        }
        // One version may lack a kind that an older one has.
        for version in older {
            match self.read(version, request).await {
                Err(ReadError::NotFound) => {}
                other => return Ok(other?),
            }
        }
        Err(ReadError::NotFound.into())
    }

    /// What the token may do beyond reading the object.
    pub async fn breadth(&self, request: &CollectRequest) -> Result<Breadth, ReadError> {
        let path = self.path(self.scope.kind.version());
        kubernetes::beyond(&self.provider, path, request).await
    }

    async fn read(
        &self,
        version: &'static str,
        request: &CollectRequest,
    ) -> Result<(Object, DateTime<Utc>), ReadError> {
        kubernetes::read(&self.provider, self.path(version), request).await
    }

    fn path(&self, version: &'static str) -> ObjectPath<'_> {
        ObjectPath {
            group: self.scope.kind.group(),
            version,
            kind: self.scope.kind.name(),
            resource: self.scope.kind.resource(),
            namespace: &self.scope.namespace,
            name: &self.scope.name,
        }
    }
}

impl Missed {
    /// The failure of a source that could not be asked; the error itself where it was asked.
    pub fn failure(self) -> Result<ReadError, CollectError> {
        match self {
            Self::NotInstalled => Err(CollectError::new(FailureCode::NotSupported)),
            Self::Read(error) => error.failure().map_or(Ok(error), Err),
        }
    }
}

impl From<ReadError> for Missed {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}
