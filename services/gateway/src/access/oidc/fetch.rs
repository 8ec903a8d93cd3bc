//! Asking an issuer for its keys.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, Uri, header::ACCEPT};
use passport_evidence::Problem;
use passport_http_guard::{
    AddressPolicy, BuildError, ClientOptions, Endpoint, EndpointProblem, EndpointRules,
    GuardedClient, Request, SendError, TlsOptions,
};
use passport_service_kit::config::model;
use serde::Deserialize;

use super::jwks::{KeySet, NoKeySet};

/// For one document, from the name to the last byte.
const TIMEOUT: Duration = Duration::from_secs(3);

/// Bytes that a document may have.
const LIMIT: usize = 256 * 1024;

/// Where an issuer's keys are had from, and all that it takes to have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    issuer: String,
    jwks: Option<String>,
    ca: Option<PathBuf>,
    addresses: AddressPolicy,
}

/// Why there are no keys. No text here repeats what the server said.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error(transparent)]
    Place(#[from] EndpointProblem),
    #[error("its URL can't be asked")]
    Url,
    #[error("its file of authorities can't be read")]
    Ca,
    #[error(transparent)]
    Client(#[from] BuildError),
    #[error(transparent)]
    Unanswered(#[from] SendError),
    #[error("it answered with status {0}")]
    Status(StatusCode),
    #[error("its discovery document can't be read")]
    Discovery,
    #[error("its discovery document is of another issuer")]
    OtherIssuer,
    #[error("its discovery document has its keys on another host; name their URL as `jwks`")]
    Elsewhere,
    #[error(transparent)]
    Keys(#[from] NoKeySet),
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

// === impl Place ===

impl Place {
    pub fn of(issuer: &model::Issuer, addresses: &AddressPolicy) -> Self {
        Self {
            issuer: issuer.issuer.clone(),
            jwks: issuer.jwks.clone(),
            ca: issuer.ca.clone(),
            addresses: addresses.clone(),
        }
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What is wrong with the URLs by the addresses that may be reached; paths are relative to the
    /// issuer's entry.
    pub fn problems(&self) -> impl Iterator<Item = Problem> {
        let jwks = self.jwks.as_deref().map(|url| ("jwks", url));
        let asked = jwks.unwrap_or(("issuer", &self.issuer));
        [asked]
            .into_iter()
            .filter_map(|(key, url)| match self.origin(url) {
                Ok(_) => None,
                Err(FetchError::Place(problem)) => {
                    Some(Problem::new(key, problem.to_string(), problem.fix()))
                }
                Err(error) => Some(Problem::new(
                    key,
                    error.to_string(),
                    "write `https://HOST/PATH`",
                )),
            })
    }

    /// The keys as they are published now.
    pub async fn fetch(&self) -> Result<KeySet, FetchError> {
        let first = self.jwks.as_ref().unwrap_or(&self.issuer);
        let client = self.client(self.origin(first)?).await?;
        let url = match &self.jwks {
            Some(named) => named.clone(),
            None => self.discovered(&client).await?,
        };
        Ok(KeySet::read(&get(&client, &url).await?)?)
    }

    /// Where the issuer itself says that its keys are.
    async fn discovered(&self, client: &GuardedClient) -> Result<String, FetchError> {
        let issuer = self.issuer.trim_end_matches('/');
        let document = get(
            client,
            &format!("{issuer}/.well-known/openid-configuration"),
        )
        .await?;
        let said: Discovery =
            serde_json::from_slice(&document).map_err(|_| FetchError::Discovery)?;
        if said.issuer != self.issuer {
            return Err(FetchError::OtherIssuer);
        }
        match client.endpoint().same_origin(&said.jwks_uri) {
            Some(_) => Ok(said.jwks_uri),
            None => Err(FetchError::Elsewhere),
        }
    }

    /// The server of a URL.
    fn origin(&self, url: &str) -> Result<Endpoint, FetchError> {
        let uri: Uri = url.parse().map_err(|_| FetchError::Url)?;
        let (scheme, authority) = (uri.scheme_str(), uri.authority());
        let (scheme, authority) = scheme.zip(authority).ok_or(FetchError::Url)?;
        let rules = EndpointRules {
            allow_plain_http: false,
            addresses: &self.addresses,
        };
        Ok(Endpoint::parse(&format!("{scheme}://{authority}"), rules)?)
    }

    /// Made anew for each time, which are few, so that authorities can change.
    async fn client(&self, endpoint: Endpoint) -> Result<GuardedClient, FetchError> {
        let ca_pem = match &self.ca {
            Some(file) => Some(tokio::fs::read(file).await.map_err(|_| FetchError::Ca)?),
            None => None,
        };
        let options = ClientOptions {
            request_timeout: TIMEOUT,
            body_limit: LIMIT,
            addresses: self.addresses.clone(),
            tls: TlsOptions {
                ca_pem,
                ..TlsOptions::default()
            },
            ..ClientOptions::default()
        };
        Ok(GuardedClient::new(endpoint, options)?)
    }
}

/// A document of the client's own server. A redirect is no document.
async fn get(client: &GuardedClient, url: &str) -> Result<Bytes, FetchError> {
    let link = client.endpoint().same_origin(url).ok_or(FetchError::Url)?;
    let json = HeaderValue::from_static("application/json");
    let reply = client
        .send(Request::follow(link).header(ACCEPT, json))
        .await?;
    match reply.status {
        StatusCode::OK => Ok(reply.body),
        other => Err(FetchError::Status(other)),
    }
}
