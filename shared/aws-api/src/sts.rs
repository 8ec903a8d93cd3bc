//! The three calls of the Security Token Service, after its API reference of 2011-06-15. It takes forms and
//! answers in XML.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_connector_sdk::{Builder, CollectRequest, ProviderClient, ReadError, Reply, Request};
use secrecy::{ExposeSecret as _, SecretString};
use url::form_urlencoded::Serializer;

use super::{
    client::{Answer, Asking, provider, url},
    credential::Credential,
    identity::Identity,
    keys::Keys,
    region,
    role::Role,
    sign::Call,
    xml::{self, Texts},
};

const SERVICE: &str = "sts";
const VERSION: &str = "2011-06-15";
const FORM: &str = "application/x-www-form-urlencoded";
const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
/// How its answers begin.
const ANSWERS: [&str; 3] = [
    "GetCallerIdentityResponse",
    "AssumeRoleResponse",
    "AssumeRoleWithWebIdentityResponse",
];
/// The shortest life that a session can have, in seconds: it serves a few collections.
const LIFE: &str = "900";

/// Talks to the service in one region.
#[derive(Debug, Clone)]
pub struct Sts {
    provider: ProviderClient,
    url: String,
    region: String,
}

impl Sts {
    /// A client, or problems at `at` and below `tls`. Without an endpoint it asks the region's own.
    pub fn build(
        region: &str,
        at: (&str, Option<&str>),
        credential: &Credential,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let (path, endpoint) = at;
        let of_region = region::endpoint(SERVICE, region);
        let endpoint = builder.endpoint(path, endpoint.unwrap_or(&of_region))?;
        let url = url(&endpoint)?;
        Some(Self {
            provider: provider(endpoint, credential, builder)?,
            url,
            region: region.to_owned(),
        })
    }

    /// Who asks. Needs no permission.
    ///
    /// # Errors
    /// The call failed, the keys are not accepted, or the answer has another shape.
    pub async fn identity(&self, asking: Asking<'_>) -> Result<Answer<Identity>, ReadError> {
        let body = Bytes::from_static(IDENTITY.as_bytes());
        let reply = self.call(body, asking.keys, asking.request).await?;
        let texts = read(&reply)?;
        let of = |name: &str| {
            let path = format!("GetCallerIdentityResponse/GetCallerIdentityResult/{name}");
            texts.one(&path).ok_or(ReadError::Shape)
        };
        Ok(Answer {
            found: Identity::of(&of("Account")?, &of("Arn")?)?,
            observed_at: reply.observed_at(),
        })
    }

    /// Keys of a role, for keys that may assume it.
    pub(crate) async fn assume_role(
        &self,
        role: &Role,
        by: &Keys,
        request: &CollectRequest,
    ) -> Result<Keys, ReadError> {
        let external_id = role.external_id.as_deref().map(|it| ("ExternalId", it));
        let form = Serializer::new(String::new())
            .extend_pairs(of_role("AssumeRole", role))
            .extend_pairs(external_id)
            .finish();
        let reply = self.call(Bytes::from(form), by, request).await?;
        keys("AssumeRole", &read(&reply)?, request.now)
    }

    /// Keys of a role, for a token that says who asks. The token is the proof: nothing is signed.
    pub(crate) async fn assume_with_token(
        &self,
        role: &Role,
        token: &SecretString,
        request: &CollectRequest,
    ) -> Result<Keys, ReadError> {
        const ACTION: &str = "AssumeRoleWithWebIdentity";
        let no_segments: [&str; 0] = [];
        let token = ("WebIdentityToken", token.expose_secret());
        let pairs: Vec<_> = of_role(ACTION, role).into_iter().chain([token]).collect();
        let form = Request::post(no_segments).form(&pairs);
        let reply = self.provider.send(form, request).await?;
        keys(ACTION, &read(&reply)?, request.now)
    }

    async fn call(
        &self,
        body: Bytes,
        keys: &Keys,
        request: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        let call = Call {
            url: &self.url,
            region: &self.region,
            service: SERVICE,
            content_type: FORM,
            headers: Vec::new(),
            body,
        };
        let signed = call.signed(keys, request.now)?;
        keys.learn(self.provider.send(signed, request).await)
    }
}

fn of_role<'a>(action: &'a str, role: &'a Role) -> [(&'a str, &'a str); 5] {
    [
        ("Action", action),
        ("Version", VERSION),
        ("RoleArn", &role.arn),
        ("RoleSessionName", &role.session),
        ("DurationSeconds", LIFE),
    ]
}

fn keys(action: &str, texts: &Texts, now: DateTime<Utc>) -> Result<Keys, ReadError> {
    let of = |name: &str| {
        let text = texts.one(&format!(
            "{action}Response/{action}Result/Credentials/{name}"
        ));
        text.ok_or(ReadError::Shape)
    };
    let ends: DateTime<Utc> = of("Expiration")?.parse().map_err(|_| ReadError::Shape)?;
    let secret = |name: &str| of(name).map(SecretString::from);
    let keys = Keys::new(
        secret("AccessKeyId")?,
        secret("SecretAccessKey")?,
        Some(secret("SessionToken")?),
    );
    keys.until(ends, now)
}

/// What is no XML of its own is not this service's, unless it is JSON, which it may answer too.
fn read(reply: &Reply) -> Result<Texts, ReadError> {
    match xml::texts(reply.body()) {
        Some(texts) if ANSWERS.iter().any(|it| texts.begins(it)) => Ok(texts),
        Some(_) => Err(ReadError::Malformed),
        None => Err(match reply.json::<serde::de::IgnoredAny>() {
            Ok(_) => ReadError::Shape,
            Err(error) => error,
        }),
    }
}
