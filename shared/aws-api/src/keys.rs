//! The keys that requests are signed with.

use std::fmt;

use aws_credential_types::Credentials;
use secrecy::{ExposeSecret as _, SecretString};

/// An access key. Shown nowhere, its id neither.
#[derive(Clone)]
pub struct Keys {
    /// Its id.
    pub id: SecretString,
    /// Its secret.
    pub secret: SecretString,
    /// What makes a temporary one valid.
    pub session: Option<SecretString>,
}

// === impl Keys ===

impl Keys {
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
