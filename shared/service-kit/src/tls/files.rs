//! Reading PEM files: what they hold, and who else may touch them.

use std::{
    fs::File,
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::Path,
};

use chrono::{DateTime, Utc};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, pem::PemObject as _},
    sign::CertifiedKey,
};
use webpki::EndEntityCert;

use super::{Problem, TlsError, provider, validity};
use crate::config::model::Tls;

/// Largest file that is read: bundles of authorities are the largest.
const MAX_BYTES: u64 = 1 << 20;

/// Its group or others may write it.
const OTHERS_WRITE: u32 = 0o022;

/// Others may read it, or write it with the group.
const OTHERS_READ: u32 = 0o004 | OTHERS_WRITE;

/// A certificate with its key, which fit each other.
#[derive(Debug)]
pub struct Pair {
    /// The certificate and those between it and its authority.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its key.
    pub key: PrivateKeyDer<'static>,
    /// From this moment on the certificate is not valid any more.
    pub not_after: DateTime<Utc>,
}

// === impl Pair ===

impl Pair {
    /// Reads both. `at` is where the configuration names them, such as `gateway.tls`.
    ///
    /// # Errors
    /// One of them can't be read, or is too open, they do not fit, or the certificate is not valid
    /// at `now`.
    pub fn read(at: &str, tls: &Tls, now: DateTime<Utc>) -> Result<Self, TlsError> {
        let of_certificate = |problem| error(at, "certificate", &tls.certificate, problem);
        let of_key = |problem| error(at, "key", &tls.key, problem);
        let chain = chain(&tls.certificate).map_err(of_certificate)?;
        let key = key(&tls.key).map_err(of_key)?;
        CertifiedKey::from_der(chain.clone(), key.clone_key(), &provider())
            .map_err(|error| of_key(unfit(&error)))?;
        let not_after = ends(&chain, now).map_err(of_certificate)?;
        Ok(Self {
            chain,
            key,
            not_after,
        })
    }
}

/// Reads certificates of authorities. `key` is where the configuration names the file.
///
/// # Errors
/// It can't be read, may be written by others, or holds no certificates.
pub fn authorities(key: &str, file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    read(file, OTHERS_WRITE, Problem::OpenAuthority)
        .and_then(|pem| certificates(&pem))
        .and_then(|found| roots(&found).map(|_| found))
        .map_err(|problem| TlsError {
            key: key.to_owned(),
            file: file.to_owned(),
            problem,
        })
}

/// Reads revocation lists. `key` is where the configuration names the file.
///
/// # Errors
/// It can't be read, may be written by others, or holds no lists.
pub fn lists(
    key: &str,
    file: &Path,
) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
    read(file, OTHERS_WRITE, Problem::OpenAuthority)
        .and_then(|pem| {
            let found = CertificateRevocationListDer::pem_slice_iter(&pem);
            let found: Vec<_> = found
                .collect::<Result<_, _>>()
                .map_err(|_| Problem::NoList)?;
            (!found.is_empty()).then_some(found).ok_or(Problem::NoList)
        })
        .map_err(|problem| TlsError {
            key: key.to_owned(),
            file: file.to_owned(),
            problem,
        })
}

/// Authorities as a store.
///
/// # Errors
/// One of them can't be an authority.
pub fn roots(authorities: &[CertificateDer<'static>]) -> Result<RootCertStore, Problem> {
    let mut store = RootCertStore::empty();
    for certificate in authorities {
        let added = store.add(certificate.clone());
        added.map_err(|_| Problem::NoCertificate)?;
    }
    Ok(store)
}

fn chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, Problem> {
    certificates(&read(file, 0, Problem::OpenAuthority)?)
}

fn key(file: &Path) -> Result<PrivateKeyDer<'static>, Problem> {
    let pem = read(file, OTHERS_READ, Problem::OpenKey)?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| Problem::NoKey)
}

/// The whole file. The mode is that of the very file that is read.
fn read(file: &Path, forbidden: u32, open: fn(u32) -> Problem) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: io::Error| match error.kind() == io::ErrorKind::NotFound {
        true => Problem::Absent,
        false => Problem::Unreadable(error.kind()),
    };
    let opened = File::open(file).map_err(unreadable)?;
    let mode = opened.metadata().map_err(unreadable)?.mode() & 0o7777;
    if mode & forbidden != 0 {
        return Err(open(mode));
    }
    let mut bytes = Vec::new();
    let limited = &mut opened.take(MAX_BYTES + 1);
    let count = limited.read_to_end(&mut bytes).map_err(unreadable)?;
    let is_small = u64::try_from(count).is_ok_and(|count| count <= MAX_BYTES);
    is_small.then_some(bytes).ok_or(Problem::TooLarge)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Problem> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|_| Problem::NoCertificate)?;
    match found.is_empty() {
        true => Err(Problem::NoCertificate),
        false => Ok(found),
    }
}

fn unfit(error: &rustls::Error) -> Problem {
    match matches!(error, rustls::Error::InconsistentKeys(_)) {
        true => Problem::OtherKey,
        false => Problem::NoKey,
    }
}

/// When the first certificate ends.
fn ends(chain: &[CertificateDer<'_>], now: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    let own = chain.first().ok_or(Problem::NoCertificate)?;
    let parsed = EndEntityCert::try_from(own).map_err(|_| Problem::NoCertificate)?;
    let (from, end) = validity::of(&parsed).ok_or(Problem::NoCertificate)?;
    match (from <= now, now <= end) {
        (false, _) => Err(Problem::NotYetValid(from)),
        (true, false) => Err(Problem::Expired(end)),
        (true, true) => Ok(end),
    }
}

fn error(at: &str, key: &str, file: &Path, problem: Problem) -> TlsError {
    TlsError {
        key: format!("{at}.{key}"),
        file: file.to_owned(),
        problem,
    }
}
