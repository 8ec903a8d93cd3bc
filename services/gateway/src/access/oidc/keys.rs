//! The keys of one issuer: fetched when they are needed, and kept.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex as Turn;
use tracing::{info, warn};

use super::{
    fetch::Place,
    jwks::{Key, KeySet},
    refused::Why,
};

/// How long keys are used without asking for them anew, so that one that was withdrawn is soon
/// believed no more.
const FRESH: TimeDelta = TimeDelta::minutes(10);

/// How long they are used while the issuer can't be reached.
const KEPT: TimeDelta = TimeDelta::hours(6);

/// The time between two requests, whatever comes in: tokens with made-up key ids cost the issuer no
/// more than this, and a key that is new is known no later.
const REST: TimeDelta = TimeDelta::seconds(10);

/// The keys of one issuer.
#[derive(Debug)]
pub(super) struct Keys {
    place: Place,
    held: ArcSwapOption<Held>,
    /// Held while the issuer is asked: all who need its answer wait for one.
    turn: Turn<()>,
    /// When it was asked last.
    asked: Mutex<Option<DateTime<Utc>>>,
}

#[derive(Debug)]
struct Held {
    set: KeySet,
    since: DateTime<Utc>,
}

// === impl Keys ===

impl Keys {
    /// Nothing is fetched yet.
    pub fn of(place: Place) -> Arc<Self> {
        Arc::new(Self {
            place,
            held: ArcSwapOption::empty(),
            turn: Turn::default(),
            asked: Mutex::default(),
        })
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The keys of this id. Where there is none, or they were fetched too long ago, the issuer is
    /// asked first, unless it just was.
    pub async fn find(self: &Arc<Self>, kid: &str, now: DateTime<Utc>) -> Result<Vec<Key>, Why> {
        let fresh = self.within(FRESH, now).map(|held| held.set.find(kid));
        if let Some(found) = fresh.filter(|found| !found.is_empty()) {
            return Ok(found);
        }
        self.refresh(now).await;
        let kept = self.within(KEPT, now).ok_or(Why::NoKeys)?;
        let found = kept.set.find(kid);
        (!found.is_empty()).then_some(found).ok_or(Why::Key)
    }

    /// What is held, where it is not older. Once the clock was set back nobody knows how old it is.
    fn within(&self, age: TimeDelta, now: DateTime<Utc>) -> Option<Arc<Held>> {
        let held = self.held.load_full()?;
        let is = now - held.since;
        (-REST < is && is < age).then_some(held)
    }

    /// Goes on when nobody waits for it any more, so that a caller who gives up costs no other the
    /// answer.
    async fn refresh(self: &Arc<Self>, now: DateTime<Utc>) {
        if !self.is_rested(now) {
            // Somebody may be asking at this moment.
            drop(self.turn.lock().await);
            return;
        }
        let keys = Arc::clone(self);
        let asked = tokio::spawn(async move {
            let _turn = keys.turn.lock().await;
            if keys.begins(now) {
                keys.ask(now).await;
            }
        });
        // It does not panic, and is not ended by anybody.
        let _ = asked.await;
    }

    async fn ask(&self, now: DateTime<Utc>) {
        let issuer = self.place.issuer();
        match self.place.fetch().await {
            Ok(set) => {
                info!(
                    issuer,
                    keys = set.len(),
                    "the keys of an issuer were fetched"
                );
                self.held.store(Some(Arc::new(Held { set, since: now })));
            }
            Err(error) => warn!(issuer, %error, "the keys of an issuer could not be fetched"),
        }
    }

    fn is_rested(&self, now: DateTime<Utc>) -> bool {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        is_rested(*asked, now)
    }

    /// Whether the issuer may be asked; then it counts as asked.
    fn begins(&self, now: DateTime<Utc>) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_rested = is_rested(*asked, now);
        if is_rested {
            *asked = Some(now);
        }
        is_rested
    }
}

/// A clock that was set back does not keep anybody waiting. One who read it a little before the other
/// asked is late, and not early by hours.
fn is_rested(asked: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    asked.is_none_or(|asked| (now - asked).abs() >= REST)
}
