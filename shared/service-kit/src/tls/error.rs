//! Why a file of TLS can't be used. Names the key of the configuration and the file, never what
//! the file holds.

use std::{io, path::PathBuf};

use chrono::{DateTime, Utc};

/// A file that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {} {problem}", .file.display())]
pub struct TlsError {
    /// Where the configuration names it, such as `gateway.tls.key`.
    pub key: String,
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not there.
    #[error("is not there")]
    Absent,
    /// Not readable for this process.
    #[error("can't be read: {0}")]
    Unreadable(io::ErrorKind),
    /// Others than its owner may read or write it who must not.
    #[error(
        "has the mode {0:04o}, so that others may read it, or its group or others may write it"
    )]
    OpenKey(u32),
    /// Others than its owner may write it.
    #[error("has the mode {0:04o}, so that its group or others may write it")]
    OpenAuthority(u32),
    /// More than any such file has.
    #[error("is too large")]
    TooLarge,
    /// No certificate in it, or a broken one.
    #[error("holds no certificates in PEM, or a broken one")]
    NoCertificate,
    /// No revocation list in it, or one that can't be used.
    #[error("holds no revocation lists in PEM, or one that can't be used")]
    NoList,
    /// No private key in it, or one of a kind that is not supported.
    #[error("holds no private key in PEM that can be used")]
    NoKey,
    /// The certificate is of another key.
    #[error("is not the key of the certificate")]
    OtherKey,
    /// The certificate has ended.
    #[error("holds a certificate that ended at {0}")]
    Expired(DateTime<Utc>),
    /// The certificate has not begun.
    #[error("holds a certificate that is not valid before {0}")]
    NotYetValid(DateTime<Utc>),
}

// === impl Problem ===

impl Problem {
    /// What to do next.
    pub fn fix(&self) -> &'static str {
        match self {
            Self::Absent => "put the file there, or name the one that is",
            Self::Unreadable(_) => "let the user that this process runs as read it",
            Self::OpenKey(_) => {
                "give it the mode 0600, or 0640 for a group, or 0440 where it is mounted"
            }
            Self::OpenAuthority(_) => "give it the mode 0644: who writes it decides who is let in",
            Self::TooLarge => "name a file of at most 1 MiB",
            Self::NoCertificate => "write each certificate as `-----BEGIN CERTIFICATE-----` …",
            Self::NoList => {
                "write each list as `-----BEGIN X509 CRL-----` …, of version 2 and whole"
            }
            Self::NoKey => "write the key as `-----BEGIN PRIVATE KEY-----` …, without a passphrase",
            Self::OtherKey => "put the key and the certificate there that were made together",
            Self::Expired(_) => "put a certificate there that is valid now",
            Self::NotYetValid(_) => "see whether the clock is right, or wait until then",
        }
    }
}
