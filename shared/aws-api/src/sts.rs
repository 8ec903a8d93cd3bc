//! The two calls of the Security Token Service, after its API reference of 2011-06-15. It takes forms and
//! answers in XML.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    Builder, CollectRequest, ProviderClient, ReadError, Reply, Request, secrets::Secret,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    client::{Answer, Asking, provider, url},
    credential::Credential,
    identity::Identity,
    keys::Keys,
    region,
    sign::Unsigned,
    xml::{self, Texts},
};

const SERVICE: &str = "sts";
const VERSION: &str = "2011-06-15";
const FORM: &str = "application/x-www-form-urlencoded";
const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";
/// How its answers begin.
const ANSWERS: [&str; 2] = [
    "GetCallerIdentityResponse",
    "AssumeRoleWithWebIdentityResponse",
];
/// What the session of an assumed role is named, for who reads the account's trail.
const SESSION: &str = "passport-mesh";
/// The shortest life that a session can have, in seconds: one collection is shorter.
const LIFE: &str = "900";

/// Talks to the service in one region.
#[derive(Debug, Clone)]
pub struct Sts {
    provider: ProviderClient,
    url: String,
    region: String,
}

impl Sts {
    /// A client, or problems at `sts_endpoint` and below `tls`. Without an endpoint it asks the region's
    /// own.
    pub fn build(
        region: &str,
        endpoint: Option<&str>,
        credential: &Credential,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let of_region = region::endpoint(SERVICE, region);
        let endpoint = builder.endpoint("sts_endpoint", endpoint.unwrap_or(&of_region))?;
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
        let unsigned = Unsigned {
            url: &self.url,
            region: &self.region,
            service: SERVICE,
            content_type: FORM,
            headers: Vec::new(),
            body: Bytes::from_static(IDENTITY.as_bytes()),
        };
        let signed = unsigned.signed(asking.keys, asking.request.now)?;
        let reply = self.provider.send(signed, asking.request).await?;
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

    /// Keys of a role, for a token that says who asks. The token is the proof: nothing is signed.
    pub(crate) async fn assume(
        &self,
        role_arn: &str,
        token: &Secret,
        request: &CollectRequest,
    ) -> Result<Keys, ReadError> {
        let token = token.read().map_err(|_| ReadError::NotConfigured)?;
        let no_segments: [&str; 0] = [];
        let form = Request::post(no_segments).form(&[
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", VERSION),
            ("RoleArn", role_arn),
            ("RoleSessionName", SESSION),
            ("DurationSeconds", LIFE),
            ("WebIdentityToken", token.expose_secret()),
        ]);
        let reply = self.provider.send(form, request).await?;
        keys(&read(&reply)?, request.now)
    }
}

fn keys(texts: &Texts, now: DateTime<Utc>) -> Result<Keys, ReadError> {
    const AT: &str =
        "AssumeRoleWithWebIdentityResponse/AssumeRoleWithWebIdentityResult/Credentials";
    let of = |name: &str| {
        let text = texts.one(&format!("{AT}/{name}"));
        text.ok_or(ReadError::Shape)
    };
    let ends: DateTime<Utc> = of("Expiration")?.parse().map_err(|_| ReadError::Shape)?;
    if ends <= now {
        return Err(ReadError::Unauthenticated);
    }
    Ok(Keys {
        id: SecretString::from(of("AccessKeyId")?),
        secret: SecretString::from(of("SecretAccessKey")?),
        session: Some(SecretString::from(of("SessionToken")?)),
    })
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
