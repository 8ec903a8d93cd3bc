//! Senders that sign the moment of sending with the body, so that what was seen on its way is soon of no use.

use chrono::{DateTime, TimeDelta, Utc};
use http::HeaderName;

use super::{HexSignature, SigningSecrets};
use crate::kind::{Delivery, Rejected, only};

/// How far a sender's clock may be from ours; beyond it a delivery may be a replay.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

impl SigningSecrets {
    /// When a delivery was sent, by Unix seconds in `timestamp`, if one of the secrets signs them, a dot and the
    /// body so, and they are near the time at which it came in.
    ///
    /// # Errors
    /// The answer of a sender that is not known, whatever is missing, doubled, late or wrong.
    pub fn verify_timed(
        &self,
        delivery: &Delivery,
        timestamp: &HeaderName,
        shown: &[u8],
    ) -> Result<DateTime<Utc>, Rejected> {
        let text = only(&delivery.headers, timestamp.as_str()).unwrap_or_default();
        let is_signed = self.signed(&[text.as_bytes(), b".", &delivery.body], shown);
        let is_near = |at: &DateTime<Utc>| (delivery.received_at - at).abs() <= TOLERANCE;
        let at = time(text).filter(is_near).filter(|_| is_signed);
        at.ok_or_else(Rejected::unauthorized)
    }

    /// As [`Self::verify_timed`], with the signature in a header of this form.
    ///
    /// # Errors
    /// The answer of a sender that is not known.
    pub fn verify_timed_in(
        &self,
        delivery: &Delivery,
        timestamp: &HeaderName,
        form: &HexSignature,
    ) -> Result<DateTime<Utc>, Rejected> {
        let shown = form.read(&delivery.headers);
        let shown = shown.ok_or_else(Rejected::unauthorized)?;
        self.verify_timed(delivery, timestamp, &shown)
    }
}

/// Unix seconds as senders write them: digits alone, above zero.
pub fn time(text: &str) -> Option<DateTime<Utc>> {
    let digits = text.bytes().all(|it| it.is_ascii_digit());
    let seconds = text.parse().ok().filter(|it| digits && *it > 0)?;
    DateTime::from_timestamp(seconds, 0)
}
