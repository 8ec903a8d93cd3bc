//! Talks to one site of Datadog.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures::future::join_all;
use http::HeaderName;
use passport_connector_sdk::{
    Auth, Builder, CollectRequest, ProviderClient, ReadError, Reply, Request, secrets::Secret,
};

use serde::de::IgnoredAny;

use super::{
    answer::{self, Answer, health::Health, monitor::Monitor},
    ask::{self, Ask},
    settings::{Keys, Settings},
};

const API_KEY: HeaderName = HeaderName::from_static("dd-api-key");
const APP_KEY: HeaderName = HeaderName::from_static("dd-application-key");

/// Most pages of monitors that are read, and most monitors that are looked at.
const MAX_PAGES: u32 = 5;
const MAX_MONITORS: usize = 50;

/// Answers by what was asked: what two queries share is asked once.
pub type Answers = BTreeMap<Ask, Result<Answer, ReadError>>;

/// Talks to one site.
#[derive(Debug)]
pub struct Client {
    provider: ProviderClient,
    /// The application key, to be found among those of its owner.
    pub app_key: Secret,
}

impl Client {
    /// Checks endpoint and keys.
    pub fn build(settings: &Settings, builder: &mut Builder<'_>) -> Option<Self> {
        let keys = keys(&settings.credential, builder);
        let endpoint = settings.endpoint(builder);
        let (api_key, app_key) = keys?;
        let auth = Auth::Headers([(API_KEY, api_key), (APP_KEY, app_key.clone())]);
        Some(Self {
            provider: builder.client(endpoint?, auth)?,
            app_key,
        })
    }

    /// Asks everything at once.
    pub async fn ask(&self, asks: BTreeSet<Ask>, request: &CollectRequest) -> Answers {
        let one = async |ask: Ask| {
            let answer = self.ask_one(&ask, request).await;
            (ask, answer)
        };
        let all = join_all(asks.into_iter().map(one)).await;
        all.into_iter().collect()
    }

    async fn ask_one(&self, ask: &Ask, request: &CollectRequest) -> Result<Answer, ReadError> {
        let reply = self.send(ask.request(request.now), request).await?;
        match (ask, answer::read(ask, &reply)?) {
            (Ask::Health(search), Answer::Health(first)) => {
                let health = self.health(search, first, request).await?;
                Ok(Answer::Health(health))
            }
            (_, answer) => Ok(answer),
        }
    }

    /// All further pages of a search for monitors, and then each monitor by itself: only that tells whether
    /// somebody does not want to hear of it.
    async fn health(
        &self,
        search: &str,
        mut health: Health,
        request: &CollectRequest,
    ) -> Result<Health, ReadError> {
        for page in 1..MAX_PAGES {
            if health.is_listed() {
                break;
            }
            let reply = self.send(ask::monitors(search, page), request).await?;
            if !health.add(answer::health::page(reply.body(), reply.observed_at())?) {
                break;
            }
        }
        let ids = health.ids.iter().take(MAX_MONITORS);
        let looks = ids.map(|id| self.monitor(*id, request));
        health.monitors = join_all(looks).await;
        Ok(health)
    }

    async fn monitor(
        &self,
        id: u64,
        request: &CollectRequest,
    ) -> Result<(Monitor, DateTime<Utc>), ReadError> {
        let read = Ask::Monitor(id).request(request.now);
        let reply = self.send(read, request).await?;
        reply.json::<IgnoredAny>()?;
        Ok((
            answer::monitor::parse(id, reply.body())?,
            reply.observed_at(),
        ))
    }

    /// Sends a read.
    pub async fn send(&self, read: Request, request: &CollectRequest) -> Result<Reply, ReadError> {
        self.provider.send(read, request).await
    }
}

/// Both keys, or a problem for each that is missing.
fn keys(keys: &Keys, builder: &mut Builder<'_>) -> Option<(Secret, Secret)> {
    for (key, reference) in [("api_key", &keys.api_key), ("app_key", &keys.app_key)] {
        if reference.is_none() {
            let fix = "name both keys, each as { env: NAME } or { file: PATH }";
            builder.problem(format!("credential.{key}"), "is missing", fix);
        }
    }
    let api_key = builder.secret(keys.api_key.as_ref()?);
    let app_key = builder.secret(keys.app_key.as_ref()?);
    Some((api_key, app_key))
}
