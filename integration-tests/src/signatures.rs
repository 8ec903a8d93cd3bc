//! Deliveries signed as their senders sign them.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What a delivery carries beside its body.
pub type Headers = Vec<(String, String)>;

/// A way to sign, by the header that the signature stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `X-Hub-Signature-256: sha256=HEX`, of the body.
    Hub,
    /// `X-PagerDuty-Signature: v1=HEX`, of the body.
    Versioned,
    /// `X-Sonar-Webhook-HMAC-SHA256: HEX`, of the body.
    Bare,
    /// `webhook-signature: v1,BASE64`, of id, time and body, as the Standard Webhooks say.
    Standard,
    /// `X-Signature: sha256=HEX`, of the body, or of the time in `X-Timestamp` and the body.
    Own,
    /// `X-Slack-Signature: v0=HEX`, of version, time and body.
    Slack,
    /// `X-Gitlab-Token`: the secret itself.
    Token,
}

/// All of them.
const SCHEMES: [Scheme; 7] = [
    Scheme::Hub,
    Scheme::Versioned,
    Scheme::Bare,
    Scheme::Standard,
    Scheme::Own,
    Scheme::Slack,
    Scheme::Token,
];

// === impl Scheme ===

impl Scheme {
    /// The header that the signature stands in.
    #[must_use]
    pub fn header(self) -> &'static str {
        match self {
            Self::Hub => "x-hub-signature-256",
            Self::Versioned => "x-pagerduty-signature",
            Self::Bare => "x-sonar-webhook-hmac-sha256",
            Self::Standard => "webhook-signature",
            Self::Own => "x-signature",
            Self::Slack => "x-slack-signature",
            Self::Token => "x-gitlab-token",
        }
    }

    /// The header that the moment of sending stands in, where that is signed.
    #[must_use]
    pub fn time_header(self) -> Option<&'static str> {
        match self {
            Self::Standard => Some("webhook-timestamp"),
            Self::Own => Some("x-timestamp"),
            Self::Slack => Some("x-slack-request-timestamp"),
            Self::Hub | Self::Versioned | Self::Bare | Self::Token => None,
        }
    }

    /// The scheme of a delivery; `None`: it is not signed.
    #[must_use]
    pub fn of(headers: &[(String, String)]) -> Option<Self> {
        let has = |scheme: &Self| value(headers, scheme.header()).is_some();
        SCHEMES.into_iter().find(has)
    }

    /// The value of its header for a delivery with these headers.
    ///
    /// # Errors
    /// The secret is none of this scheme.
    pub fn sign(self, secret: &str, headers: &[(String, String)], body: &str) -> Result<String> {
        let part = |name: &str| value(headers, name).unwrap_or_default();
        let of_body = || -> Result<String> { Ok(hex::encode(mac(secret.as_bytes(), body)?)) };
        Ok(match self {
            Self::Hub => format!("sha256={}", of_body()?),
            Self::Versioned => format!("v1={}", of_body()?),
            Self::Bare => of_body()?,
            Self::Token => secret.to_owned(),
            Self::Standard => {
                let key = secret.strip_prefix("whsec_").context("no such secret")?;
                let key = BASE64_STANDARD.decode(key)?;
                let (id, time) = (part("webhook-id"), part("webhook-timestamp"));
                let signature = mac(&key, &format!("{id}.{time}.{body}"))?;
                format!("v1,{}", BASE64_STANDARD.encode(signature))
            }
            Self::Own => {
                let signed = match value(headers, "x-timestamp") {
                    Some(time) => format!("{time}.{body}"),
                    None => body.to_owned(),
                };
                format!("sha256={}", hex::encode(mac(secret.as_bytes(), &signed)?))
            }
            Self::Slack => {
                let signed = format!("v0:{}:{body}", part("x-slack-request-timestamp"));
                format!("v0={}", hex::encode(mac(secret.as_bytes(), &signed)?))
            }
        })
    }
}

/// The headers with this one in place of any of its name.
#[must_use]
pub fn with(headers: &[(String, String)], name: &str, value: &str) -> Headers {
    let others = headers
        .iter()
        .filter(|(it, _)| !it.eq_ignore_ascii_case(name));
    let one = (name.to_owned(), value.to_owned());
    others.cloned().chain([one]).collect()
}

/// The value of a header, its name in any case.
#[must_use]
pub fn value<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut headers = headers.iter();
    let found = headers.find(|(it, _)| it.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

fn mac(key: &[u8], text: &str) -> Result<Vec<u8>> {
    let mac = Hmac::<Sha256>::new_from_slice(key)?.chain_update(text);
    Ok(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GitHub's own example: "Validating webhook deliveries".
    #[test]
    fn a_body_is_signed_as_github_says() {
        let signed = Scheme::Hub.sign("It's a Secret to Everybody", &[], "Hello, World!");
        assert_eq!(
            signed.unwrap(),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        );
    }

    /// The example of the Standard Webhooks' own libraries.
    #[test]
    fn a_message_is_signed_as_the_standard_webhooks_say() {
        let headers = vec![
            (
                "webhook-id".to_owned(),
                "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
            ),
            ("webhook-timestamp".to_owned(), "1614265330".to_owned()),
        ];
        let body = r#"{"test": 2432232314}"#;
        let signed =
            Scheme::Standard.sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &headers, body);
        assert_eq!(
            signed.unwrap(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    /// Slack's own example: "Verifying requests from Slack".
    #[test]
    fn a_request_is_signed_as_slack_says() {
        let time = "1531420618".to_owned();
        let headers = vec![("X-Slack-Request-Timestamp".to_owned(), time)];
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow\
                    &channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA\
                    &user_name=roadrunner&command=%2Fwebhook-collect&text=\
                    &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F\
                    397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
                    &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let signed = Scheme::Slack.sign("8f742231b10e8888abcd99yyyzzz85a5", &headers, body);
        assert_eq!(
            signed.unwrap(),
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }
}
