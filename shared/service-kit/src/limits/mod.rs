//! How much callers may ask at once and in a second. What is more is refused before it is looked
//! at, in words that say when to ask again: work that was begun is ended, and not shared out until
//! nothing of it is in time.

mod allowed;
mod body;
mod guard;
mod meters;
mod place;
mod rates;
mod refusal;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use axum::{body::Body, extract::ConnectInfo};
use http::Extensions;
use opentelemetry::metrics::Meter;

pub use allowed::Allowed;
use body::Answers;
pub use guard::{Refuse, limited};
use meters::LimitMeters;
pub use place::Place;
use place::Places;
use rates::{Key, Rates};
pub use refusal::{Refusal, Why};

/// After which time a caller who was one too many may ask again.
const A_MOMENT: Duration = Duration::from_secs(1);

/// How much a process takes, and what it has taken. A clone counts the same.
#[derive(Clone)]
pub struct Limits(Arc<Inner>);

struct Inner {
    allowed: ArcSwap<Allowed>,
    in_flight: Places,
    answers: Answers,
    connections: Places,
    watches: Places,
    callers: Rates,
    unverified: Rates,
    meters: LimitMeters,
}

// === impl Limits ===

impl Limits {
    /// The limits of a gateway without any configured; see [`set`](Self::set).
    pub fn new(meter: &Meter) -> Self {
        let meters = LimitMeters::new(meter);
        Self(Arc::new(Inner {
            allowed: ArcSwap::from_pointee(Allowed::default()),
            in_flight: Places::new(meters.in_flight.clone()),
            answers: Answers::default(),
            connections: Places::new(meters.connections.clone()),
            watches: Places::new(meters.watches.clone()),
            callers: Rates::default(),
            unverified: Rates::default(),
            meters,
        }))
    }

    /// From now on this is allowed. What was begun goes on, and counts.
    pub fn set(&self, allowed: Allowed) {
        self.0.allowed.store(Arc::new(allowed));
    }

    /// A place for one more connection; `None` where there is none left.
    pub(crate) fn connection(&self) -> Option<Place> {
        let place = self.0.connections.take(self.0.allowed.load().connections);
        if place.is_none() {
            self.0.meters.refused("connections");
        }
        place
    }

    fn watch(&self) -> Result<Place, Refusal> {
        let place = self.0.watches.take(self.0.allowed.load().watches);
        place.ok_or_else(|| self.refused(Why::Watches, A_MOMENT))
    }

    fn call(&self) -> Result<Place, Refusal> {
        let take = || self.0.in_flight.take(self.0.allowed.load().in_flight);
        let place = take().or_else(|| {
            self.0.answers.free_late();
            take()
        });
        place.ok_or_else(|| self.refused(Why::InFlight, A_MOMENT))
    }

    /// The place of a call until its answer is handed over.
    fn hold(&self, answer: Body, place: Place) -> Body {
        self.0.answers.hold(answer, place)
    }

    fn charge_caller(&self, key: Key) -> Result<(), Refusal> {
        let rate = self.0.allowed.load().per_caller;
        let charged = rate.map_or(Ok(()), |rate| self.0.callers.charge(rate, key));
        charged.map_err(|wait| self.refused(Why::PerCaller, wait))
    }

    fn charge_unverified(&self, key: Key) -> Result<(), Refusal> {
        let rate = self.0.allowed.load().unverified;
        let charged = self.0.unverified.charge(rate, key);
        charged.map_err(|wait| self.refused(Why::Unverified, wait))
    }

    fn refused(&self, why: Why, wait: Duration) -> Refusal {
        self.0.meters.refused(why.as_str());
        Refusal { why, wait }
    }
}

/// Counts one call of a caller, known by this name, or, without one, by its address. Free of
/// charge where no [`limited`] router took the call, or where neither is known.
///
/// # Errors
/// The caller asks faster than it may.
pub fn charge(extensions: &Extensions, caller: Option<&str>) -> Result<(), Refusal> {
    let Some(limits) = extensions.get::<Limits>() else {
        return Ok(());
    };
    let key = match caller {
        Some(name) => Some(Key::Name(name.to_owned())),
        None => address(extensions),
    };
    key.map_or(Ok(()), |key| limits.charge_caller(key))
}

/// A place for one more watch; `None` where no [`limited`] router took the call.
///
/// # Errors
/// As many are open as may be.
pub fn watch(extensions: &Extensions) -> Result<Option<Place>, Refusal> {
    extensions.get::<Limits>().map(Limits::watch).transpose()
}

fn address(extensions: &Extensions) -> Option<Key> {
    let caller = extensions.get::<ConnectInfo<SocketAddr>>();
    caller.map(|ConnectInfo(caller)| Key::of(caller.ip()))
}
