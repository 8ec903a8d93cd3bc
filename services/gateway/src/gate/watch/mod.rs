//! Decides anew whenever something changes, for as long as somebody watches.
//!
//! A watch does nothing but when its answer is read: a slow reader holds one passport at most, and of
//! one who left nothing goes on. It looks again at the earliest of: the end of evidence that the last
//! decision rests on, the pace of `pace`, a delivery to its scope through this gateway, another
//! configuration; and never sooner than `pace::LEAST` after it last looked.

mod news;
mod pace;
mod shown;
mod watches;

use std::time::Duration;

use futures::stream::{BoxStream, StreamExt as _, try_unfold};
use passport_evidence::Scope;
use passport_policy::{gate::Outlook, grants::Verb, passport::Passport};
use passport_service_kit::limits::Place;
use tokio::{
    sync::broadcast::{self, error::RecvError},
    time::{Instant, sleep_until},
};

use super::GateQuestion;
use crate::{
    budget::{self, Budget},
    call_error::CallError,
    gateway::Gateway,
};
pub(crate) use shown::Shown;
use watches::Serving;
pub use watches::Watches;

/// The longest that a watch lasts, and how long it does where the caller does not say.
pub(crate) const LONGEST: Duration = Duration::from_secs(3_600);

/// A decision that is news to who watches.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The record of it.
    pub passport: Passport,
    /// It withdraws an approval that was sent before.
    pub revokes_earlier: bool,
    /// What is waited for.
    pub outlook: Outlook,
}

/// Decisions as they come, the first at once; an error ends them.
pub type Decisions = BoxStream<'static, Result<Watched, CallError>>;

/// What is watched, and for whom.
pub(crate) struct WatchQuestion {
    /// What is decided.
    pub question: GateQuestion,
    /// Who asks, asked again at each look.
    pub shown: Shown,
    /// When it ends at the latest.
    pub until: Instant,
    /// Among the watches that are open.
    pub _place: Option<Place>,
}

struct Watch {
    gateway: Gateway,
    serving: Serving,
    delivered: broadcast::Receiver<Scope>,
    of: WatchQuestion,
    /// What was sent last.
    sent: Option<Passport>,
    /// When to look again; `None`: at once.
    again: Option<pace::Again>,
}

impl Gateway {
    /// Decides at once, and whenever the decision, or what it rests on, changes or expires.
    ///
    /// # Errors
    /// The caller was not granted it, or nothing is configured for the scope. Later on, in the stream:
    /// the same after another configuration, the gateway ends, or a decision can't be recorded.
    pub(crate) async fn watch_gate(&self, of: WatchQuestion) -> Result<Decisions, CallError> {
        let caller = of.shown.caller(self).await?;
        self.granted(&caller, Verb::Evaluate, &of.question.scope)?;
        self.policy_of(&of.question.scope)?;
        let watch = Watch {
            gateway: self.clone(),
            serving: self.watches.serving(),
            delivered: self.watches.deliveries(),
            of,
            sent: None,
            again: None,
        };
        let next = |mut watch: Watch| async move {
            let next = watch.next().await?;
            Ok(Some((next, watch)))
        };
        Ok(try_unfold(watch, next).boxed())
    }
}

// === impl Watch ===

impl Watch {
    async fn next(&mut self) -> Result<Watched, CallError> {
        let mut ending = self.serving.clone();
        tokio::select! {
            biased;
            () = ending.ended() => Err(CallError::Ending),
            next = self.news() => next,
        }
    }

    async fn news(&mut self) -> Result<Watched, CallError> {
        loop {
            if let Some(again) = self.again {
                self.pause(again).await;
            }
            if let Some(news) = self.look().await? {
                return Ok(news);
            }
        }
    }

    async fn pause(&mut self, again: pace::Again) {
        tokio::select! {
            () = sleep_until(again.due) => {}
            () = arrived(&mut self.delivered, &self.of.question.scope) => {}
            () = self.serving.changed() => {}
        }
        sleep_until(again.soonest).await;
    }

    /// What is decided now, recorded if it is news.
    async fn look(&mut self) -> Result<Option<Watched>, CallError> {
        let begun = Instant::now();
        if self.sent.is_some() && self.of.until < begun + pace::LEAST {
            // What can't be asked in time would look like sources that do not answer.
            return std::future::pending().await;
        }
        let gateway = self.serving.now().unwrap_or_else(|| self.gateway.clone());
        let caller = self.of.shown.caller(&gateway).await?;
        let question = self.of.question.clone();
        let by = (begun + budget::DEFAULT).min(self.of.until);
        let passport = gateway
            .weighed(&caller, question, Budget::until(Some(by)))
            .await?;
        let outlook = Outlook::of(&passport.requirements, &passport.failures);
        let is_news = self
            .sent
            .as_ref()
            .is_none_or(|sent| news::is_news(sent, &passport));
        let shortest = gateway.shortest_max_age(&self.of.question.scope);
        self.gateway = gateway.clone();
        let passport = match is_news {
            true => kept(gateway, passport).await?,
            false => passport,
        };
        let ends = self.sent.iter().filter_map(|it| it.valid_until);
        let ends = ends.chain(passport.valid_until);
        let waits = !outlook.waits_for.is_empty();
        self.again = Some(pace::again(
            begun,
            shortest,
            waits,
            passport.decided_at,
            ends,
        ));
        if !is_news {
            return Ok(None);
        }
        let before = self.sent.replace(passport.clone());
        let let_go = before.is_some_and(|it| it.decision.lets_go());
        Ok(Some(Watched {
            revokes_earlier: let_go && !passport.decision.lets_go(),
            passport,
            outlook,
        }))
    }
}

/// Recorded whole, also where who watches leaves meanwhile: an approval is not left standing halfway.
async fn kept(gateway: Gateway, passport: Passport) -> Result<Passport, CallError> {
    let kept = tokio::spawn(async move { gateway.recorded(passport).await });
    kept.await.map_err(|_| CallError::Broken)?
}

/// Ready when something was delivered for a scope, or may have been.
async fn arrived(delivered: &mut broadcast::Receiver<Scope>, scope: &Scope) {
    loop {
        match delivered.recv().await {
            Ok(of) if of == *scope => return,
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
