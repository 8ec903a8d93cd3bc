//! How a handshake ends.

use std::io;

use rustls::{CertificateError, Error};

/// Why a handshake failed, as records and metrics name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The caller took too long.
    TimedOut,
    /// The caller showed no certificate where one is asked for.
    NoCertificate,
    /// The caller's certificate has ended.
    Expired,
    /// The caller's certificate has not begun.
    NotYetValid,
    /// The caller's certificate, or one above it, was withdrawn.
    Revoked,
    /// An authority of the caller's chain has no revocation list here, where there are any.
    Unlisted,
    /// The caller's certificate is of an authority that is not known here.
    UnknownAuthority,
    /// The caller's certificate is not one for a client, or otherwise not usable.
    BadCertificate,
    /// The caller does not trust our certificate, or ended the handshake for a reason of its own.
    ByCaller,
    /// The two have no version or cipher in common.
    Incompatible,
    /// What came is not TLS.
    NotTls,
    /// The connection broke.
    Broken,
}

// === impl Refused ===

impl Refused {
    /// The word in records and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TimedOut => "timed_out",
            Self::NoCertificate => "no_certificate",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Revoked => "revoked",
            Self::Unlisted => "unlisted",
            Self::UnknownAuthority => "unknown_authority",
            Self::BadCertificate => "bad_certificate",
            Self::ByCaller => "by_caller",
            Self::Incompatible => "incompatible",
            Self::NotTls => "not_tls",
            Self::Broken => "broken",
        }
    }

    pub(super) fn of(error: &io::Error) -> Self {
        let inner = error.get_ref().and_then(|it| it.downcast_ref::<Error>());
        inner.map_or(Self::Broken, Self::of_tls)
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "an error of a library that may grow"
    )]
    fn of_tls(error: &Error) -> Self {
        match error {
            Error::NoCertificatesPresented => Self::NoCertificate,
            Error::InvalidCertificate(error) => Self::of_certificate(error),
            Error::AlertReceived(_) => Self::ByCaller,
            Error::PeerIncompatible(_) => Self::Incompatible,
            Error::InvalidMessage(_) => Self::NotTls,
            _ => Self::Broken,
        }
    }

    #[allow(
        clippy::wildcard_enum_match_arm,
        reason = "an error of a library that may grow"
    )]
    fn of_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            CertificateError::Revoked => Self::Revoked,
            CertificateError::UnknownRevocationStatus => Self::Unlisted,
            CertificateError::UnknownIssuer => Self::UnknownAuthority,
            _ => Self::BadCertificate,
        }
    }
}
