//! What a request shows of who asks.

use base64::Engine as _;
use http::{HeaderName, HeaderValue, header::AUTHORIZATION};
use passport_http_guard::Request;
use secrecy::ExposeSecret;

use crate::{
    provider::ReadError,
    secrets::{Secret, SecretError},
};

/// What a request shows of who asks.
#[derive(Debug, Clone)]
pub enum Auth {
    /// Nothing.
    None,
    /// `Authorization: Bearer …`.
    Bearer(Secret),
    /// `Authorization: SCHEME …`, for providers with a scheme of their own.
    Scheme(&'static str, Secret),
    /// `Authorization: SCHEME LABEL=…`, for providers that name what they are shown.
    Labelled {
        /// The scheme.
        scheme: &'static str,
        /// What stands before the secret.
        label: &'static str,
        /// The secret.
        secret: Secret,
    },
    /// `Authorization: Basic …`.
    Basic {
        /// The name.
        username: Secret,
        /// The password.
        password: Secret,
    },
    /// `Authorization: Basic …` with a token as the name and no password.
    BasicToken(Secret),
    /// The secret as the whole value of a header.
    Header(HeaderName, Secret),
    /// What the connector itself puts into each request, such as a signature, made with these.
    InRequest(Vec<Secret>),
    /// Two secrets, each as the whole value of its header, for providers that know an organization and a
    /// caller by keys of their own.
    Headers([(HeaderName, Secret); 2]),
}

impl Auth {
    /// The secrets in it.
    pub fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::None => Vec::new(),
            Self::Bearer(secret)
            | Self::Scheme(_, secret)
            | Self::Labelled { secret, .. }
            | Self::BasicToken(secret)
            | Self::Header(_, secret) => {
                vec![secret.clone()]
            }
            Self::Basic { username, password } => vec![username.clone(), password.clone()],
            Self::InRequest(secrets) => secrets.clone(),
            Self::Headers(all) => all.iter().map(|(_, secret)| secret.clone()).collect(),
        }
    }

    /// Whether anything is shown.
    pub fn is_some(&self) -> bool {
        !matches!(self, Self::None)
    }

    pub(super) fn apply(&self, request: Request) -> Result<Request, ReadError> {
        let shown = self.shown()?.into_iter();
        Ok(shown.fold(request, |request, (name, value)| {
            request.header(name, value)
        }))
    }

    /// The headers that show it.
    pub(super) fn shown(&self) -> Result<Vec<(HeaderName, HeaderValue)>, ReadError> {
        let (name, value) = match self {
            Self::None | Self::InRequest(_) => return Ok(Vec::new()),
            Self::Bearer(secret) => (AUTHORIZATION, format!("Bearer {}", read(secret)?)),
            Self::Scheme(scheme, secret) => (AUTHORIZATION, format!("{scheme} {}", read(secret)?)),
            Self::Labelled {
                scheme,
                label,
                secret,
            } => (AUTHORIZATION, format!("{scheme} {label}={}", read(secret)?)),
            Self::Basic { username, password } => {
                (AUTHORIZATION, basic(&read(username)?, &read(password)?))
            }
            Self::BasicToken(secret) => (AUTHORIZATION, basic(&read(secret)?, "")),
            Self::Header(name, secret) => (name.clone(), read(secret)?),
            Self::Headers(all) => {
                let each = all.iter().map(|(name, secret)| header(name, read(secret)?));
                return each.collect();
            }
        };
        Ok(vec![header(&name, value)?])
    }
}

fn header(name: &HeaderName, value: String) -> Result<(HeaderName, HeaderValue), ReadError> {
    let mut value = HeaderValue::from_str(&value).map_err(|_| ReadError::NotConfigured)?;
    value.set_sensitive(true);
    Ok((name.clone(), value))
}

fn basic(name: &str, password: &str) -> String {
    let pair = format!("{name}:{password}");
    let pair = base64::engine::general_purpose::STANDARD.encode(pair);
    format!("Basic {pair}")
}

fn read(secret: &Secret) -> Result<String, ReadError> {
    let text = secret.read().map_err(|error: SecretError| {
        tracing::warn!(%error, "secret can't be read");
        ReadError::NotConfigured
    })?;
    Ok(text.expose_secret().to_owned())
}
