//! Signatures (Signature Version 4), made by the SDK's own crate.

use std::time::SystemTime;

use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue};
use passport_connector_sdk::{ReadError, Request};
use tracing::dispatcher::{Dispatch, with_default};

use super::keys::Keys;

/// A POST before it is signed.
pub struct Unsigned<'a> {
    /// Where it goes, whole.
    pub url: &'a str,
    /// The region and the service that the signature is good for.
    pub region: &'a str,
    pub service: &'a str,
    pub content_type: &'static str,
    /// Headers beside the content type.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    pub body: Bytes,
}

impl Unsigned<'_> {
    /// The request, signed at a moment. AWS takes it for some minutes.
    pub fn signed(self, keys: &Keys, now: DateTime<Utc>) -> Result<Request, ReadError> {
        let signature = self.signature(keys, now).ok_or(ReadError::NotConfigured)?;
        let headers = self.headers.into_iter().chain(signature);
        let request = post(self.content_type, self.body);
        Ok(headers.fold(request, |request, (name, value)| {
            request.header(name, value)
        }))
    }

    /// The headers that carry the signature; `None`: the keys hold what no header can.
    pub fn signature(
        &self,
        keys: &Keys,
        now: DateTime<Utc>,
    ) -> Option<Vec<(HeaderName, HeaderValue)>> {
        let identity = keys.credentials().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::from(now))
            .settings(SigningSettings::default());
        let params = params.build().ok()?.into();
        let own = self.headers.iter();
        let own: Option<Vec<_>> = own
            .map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let own = own?
            .into_iter()
            .chain([("content-type", self.content_type)]);
        let request = SignableRequest::new("POST", self.url, own, SignableBody::Bytes(&self.body));
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

/// A POST to the endpoint itself.
pub fn post(content_type: &'static str, body: Bytes) -> Request {
    let no_segments: [&str; 0] = [];
    Request::post(no_segments).body(HeaderValue::from_static(content_type), body)
}
