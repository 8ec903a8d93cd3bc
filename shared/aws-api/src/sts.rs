//! The three calls of the Security Token Service, after its API reference of 2011-06-15.

use aws_sdk_sts::{Client, config, types::Credentials};
use chrono::{DateTime, Utc};
use passport_connector_sdk::{Builder, CollectRequest, ReadError, Reply};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::IgnoredAny;

use super::{
    call::Call,
    client::{Answer, Api, Asking},
    credential::Credential,
    identity::Identity,
    keys::Keys,
    role::Role,
    xml,
};

const SERVICE: &str = "sts";
/// How it begins to say who asks.
const IDENTITY: &str = "GetCallerIdentityResponse";
/// The shortest life that a session can have, in seconds: it serves a few collections.
const LIFE: i32 = 900;

/// Talks to the service in one region.
#[derive(Debug, Clone)]
pub struct Sts(Api);

impl Sts {
    /// A client, or problems at `at` and below `tls`. Without an endpoint it asks the region's own.
    pub fn build(
        region: &str,
        at: (&str, Option<&str>),
        credential: &Credential,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        Api::build(SERVICE, region, at, credential, builder).map(Self)
    }

    /// Who asks. Needs no permission.
    ///
    /// # Errors
    /// The call failed, the keys are not accepted, or the answer has another shape.
    pub async fn identity(&self, asking: Asking<'_>) -> Result<Answer<Identity>, ReadError> {
        let call = self.0.call(asking);
        let sent = client(&call).get_caller_identity().send();
        let (reply, _) = call.send(sent).await?;
        let texts = xml::texts(reply.body()).ok_or_else(|| no_answer(&reply))?;
        if !texts.begins(IDENTITY) {
            return Err(ReadError::Malformed);
        }
        let of = |name: &str| {
            let text = texts.one(&format!("{IDENTITY}/GetCallerIdentityResult/{name}"));
            text.ok_or(ReadError::Shape)
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
        let call = Call::new(&self.0, Some(by), request);
        let sent = client(&call)
            .assume_role()
            .role_arn(&role.arn)
            .role_session_name(&role.session)
            .set_external_id(role.external_id.clone())
            .duration_seconds(LIFE)
            .send();
        let (reply, output) = call.send(sent).await?;
        let output = output.ok_or_else(|| no_answer(&reply))?;
        keys(output.credentials(), request.now)
    }

    /// Keys of a role, for a token that says who asks. The token is the proof: nothing is signed.
    pub(crate) async fn assume_with_token(
        &self,
        role: &Role,
        token: &SecretString,
        request: &CollectRequest,
    ) -> Result<Keys, ReadError> {
        let call = Call::new(&self.0, None, request);
        let sent = client(&call)
            .assume_role_with_web_identity()
            .role_arn(&role.arn)
            .role_session_name(&role.session)
            .web_identity_token(token.expose_secret())
            .duration_seconds(LIFE)
            .send();
        let (reply, output) = call.send(sent).await?;
        let output = output.ok_or_else(|| no_answer(&reply))?;
        keys(output.credentials(), request.now)
    }
}

/// What is no answer of this service: another's, unless it is JSON, which it may answer too.
fn no_answer(reply: &Reply) -> ReadError {
    match reply.json::<IgnoredAny>() {
        Ok(_) => ReadError::Shape,
        Err(error) => error,
    }
}

fn client(call: &Call<'_>) -> Client {
    let config = config::Builder::from(call.config()).retry_partition(call.retries());
    Client::from_conf(config.build())
}

/// What was handed out. The SDK tells a part that is not there as an empty one, and no end as the first of 1970.
fn keys(found: Option<&Credentials>, now: DateTime<Utc>) -> Result<Keys, ReadError> {
    let found = found.ok_or(ReadError::Shape)?;
    let ends = found.expiration();
    let ends = DateTime::from_timestamp(ends.secs(), ends.subsec_nanos());
    let ends = ends.filter(|it| *it != DateTime::UNIX_EPOCH);
    let secret = |text: &str| match text.trim() {
        "" => Err(ReadError::Shape),
        text => Ok(SecretString::from(text.to_owned())),
    };
    let keys = Keys::new(
        secret(found.access_key_id())?,
        secret(found.secret_access_key())?,
        Some(secret(found.session_token())?),
    );
    keys.until(ends.ok_or(ReadError::Shape)?, now)
}
