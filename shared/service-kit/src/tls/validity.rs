//! From when and until when a certificate is valid.

use std::time::Duration;

use chrono::{DateTime, Utc};
use rustls::pki_types::UnixTime;
use webpki::{EndEntityCert, Error, KeyUsage};

/// The first and the last moment; `None` where they can't be read.
///
/// The library judges a certificate at a moment and tells its bounds only when it refuses, so that
/// it is asked about the first and the last of all moments.
pub(super) fn of(certificate: &EndEntityCert<'_>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    // Otherwise valid since that very moment, or unreadable, which the other bound tells.
    let mut first = 0;
    if let Error::CertNotValidYet { not_before, .. } = refusal(certificate, 0)? {
        first = not_before.as_secs();
    }
    let Error::CertExpired { not_after, .. } = refusal(certificate, u64::MAX)? else {
        return None;
    };
    Some((time(first)?, time(not_after.as_secs())?))
}

/// There is no authority that it could be of, so that it is refused in any case; its time is looked
/// at first.
fn refusal(certificate: &EndEntityCert<'_>, seconds: u64) -> Option<Error> {
    let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let usage = KeyUsage::client_auth();
    let judged = certificate.verify_for_usage(&[], &[], &[], at, usage, None, None);
    judged.err()
}

fn time(seconds: u64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, 0)
}
