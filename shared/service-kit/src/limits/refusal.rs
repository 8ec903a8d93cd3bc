//! What is said of a call that is not looked at.

use std::{fmt, time::Duration};

use tonic::{Code, Status};

use crate::status;

/// Why a call is not looked at, and when it may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Which limit is reached.
    pub why: Why,
    /// How long to wait, above zero.
    pub wait: Duration,
}

/// Which limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// As many calls are being answered as may be.
    InFlight,
    /// The caller asks faster than it may.
    PerCaller,
    /// Whoever has this address sends more requests than may come without a good credential.
    Unverified,
    /// As many watches are open as may be.
    Watches,
}

// === impl Why ===

impl Why {
    /// The word in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InFlight => "in_flight",
            Self::PerCaller => "per_caller",
            Self::Unverified => "unverified",
            Self::Watches => "watches",
        }
    }

    /// The word in errors.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::InFlight => "OVERLOADED",
            Self::PerCaller => "RATE_LIMITED",
            Self::Unverified => "TOO_MANY_UNVERIFIED",
            Self::Watches => "TOO_MANY_WATCHES",
        }
    }
}

/// For a person.
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InFlight => "as many calls are being answered as may be; ask again in a moment",
            Self::PerCaller => "the caller asks faster than it may; ask again later",
            Self::Watches => {
                "as many watches are open as may be; ask once, or again in a moment, or raise \
                 `gateway.limits.watches`"
            }
            Self::Unverified => {
                "too many requests without a good credential come from this address; show one, or \
                 try again later"
            }
        })
    }
}

// === impl Refusal ===

impl Refusal {
    /// Whole seconds to wait, rounded up.
    pub fn seconds(&self) -> u32 {
        let whole = self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0);
        u32::try_from(whole.max(1)).unwrap_or(u32::MAX)
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let (why, wait) = (refusal.why, Some(refusal.wait));
        let code = Code::ResourceExhausted;
        status::error(code, why.reason(), why.to_string(), wait, Vec::new())
    }
}
