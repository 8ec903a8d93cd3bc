//! Who may send, told by the signature over the bytes as they came.

use base64::Engine as _;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName};
use passport_connector_sdk::{
    Builder, Delivery, Rejected,
    signature::{SigningSecrets, time},
};
use sha2::{Digest as _, Sha256};

use crate::connectors::custom_webhook::settings::{Encoding, HmacSettings, Scheme, Settings};

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");
const PREFIX: &str = "sha256=";
/// Bytes of an HMAC-SHA256.
const LENGTH: usize = 32;

/// Lets in what is signed.
pub struct Door {
    secrets: SigningSecrets,
    form: Form,
}

/// Where a signature stands.
enum Form {
    Standard,
    Hmac {
        header: HeaderName,
        encoding: Encoding,
        prefix: String,
        timestamp: Option<HeaderName>,
    },
}

/// What a signature vouches for beside the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// When it was sent, where that is signed.
    pub at: Option<DateTime<Utc>>,
    id: Option<String>,
}

// === impl Door ===

impl Door {
    /// Checks how deliveries are signed.
    pub fn build(settings: &Settings, builder: &mut Builder<'_>) -> Option<Self> {
        let references = settings.signing_secrets.as_deref().unwrap_or_default();
        let secrets = SigningSecrets::build(references, builder);
        let form = match settings.scheme {
            None => {
                let fix = "write standard_webhooks or hmac";
                builder.problem("scheme", "is missing, and unsigned evidence is none", fix);
                None
            }
            Some(Scheme::StandardWebhooks) => Some(Form::Standard),
            Some(Scheme::Hmac) => {
                let hmac = settings.hmac.clone().unwrap_or_default();
                Form::hmac(hmac, builder)
            }
        };
        Some(Self {
            secrets: secrets?,
            form: form?,
        })
    }

    /// What a delivery is signed with.
    ///
    /// # Errors
    /// The answer of a sender that is not known, whatever is missing, late or wrong.
    pub fn open(&self, delivery: &Delivery) -> Result<Signed, Rejected> {
        match &self.form {
            Form::Standard => {
                self.secrets.verify_standard(delivery)?;
                let headers = &delivery.headers;
                let at = one(headers, &TIMESTAMP).and_then(time);
                let id = one(headers, &ID).map(str::to_owned);
                Ok(Signed { at, id })
            }
            Form::Hmac {
                header,
                encoding,
                prefix,
                timestamp,
            } => {
                let shown =
                    one(&delivery.headers, header).and_then(|it| it.strip_prefix(&**prefix));
                let shown = shown.and_then(|it| decoded(it, *encoding));
                let shown = shown.ok_or_else(Rejected::unauthorized)?;
                self.of_hmac(delivery, &shown, timestamp.as_ref())
            }
        }
    }

    fn of_hmac(
        &self,
        delivery: &Delivery,
        shown: &[u8],
        timestamp: Option<&HeaderName>,
    ) -> Result<Signed, Rejected> {
        let at = match timestamp {
            Some(header) => Some(self.secrets.verify_timed(delivery, header, shown)?),
            None if self.secrets.signed(&[&delivery.body], shown) => None,
            None => return Err(Rejected::unauthorized()),
        };
        Ok(Signed { at, id: None })
    }
}

// === impl Form ===

impl Form {
    fn hmac(settings: HmacSettings, builder: &mut Builder<'_>) -> Option<Self> {
        let mut named = |key: &str, text: Option<String>| match text {
            None => Some(None),
            Some(text) => {
                let name = HeaderName::try_from(text).ok();
                if name.is_none() {
                    let fix = "write one such as X-Signature";
                    builder.problem(format!("hmac.{key}"), "is no name of a header", fix);
                }
                name.map(Some)
            }
        };
        let header = named("header", settings.header);
        let timestamp = named("timestamp_header", settings.timestamp_header);
        Some(Self::Hmac {
            header: header?.unwrap_or(SIGNATURE),
            encoding: settings.encoding,
            prefix: settings.prefix.unwrap_or_else(|| PREFIX.to_owned()),
            timestamp: timestamp?,
        })
    }
}

// === impl Signed ===

impl Signed {
    /// The same delivery again has the same key: the same bytes with the event's id, else with the sender's, or else
    /// with the time that is signed. Other bytes under one id say something else. An event is the same in whichever
    /// message it comes ("CloudEvents", `id`).
    pub fn key(&self, event: Option<&str>, body: &Bytes) -> String {
        let digest = Sha256::new();
        let digest = match (&self.id, event) {
            (_, Some(event)) => digest.chain_update(b"event\0").chain_update(event),
            (Some(id), None) => digest.chain_update(b"id\0").chain_update(id),
            (None, None) => {
                let signed_at = self.at.map_or(0, |it| it.timestamp());
                digest
                    .chain_update(b"time\0")
                    .chain_update(signed_at.to_be_bytes())
            }
        };
        // No id is as long as what tells apart where it ends.
        let digest = digest.chain_update(b"\0body\0").chain_update(body);
        hex::encode(digest.finalize())
    }
}

fn decoded(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    let is_lower = !text.bytes().any(|it| it.is_ascii_uppercase());
    let bytes = match encoding {
        Encoding::Hex => hex::decode(text).ok().filter(|_| is_lower),
        Encoding::Base64 => base64::engine::general_purpose::STANDARD.decode(text).ok(),
    };
    bytes.filter(|it| it.len() == LENGTH)
}

fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok().filter(|it| !it.is_empty())
}
