//! A key that a process makes for itself, where nobody gave it one.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use secrecy::{ExposeSecret as _, SecretString};

use super::{SecretError, SecretReader, SecretRef, usable};

/// Bytes of a key that is made; it is written in hexadecimal.
const BYTES: usize = 32;

/// What only the owner of a key may do with it: all that is not in here.
const OTHERS: u32 = 0o077;

/// A key in a file for its owner alone. It is made when it is first wanted, and stays.
#[derive(Debug, Clone)]
pub struct MadeKey(PathBuf);

// === impl MadeKey ===

impl MadeKey {
    /// The key in this file, whether it is there yet or not. Its folder has to be there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }
}

/// Whatever reference is read: it names the file.
impl SecretReader for MadeKey {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        let path = self.0.as_path();
        if !path.exists() {
            make(path).map_err(|_| SecretError::Absent(secret.to_string()))?;
        }
        let unusable = |_| SecretError::Unusable(secret.to_string());
        let mode = fs::metadata(path).map_err(unusable)?.permissions().mode();
        if mode & OTHERS != 0 {
            return Err(SecretError::Unusable(format!("{secret}, open to others,")));
        }
        usable(secret, fs::read_to_string(path).map_err(unusable)?)
    }
}

/// Written whole beside its place and then put there, so that of several who make it at once all read the
/// first one's.
fn make(path: &Path) -> io::Result<()> {
    let beside = path.with_extension(hex::encode(rand::random::<[u8; 8]>()));
    let key = SecretString::from(hex::encode(rand::random::<[u8; BYTES]>()));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    let put = file
        .write_all(key.expose_secret().as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&beside, path));
    fs::remove_file(&beside)?;
    match put {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        put => put,
    }
}
