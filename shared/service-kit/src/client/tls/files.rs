//! Certificates and keys in files.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};

/// Larger than any chain of certificates.
const MAX_BYTES: u64 = 1 << 20;

/// Files of TLS that can't be used. Names them, never what is in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// Not there, not readable or too large.
    #[error("{} can't be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, io::ErrorKind),
    /// A key that others may read, or that somebody besides its owner may write.
    #[error("{} is a key that others may read or change", .0.display())]
    Exposed(PathBuf),
    /// Something else than certificates in PEM.
    #[error("{} holds no certificate, or one that can't be read", .0.display())]
    NoCertificate(PathBuf),
    /// Something else than one private key in PEM.
    #[error("{} holds no private key in PEM", .0.display())]
    NoKey(PathBuf),
    /// A certificate and another one's key.
    #[error("the key is not that of the certificate in {}", .0.display())]
    Mismatch(PathBuf),
    /// The system trusts nobody.
    #[error("the system has no certificates of authorities; name a file of them")]
    SystemRoots,
    /// The library refuses its own defaults.
    #[error("TLS could not be set up")]
    Protocol,
}

/// When a file was last changed, and its length; nothing of one that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp(Option<(SystemTime, u64)>);

// === impl Stamp ===

impl Stamp {
    pub fn of(path: &Path) -> Self {
        let file = fs::metadata(path).ok();
        Self(file.and_then(|it| Some((it.modified().ok()?, it.len()))))
    }
}

/// A chain of certificates and the key of the first.
pub(super) fn pair(
    certificate: &Path,
    key: &Path,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
    Ok((certificates(certificate)?, private_key(key)?))
}

/// At least one certificate.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let none = || TlsError::NoCertificate(path.to_owned());
    let pem = read(path)?;
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let all = all.map_err(|_| none())?;
    match all.is_empty() {
        true => Err(none()),
        false => Ok(all),
    }
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    if is_exposed(path)? {
        return Err(TlsError::Exposed(path.to_owned()));
    }
    PrivateKeyDer::from_pem_slice(&read(path)?).map_err(|_| TlsError::NoKey(path.to_owned()))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let failed = |error: io::Error| TlsError::Unreadable(path.to_owned(), error.kind());
    let length = fs::metadata(path).map_err(failed)?.len();
    if length > MAX_BYTES {
        return Err(failed(io::ErrorKind::FileTooLarge.into()));
    }
    fs::read(path).map_err(failed)
}

#[cfg(unix)]
fn is_exposed(path: &Path) -> Result<bool, TlsError> {
    use std::os::unix::fs::PermissionsExt as _;
    let file = fs::metadata(path);
    let file = file.map_err(|error| TlsError::Unreadable(path.to_owned(), error.kind()))?;
    Ok(file.permissions().mode() & 0o026 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &Path) -> Result<bool, TlsError> {
    Ok(false)
}
