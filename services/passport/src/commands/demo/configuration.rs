//! The demo's configuration: held in memory, with a token that nobody else knows.

use std::path::Path;

use passport_connector_sdk::secrets::{SecretError, SecretReader, SecretRef};
use passport_evidence::Scope;
use passport_service_kit::config::{Loaded, Report, load_bytes};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::connectors::checks;
use crate::exit::Fault;

const FILE: &str = include_str!("passport.yaml");

/// The environment that the configuration names.
pub const ENVIRONMENT: &str = "local";

/// The variable that the configuration names.
const VARIABLE: &str = "PASSPORT_DEMO_TOKEN";

/// Facts that must come out judged.
pub const EXPECTED: [&str; 4] = [
    "error_rate",
    "p95_latency",
    "request_volume",
    "vulnerabilities",
];

/// Gives the demo's token where the configuration names its variable, which is never set.
pub struct OwnToken(pub SecretString);

impl SecretReader for OwnToken {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        match secret {
            SecretRef::Env(name) if name == VARIABLE => Ok(self.0.clone()),
            SecretRef::Env(_) | SecretRef::File(_) => Err(SecretError::Absent(secret.to_string())),
        }
    }
}

/// The configuration, checked like any other. What is pushed is kept in the folder.
pub fn load(folder: &Path) -> Result<Loaded, Report> {
    let mut loaded = load_bytes("the demo's configuration", FILE.as_bytes(), &checks())?;
    loaded.settings.store.folder = Some(folder.to_owned());
    Ok(loaded)
}

/// A folder that is removed when it is dropped.
pub fn temporary_folder() -> Result<TempDir, Fault> {
    let made = tempfile::Builder::new().prefix("passport-demo-").tempdir();
    made.map_err(|error| {
        Fault::unanswered(
            format!("could not make a temporary folder: {error}"),
            "see whether TMPDIR names a folder that can be written to",
        )
    })
}

/// What the demo asks about.
pub fn scope() -> Result<Scope, Fault> {
    let defect = |error| Fault::unanswered(format!("{error}"), "report this as a defect");
    Ok(Scope {
        workspace: "demo".parse().map_err(defect)?,
        service: "passport".parse().map_err(defect)?,
        environment: ENVIRONMENT.parse().map_err(defect)?,
    })
}
