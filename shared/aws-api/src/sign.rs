//! Signatures (Signature Version 4) of requests that no client of the SDK sends, made by the SDK's own crate.

use std::time::SystemTime;

use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue, Method};
use passport_connector_sdk::ReadError;
use tracing::dispatcher::{Dispatch, with_default};

use super::keys::Keys;

/// Headers that carry a signature.
pub type Signature = Vec<(HeaderName, HeaderValue)>;

/// A request before it is signed.
#[derive(Debug)]
pub struct Unsigned<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Where it goes, whole.
    pub url: &'a str,
    /// The region that the signature is good for.
    pub region: &'a str,
    /// The service that the signature is good for.
    pub service: &'a str,
    /// What the body is; `None`: there is none.
    pub content_type: Option<&'static str>,
    /// Headers beside the content type.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
    /// Whether the body's digest is shown in a header of its own, as some services want.
    pub shows_digest: bool,
}

impl Unsigned<'_> {
    /// The headers that carry the signature of a moment. AWS takes it for some minutes.
    ///
    /// # Errors
    /// The keys hold what no header can.
    pub fn signature(&self, keys: &Keys, now: DateTime<Utc>) -> Result<Signature, ReadError> {
        self.signed(keys, now).ok_or(ReadError::NotConfigured)
    }

    fn signed(&self, keys: &Keys, now: DateTime<Utc>) -> Option<Signature> {
        let identity = keys.credentials().into();
        let mut settings = SigningSettings::default();
        if self.shows_digest {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        }
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::from(now))
            .settings(settings);
        let params = params.build().ok()?.into();
        let own = self.headers.iter();
        let own: Option<Vec<_>> = own
            .map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let content = self.content_type.map(|it| ("content-type", it));
        let own = own?.into_iter().chain(content);
        let body = SignableBody::Bytes(&self.body);
        let request = SignableRequest::new(self.method.as_str(), self.url, own, body);
        let request = request.ok()?;
        // It logs what it signs, down to the key's id: nobody listens.
        let made = with_default(&Dispatch::none(), || sign(request, &params));
        let (instructions, _) = made.ok()?.into_parts();
        let (headers, _) = instructions.into_parts();
        let headers = headers.into_iter().map(|header| {
            let mut value = HeaderValue::from_str(header.value()).ok()?;
            // The session's token stands among them, and the key's id.
            value.set_sensitive(true);
            Some((HeaderName::from_static(header.name()), value))
        });
        headers.collect()
    }
}
