//! A bucket of calls for each caller.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};
use moka::{policy::EvictionPolicy, sync::Cache};
use tokio::time::Instant;

use crate::config::model::Rate;

/// Callers that are remembered, of each kind. Beyond it, those are forgotten who were away longest.
const MOST: u64 = 10_000;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// A caller that is known.
    Name(String),
    /// Whoever has an address.
    Address(IpAddr),
}

/// Buckets, all of one rate.
#[derive(Default)]
pub(super) struct Rates(Mutex<Option<Buckets>>);

#[derive(Clone)]
struct Buckets {
    rate: Rate,
    by_key: Cache<Key, Arc<Bucket>>,
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, Elapsed, NoOpMiddleware<Duration>>;

/// Time since it was made, by the runtime's clock: one that is set back or forward changes nothing.
#[derive(Debug, Clone)]
struct Elapsed(Instant);

// === impl Key ===

impl Key {
    /// Whoever has this address. Of IPv6, a whole network of 64 bits is one: it is commonly one
    /// subscriber's.
    pub fn of(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                Ipv6Addr::from(network).into()
            }
            IpAddr::V4(address) => address.into(),
        })
    }
}

// === impl Rates ===

impl Rates {
    /// Takes one call out of a bucket; if it is empty, says how long to wait for one.
    pub fn charge(&self, rate: Rate, key: Key) -> Result<(), Duration> {
        let bucket = self.at(rate).by_key.get_with(key, || Arc::new(full(rate)));
        let taken = bucket.check();
        taken.map_err(|not| not.wait_time_from(bucket.clock().now()))
    }

    /// Another rate begins with full buckets.
    fn at(&self, rate: Rate) -> Buckets {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(buckets) = kept.as_ref().filter(|it| it.rate == rate) {
            return buckets.clone();
        }
        kept.insert(Buckets::of(rate)).clone()
    }
}

// === impl Buckets ===

impl Buckets {
    fn of(rate: Rate) -> Self {
        // A full bucket is as good as none.
        let filled = rate.burst.get() / rate.per_second.get() + 1;
        let by_key = Cache::builder()
            .max_capacity(MOST)
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(Duration::from_secs(filled.into()))
            .build();
        Self { rate, by_key }
    }
}

fn full(rate: Rate) -> Bucket {
    let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
    RateLimiter::direct_with_clock(quota, Elapsed(Instant::now()))
}

// === impl Elapsed ===

impl Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_callers_are_remembered_than_that() {
        let rate = Rate {
            per_second: number_of(1),
            burst: number_of(60),
        };
        let rates = Rates::default();
        for number in 0..u32::try_from(MOST).unwrap() + 5_000 {
            let key = Key::Address(IpAddr::V4(number.into()));
            assert_eq!(rates.charge(rate, key), Ok(()));
        }
        let buckets = rates.at(rate);
        buckets.by_key.run_pending_tasks();
        assert!(buckets.by_key.entry_count() <= MOST);
    }

    fn number_of(number: u32) -> std::num::NonZeroU32 {
        number.try_into().unwrap()
    }
}
