//! Requests that are signed for AWS (Signature Version 4). What is signed and how is AWS's own crate's
//! matter.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, SignableBody, SignableRequest, SigningInstructions, SigningSettings,
        sign,
    },
    sign::v4::SigningParams,
};
use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue};
use passport_connector_sdk::{Auth, ReadError, provider::Endpoint, secrets::Secret};
use secrecy::ExposeSecret as _;
use tracing::dispatcher::{Dispatch, with_default};

use super::ask::{Ask, JSON};

/// What requests show of who asks.
#[derive(Debug)]
pub enum Shown {
    /// A header, the same in each.
    Header(Auth),
    /// A signature of the request itself.
    Signature(Signing),
}

/// What requests are signed with, and for whom.
#[derive(Debug, Clone)]
pub struct Signing {
    /// Id of the access key.
    pub id: Secret,
    /// Its secret.
    pub secret: Secret,
    /// What makes a temporary key valid.
    pub session: Option<Secret>,
    /// The region of the domain.
    pub region: String,
    /// The service's name in signatures.
    pub service: &'static str,
}

/// Signs requests to one endpoint.
#[derive(Debug)]
pub struct Signer {
    signing: Signing,
    endpoint: Endpoint,
}

/// Headers that carry a signature.
pub type Headers = Vec<(HeaderName, HeaderValue)>;

impl Signing {
    /// The secrets in it.
    pub fn secrets(&self) -> Vec<Secret> {
        let always = [&self.id, &self.secret].into_iter();
        always.chain(&self.session).cloned().collect()
    }

    /// Read anew for each request: a key that was replaced is the new one at once.
    fn credentials(&self) -> Result<Credentials, ReadError> {
        let read = |secret: &Secret| secret.read().map_err(|_| ReadError::NotConfigured);
        let session = self.session.as_ref().map(read).transpose()?;
        let session = session.map(|it| it.expose_secret().to_owned());
        let (id, secret) = (read(&self.id)?, read(&self.secret)?);
        let (id, secret) = (id.expose_secret(), secret.expose_secret());
        Ok(Credentials::new(id, secret, session, None, "source"))
    }
}

impl Signer {
    /// Signs requests to this endpoint.
    pub fn new(signing: Signing, endpoint: Endpoint) -> Self {
        Self { signing, endpoint }
    }

    /// The headers that sign a request at a moment. AWS takes them for some minutes.
    pub fn sign(&self, ask: &Ask, now: DateTime<Utc>) -> Result<Headers, ReadError> {
        let url = self.url(ask).ok_or(ReadError::Rejected)?;
        let instructions = self.instructions(ask, &url, now)?;
        let (headers, _) = instructions.into_parts();
        let header = |name: &'static str, value: &str| {
            let mut value = HeaderValue::from_str(value).map_err(|_| ReadError::NotConfigured)?;
            // The session's token stands among them, and the key's id.
            value.set_sensitive(true);
            Ok((HeaderName::from_static(name), value))
        };
        headers
            .into_iter()
            .map(|it| header(it.name(), it.value()))
            .collect()
    }

    fn instructions(
        &self,
        ask: &Ask,
        url: &str,
        now: DateTime<Utc>,
    ) -> Result<SigningInstructions, ReadError> {
        let unsigned = |_| ReadError::NotConfigured;
        let identity = self.signing.credentials()?.into();
        let mut settings = SigningSettings::default();
        // Serverless collections want the digest of the body beside it.
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.signing.region)
            .name(self.signing.service)
            .time(SystemTime::from(now))
            .settings(settings);
        let params = params.build().map_err(|_| ReadError::NotConfigured)?.into();
        let json = (!ask.body.is_empty()).then_some(("content-type", JSON));
        let body = SignableBody::Bytes(&ask.body);
        let request = SignableRequest::new(ask.method.as_str(), url, json.into_iter(), body);
        let request = request.map_err(unsigned)?;
        // It logs what it signs, down to the key's id: nobody listens.
        let made = with_default(&Dispatch::none(), || sign(request, &params));
        Ok(made.map_err(unsigned)?.into_parts().0)
    }

    /// The address as it is sent.
    fn url(&self, ask: &Ask) -> Option<String> {
        let segments: Vec<_> = ask.path.iter().map(String::as_str).collect();
        let mut url = self.endpoint.url(&segments).ok()?;
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&ask.query);
        }
        Some(url.into())
    }
}
