//! Secrets of the process itself, read once when it starts.

use std::os::unix::fs::PermissionsExt as _;

use secrecy::SecretString;

use crate::config::model::OwnSecret;

/// What nobody but the owner and the group of a key may do: read it, and nobody but the owner: change it.
const OPEN: u32 = 0o026;

/// Largest file that is read as a secret.
const MAX_BYTES: u64 = 64 * 1024;

/// Why a secret of the process can't be used. Names where it should be, never what is there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnSecretError {
    /// Not there.
    #[error("{0} is not set or not readable")]
    Absent(String),
    /// There, and empty or too large.
    #[error("{0} holds no usable secret")]
    Unusable(String),
    /// A key that others may read or change.
    #[error("{0} may be read or changed by others; let its owner alone, as with chmod 600")]
    Open(String),
}

/// Reads a private key of the process: as a file, it is for nobody else to read.
///
/// # Errors
/// As [`read`], or others may read or change the file.
pub fn read_key(reference: &OwnSecret) -> Result<SecretString, OwnSecretError> {
    if let OwnSecret::File(path) = reference {
        let mode = std::fs::metadata(path).map(|file| file.permissions().mode());
        if mode.is_ok_and(|mode| mode & OPEN != 0) {
            return Err(OwnSecretError::Open(format!("the file {}", path.display())));
        }
    }
    read(reference)
}

/// Reads a secret of the process itself.
///
/// # Errors
/// It is absent, empty or too large.
pub fn read(reference: &OwnSecret) -> Result<SecretString, OwnSecretError> {
    let place = match reference {
        OwnSecret::Env(name) => format!("the variable {name}"),
        OwnSecret::File(path) => format!("the file {}", path.display()),
    };
    let text = match reference {
        OwnSecret::Env(name) => std::env::var(name).ok(),
        OwnSecret::File(path) => {
            let small = std::fs::metadata(path).is_ok_and(|file| file.len() <= MAX_BYTES);
            small.then(|| std::fs::read_to_string(path).ok()).flatten()
        }
    };
    let text = text.ok_or_else(|| OwnSecretError::Absent(place.clone()))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(OwnSecretError::Unusable(place)),
        secret => Ok(SecretString::from(secret.to_owned())),
    }
}
