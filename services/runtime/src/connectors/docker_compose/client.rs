//! The reads that are ever sent: the engine's version, the containers with the service's labels, each of
//! them, and their images.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures::future::join_all;
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Reply, Request};
use passport_evidence::Reason;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{
    listing::listing,
    members::Members,
    model::{Container, Image, Listed},
    settings::{ServiceKind, Wanted},
    version::Version,
};
use passport_connector_sdk::Object;

const API_VERSION: &str = "api-version";
/// How often it is all read where it changed in the meantime.
const ATTEMPTS: usize = 2;
/// Asks about one service.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub wanted: Wanted,
}

/// What could not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unasked {
    /// The engine, or this connector for it, is too old.
    TooOld,
    /// The read failed.
    Read(ReadError),
}

/// What was read of a service.
#[derive(Debug)]
pub struct Service {
    /// When its containers were listed.
    pub listed_at: DateTime<Utc>,
    /// Its containers, or why it can't be told which they are.
    pub members: Result<Vec<Member>, Reason>,
    /// Whether one of them is being replaced.
    pub is_recreating: bool,
    /// Whether containers came and went while they were read.
    pub has_moved: bool,
    /// The images of its containers, by id.
    pub images: BTreeMap<String, Seen<Image>>,
}

/// A container of the service.
#[derive(Debug)]
pub struct Member {
    pub listed: Listed,
    pub seen: Seen<Container>,
}

/// What was read, and how old that is; or why it was not.
pub type Seen<T> = Result<(T, DateTime<Utc>), Reason>;

/// A container whose read may have been refused because it is gone.
type Read = Result<(Container, DateTime<Utc>), ReadError>;

impl From<ReadError> for Unasked {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

// === impl Client ===

impl Client {
    /// The version to speak. Also the first sign that this is an engine at all.
    pub async fn version(&self, request: &CollectRequest) -> Result<Version, Unasked> {
        let reply = self.provider.send(Request::get(["_ping"]), request).await?;
        let said = reply.headers().get(API_VERSION);
        let Some(said) = said.and_then(|it| it.to_str().ok()) else {
            reply.json::<IgnoredAny>()?;
            return Err(ReadError::Shape.into());
        };
        let version = Version::parse(said).ok_or(ReadError::Shape)?;
        version.spoken().ok_or(Unasked::TooOld)
    }

    /// The containers with the service's labels.
    pub async fn list(
        &self,
        version: Version,
        request: &CollectRequest,
    ) -> Result<(Vec<Listed>, DateTime<Utc>), Unasked> {
        let asked = self.filtered(version);
        let reply = match self.provider.send(asked.clone(), request).await {
            Err(ReadError::Rejected) => return Err(self.refusal(asked, request).await),
            reply => reply?,
        };
        let (all, at) = read::<Vec<Object<Listed>>>(&reply)?;
        Ok((all.into_iter().map(|it| it.0).collect(), at))
    }

    fn filtered(&self, version: Version) -> Request {
        let scope = &self.wanted.scope;
        listing(
            version,
            &[("project", &scope.project), ("service", &scope.service)],
        )
    }

    /// Why the engine refused the question, which only the text of the refusal tells.
    async fn refusal(&self, asked: Request, request: &CollectRequest) -> Unasked {
        let refused = self.provider.send_unsorted(asked, request).await;
        let is_too_old = refused.is_ok_and(|it| {
            let said = String::from_utf8_lossy(it.body()).to_lowercase();
            it.status() == 400 && said.contains("client version") && said.contains("is too old")
        });
        match is_too_old {
            true => Unasked::TooOld,
            false => ReadError::Rejected.into(),
        }
    }

    /// The service. It is all read once more where a container went meanwhile, or is about to be
    /// started again.
    pub async fn service(
        &self,
        version: Version,
        request: &CollectRequest,
    ) -> Result<Service, Unasked> {
        let mut attempts = 1;
        loop {
            let (listed, listed_at) = self.list(version, request).await?;
            let (members, is_recreating) = match Members::of(listed, &self.wanted.scope) {
                Ok(members) => (Ok(members.kept), members.is_recreating),
                Err(reason) => (Err(reason), false),
            };
            let read = match members {
                Ok(kept) => Ok(self.inspect(version, kept, request).await),
                Err(reason) => Err(reason),
            };
            let all = || read.iter().flatten();
            let has_moved = all().any(|(_, it)| matches!(it, Err(ReadError::NotFound)));
            let is_between = all().any(|(_, it)| self.is_between(it, request.now));
            if (has_moved || is_between) && attempts < ATTEMPTS {
                attempts += 1;
                continue;
            }
            let members = read.map(|all| all.into_iter().map(Member::from).collect::<Vec<_>>());
            let images = match &members {
                Ok(members) => self.images(version, members, request).await,
                Err(_) => BTreeMap::new(),
            };
            return Ok(Service {
                listed_at,
                members,
                is_recreating,
                has_moved,
                images,
            });
        }
    }

    fn is_between(&self, read: &Read, now: DateTime<Utc>) -> bool {
        let is_lasting = self.wanted.kind == ServiceKind::LongRunning;
        let found = read.as_ref().ok();
        is_lasting && found.is_some_and(|(it, _)| it.may_be_restarted(now))
    }

    async fn inspect(
        &self,
        version: Version,
        kept: Vec<Listed>,
        request: &CollectRequest,
    ) -> Vec<(Listed, Read)> {
        let reads = kept.into_iter().map(|listed| async move {
            let asked = [&version.to_string(), "containers", &listed.id, "json"];
            let read = self.read::<Container>(&asked, request).await;
            // An answer about another container is none about this one.
            let read = match read {
                Ok((found, _)) if found.id != listed.id => Err(ReadError::Shape),
                read => read,
            };
            (listed, read)
        });
        join_all(reads).await
    }

    /// The images are read where there are digests to compare with.
    async fn images(
        &self,
        version: Version,
        members: &[Member],
        request: &CollectRequest,
    ) -> BTreeMap<String, Seen<Image>> {
        let subject = request.subject.as_ref();
        if subject.is_none_or(|it| it.artifact_digests.is_empty()) {
            return BTreeMap::new();
        }
        let seen = members.iter().filter_map(|it| it.seen.as_ref().ok());
        let ids: BTreeSet<_> = seen.map(|(it, _)| it.image.as_str()).collect();
        let reads = ids.into_iter().map(|id| async move {
            let asked = [&version.to_string(), "images", id, "json"];
            let read = self.read::<Image>(&asked, request).await;
            let read = match read {
                Ok((found, _)) if found.id != id => Err(Reason::Contradictory),
                read => read.map_err(ReadError::reason),
            };
            (id.to_owned(), read)
        });
        join_all(reads).await.into_iter().collect()
    }

    /// One object.
    pub async fn read<T: DeserializeOwned>(
        &self,
        path: &[&str],
        request: &CollectRequest,
    ) -> Result<(T, DateTime<Utc>), ReadError> {
        let asked = Request::get(path.iter().copied());
        let reply = self.provider.send(asked, request).await?;
        let (found, at) = read::<Object<T>>(&reply)?;
        Ok((found.0, at))
    }
}

/// What an answer holds, and how old it is.
pub fn read<T: DeserializeOwned>(reply: &Reply) -> Result<(T, DateTime<Utc>), ReadError> {
    Ok((reply.json()?, reply.observed_at()))
}

// === impl Member ===

impl From<(Listed, Read)> for Member {
    fn from((listed, read): (Listed, Read)) -> Self {
        Self {
            listed,
            seen: read.map_err(ReadError::reason),
        }
    }
}
