//! Talks to one site of Datadog.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use http::HeaderName;
use passport_connector_sdk::{
    Auth, Builder, CollectRequest, ProviderClient, ReadError, Reply, Request, secrets::Secret,
};

use super::{
    answer::{self, Answer},
    ask::Ask,
    settings::{Keys, Settings},
};

const API_KEY: HeaderName = HeaderName::from_static("dd-api-key");
const APP_KEY: HeaderName = HeaderName::from_static("dd-application-key");

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
        answer::read(ask, &reply)
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
