//! The keys that requests are signed with.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_credential_types::Credentials;
use chrono::{DateTime, Utc};
use passport_connector_sdk::ReadError;
use secrecy::{ExposeSecret as _, SecretString};

/// An access key. Shown nowhere, its id neither.
#[derive(Clone)]
pub struct Keys {
    id: SecretString,
    secret: SecretString,
    /// What makes a temporary one valid.
    session: Option<SecretString>,
    /// When it ends; `None`: nobody said.
    ends: Option<DateTime<Utc>>,
    /// Whether AWS refused it.
    is_refused: Arc<AtomicBool>,
}

// === impl Keys ===

impl Keys {
    /// A key by its id and secret, and what makes a temporary one valid.
    pub fn new(id: SecretString, secret: SecretString, session: Option<SecretString>) -> Self {
        Self {
            id,
            secret,
            session,
            ends: None,
            is_refused: Arc::default(),
        }
    }

    /// One that was handed out until then.
    ///
    /// # Errors
    /// It has ended.
    pub(crate) fn until(self, ends: DateTime<Utc>, now: DateTime<Utc>) -> Result<Self, ReadError> {
        match ends > now {
            true => Ok(Self {
                ends: Some(ends),
                ..self
            }),
            false => Err(ReadError::Unauthenticated),
        }
    }

    pub(crate) fn ends(&self) -> Option<DateTime<Utc>> {
        self.ends
    }

    /// Remembers that AWS does not take it: all who have it know.
    pub(crate) fn learn<T>(&self, outcome: Result<T, ReadError>) -> Result<T, ReadError> {
        if matches!(outcome, Err(ReadError::Unauthenticated)) {
            self.is_refused.store(true, Ordering::Relaxed);
        }
        outcome
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.is_refused.load(Ordering::Relaxed)
    }

    pub(crate) fn credentials(&self) -> Credentials {
        let session = self.session.as_ref();
        Credentials::new(
            self.id.expose_secret(),
            self.secret.expose_secret(),
            session.map(|it| it.expose_secret().to_owned()),
            None,
            "source",
        )
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Keys")
    }
}
