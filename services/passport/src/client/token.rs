//! The token of the caller, from the environment alone.

use std::env;

use secrecy::{ExposeSecret as _, SecretString};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::{Request, Status};

use crate::exit::Fault;

const VARIABLE: &str = "PASSPORT_TOKEN";

/// Puts the token on every call.
#[derive(Clone, Default)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

// === impl Bearer ===

impl Bearer {
    /// That of the environment; an empty one is none.
    pub fn of_environment() -> Result<Self, Fault> {
        match env::var(VARIABLE) {
            Ok(token) if !token.trim().is_empty() => Self::new(&token.trim().into()),
            Ok(_) | Err(env::VarError::NotPresent) => Ok(Self::default()),
            Err(env::VarError::NotUnicode(_)) => Err(garbled()),
        }
    }

    fn new(token: &SecretString) -> Result<Self, Fault> {
        let header = format!("Bearer {}", token.expose_secret());
        let mut header: MetadataValue<Ascii> = header.parse().map_err(|_| garbled())?;
        header.set_sensitive(true);
        Ok(Self(Some(header)))
    }

    /// Whether there is one.
    pub fn is_set(&self) -> bool {
        self.0.is_some()
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(header) = &self.0 {
            request
                .metadata_mut()
                .insert("authorization", header.clone());
        }
        Ok(request)
    }
}

fn garbled() -> Fault {
    Fault::wrong(
        format!("{VARIABLE} holds characters that no token has"),
        "set it to the token as `passport token new` printed it",
    )
}

/// A token that everybody on the way could read.
pub fn would_be_read() -> Fault {
    Fault::wrong(
        format!("{VARIABLE} would leave this machine unencrypted"),
        "name the gateway with https://, or add --plaintext where the network itself is trusted",
    )
}
