//! Whom a client trusts to sign.

use std::path::Path;

use rustls::RootCertStore;

use super::files::{self, TlsError};

pub(super) fn of_file(path: &Path) -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in files::certificates(path)? {
        let added = roots.add(certificate);
        added.map_err(|_| TlsError::NoCertificate(path.to_owned()))?;
    }
    Ok(roots)
}

/// Those of the system; `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
pub(super) fn of_system() -> Result<RootCertStore, TlsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match roots.is_empty() {
        true => Err(TlsError::SystemRoots),
        false => Ok(roots),
    }
}
