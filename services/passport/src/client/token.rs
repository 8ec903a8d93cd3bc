//! The token of the caller: from the environment, from a file that the environment names, or from the runner of a
//! job that the environment tells of.

mod runner;

use std::env;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::{Request, Status};

use crate::exit::Fault;

const VARIABLE: &str = "PASSPORT_TOKEN";

const VARIABLE_OR_FILE: &str = "PASSPORT_TOKEN or PASSPORT_TOKEN_FILE";

/// Names a file, such as that of a projected service account token.
const FILE: &str = "PASSPORT_TOKEN_FILE";

/// Names for whom the runner of a job of GitHub Actions is asked for a token.
const AUDIENCE: &str = "PASSPORT_TOKEN_AUDIENCE";

/// Larger is no token, and is not read to its end.
const MOST: u64 = 64 << 10;

/// Puts the token on every call.
#[derive(Clone, Default)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

// === impl Bearer ===

impl Bearer {
    /// That of the environment, of the file that it names, or of the job; an empty one is none.
    pub async fn of_caller() -> Result<Self, Fault> {
        let audience = env::var(AUDIENCE).ok().filter(|it| !it.trim().is_empty());
        let own = Self::of_environment()?;
        match audience {
            None => Ok(own),
            Some(_) if own.is_set() => Err(both(VARIABLE_OR_FILE, AUDIENCE)),
            Some(audience) => Self::new(&runner::token(audience.trim()).await?, "the runner"),
        }
    }

    fn of_environment() -> Result<Self, Fault> {
        let file = env::var_os(FILE).filter(|it| !it.is_empty());
        match (env::var(VARIABLE), file) {
            (Ok(token), file) if !token.trim().is_empty() => match file {
                None => Self::new(&token.trim().into(), VARIABLE),
                Some(_) => Err(both(VARIABLE, FILE)),
            },
            (Ok(_) | Err(env::VarError::NotPresent), None) => Ok(Self::default()),
            (Ok(_) | Err(env::VarError::NotPresent), Some(file)) => Self::of_file(Path::new(&file)),
            (Err(env::VarError::NotUnicode(_)), _) => Err(garbled(VARIABLE)),
        }
    }

    /// An empty file is no caller without a token: who names one means to show what is in it.
    fn of_file(file: &Path) -> Result<Self, Fault> {
        let opened = File::open(file);
        let mut text = String::new();
        let read = opened.and_then(|it| it.take(MOST).read_to_string(&mut text));
        let text = SecretString::from(text);
        read.map_err(|error| unreadable(file, &error))?;
        match text.expose_secret().trim() {
            "" => Err(garbled(FILE)),
            token => Self::new(&token.into(), FILE),
        }
    }

    fn new(token: &SecretString, from: &str) -> Result<Self, Fault> {
        let header = format!("Bearer {}", token.expose_secret());
        let mut header: MetadataValue<Ascii> = header.parse().map_err(|_| garbled(from))?;
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

fn garbled(from: &str) -> Fault {
    Fault::wrong(
        format!("{from} holds no token, or characters that no token has"),
        "set it to the token as `passport token new` printed it, or as the platform wrote it",
    )
}

fn both(one: &str, other: &str) -> Fault {
    Fault::wrong(
        format!("{one} and {other} are both set"),
        "keep the one that is meant",
    )
}

/// The error of reading tells nothing of what was read.
fn unreadable(file: &Path, error: &io::Error) -> Fault {
    Fault::wrong(
        format!(
            "could not read {}, which {FILE} names: {error}",
            file.display()
        ),
        "name a file that holds the token alone and may be read",
    )
}

/// A token that everybody on the way could read.
pub fn would_be_read() -> Fault {
    Fault::wrong(
        format!("{VARIABLE} would leave this machine unencrypted"),
        "name the gateway with https://, or add --plaintext where the network itself is trusted",
    )
}
