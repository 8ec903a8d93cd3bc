//! What a configuration allows.

use std::num::NonZeroU32;

use crate::config::model::{self, Rate};

const IN_FLIGHT: usize = 1_024;
const CONNECTIONS: usize = 1_000;
const WATCHES: usize = 256;

/// A brake for a loop that has run away, and nothing that a pipeline notices.
const OF_A_GATEWAYS_CALLER: Rate = rate(1_000, 2_000);
const UNVERIFIED: Rate = rate(20, 200);

/// What a port allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowed {
    pub(super) in_flight: usize,
    pub(super) connections: usize,
    pub(super) watches: usize,
    /// `None`: any rate.
    pub(super) per_caller: Option<Rate>,
    pub(super) unverified: Rate,
}

const fn rate(per_second: u32, burst: u32) -> Rate {
    Rate {
        per_second: above_zero(per_second),
        burst: above_zero(burst),
    }
}

const fn above_zero(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

// === impl Allowed ===

impl Default for Allowed {
    fn default() -> Self {
        Self::of_gateway(&model::Limits::default())
    }
}

impl Allowed {
    /// What a gateway allows.
    pub fn of_gateway(limits: &model::Limits) -> Self {
        let per_caller = limits.per_caller.unwrap_or(OF_A_GATEWAYS_CALLER);
        Self {
            per_caller: Some(per_caller),
            ..Self::of_collector(limits)
        }
    }

    /// What a collector allows. Its callers are few and trusted, the gateway first of all, which
    /// asks for many.
    pub fn of_collector(limits: &model::Limits) -> Self {
        let or = |number: Option<NonZeroU32>, default| {
            let number = number.map(|it| usize::try_from(it.get()).unwrap_or(usize::MAX));
            number.unwrap_or(default)
        };
        Self {
            in_flight: or(limits.in_flight, IN_FLIGHT),
            connections: or(limits.connections, CONNECTIONS),
            watches: or(limits.watches, WATCHES),
            per_caller: limits.per_caller,
            unverified: limits.unverified.unwrap_or(UNVERIFIED),
        }
    }
}
