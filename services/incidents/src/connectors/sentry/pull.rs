//! Asks Sentry for what is judged.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectError, Object, ReadError};
use passport_evidence::{FailureCode, Reason};

use super::{
    asked::{Dated, During, Issues, Target},
    client::{Client, of_release},
    model::{Environment, Events, Outcomes, Release, Sessions, Timeseries},
    previous,
    wanted::{Baseline, Wanted},
};

/// A week.
const WEEK: chrono::TimeDelta = chrono::TimeDelta::days(7);

/// What a read gave, or why it gave nothing.
pub type Read<T> = Result<Dated<T>, Reason>;

/// All that was found of one release. Every read may have failed by itself.
#[derive(Debug, Clone)]
pub struct Found {
    /// The release itself.
    pub release: Read<Object<Release>>,
    /// Groups that were first seen in it.
    pub new: Read<Issues>,
    /// Groups that came back in it.
    pub regressed: Read<Issues>,
    /// Groups of it that nobody handled.
    pub unhandled: Read<Issues>,
    /// Groups that were first seen in it and then archived.
    pub archived: Read<Issues>,
    /// Its sessions.
    pub sessions: Read<Object<Sessions>>,
    /// Its events.
    pub events: Read<Object<Events>>,
    /// Events of the window.
    pub now: Read<Object<Timeseries>>,
    /// Events that those are compared with.
    pub before: Read<Object<Timeseries>>,
    /// What became of events.
    pub outcomes: Read<Object<Outcomes>>,
    /// Whether the project has the environment, when that was so. Of one that it has not, Sentry may tell the
    /// figures of all others.
    pub environment: Read<()>,
}

/// Reads all of a release, everything at once.
///
/// # Errors
/// The token is not accepted any more.
pub async fn ask(
    client: &Client,
    target: Target<'_>,
    release: &str,
) -> Result<Found, CollectError> {
    let of = of_release(release);
    let first = format!("firstRelease:\"{release}\"");
    let (new, unhandled, archived) = (
        format!("{first} is:unresolved"),
        format!("{of} error.unhandled:true is:unresolved"),
        format!("{first} is:archived"),
    );
    let compared = match &target.wanted.baseline {
        Baseline::Release(_) | Baseline::PreviousRelease => Some(release),
        Baseline::PreviousWindow | Baseline::LastWeek => None,
    };
    let (
        release,
        new,
        regressed,
        unhandled,
        archived,
        sessions,
        events,
        now,
        before,
        outcomes,
        environments,
    ) = tokio::join!(
        client.release(target, release),
        client.issues(target, &new),
        regressed(client, target, release),
        client.issues(target, &unhandled),
        client.issues(target, &archived),
        client.sessions(target, release),
        client.events(target, release),
        client.series(target, During::Window, compared),
        before(client, target, release),
        client.outcomes(target),
        client.environments(target),
    );
    Ok(Found {
        release: match release {
            Err(ReadError::NotFound) => Err(Reason::NoData),
            read => reason(read)?,
        },
        new: reason(new)?,
        regressed: reason(regressed)?,
        unhandled: reason(unhandled)?,
        archived: reason(archived)?,
        sessions: reason(sessions)?,
        events: reason(events)?,
        now: reason(now)?,
        before: before?,
        outcomes: reason(outcomes)?,
        environment: environment(environments, target)?,
    })
}

/// Servers that do not know the key refuse the query; they are asked in another way.
async fn regressed(
    client: &Client,
    target: Target<'_>,
    release: &str,
) -> Result<Dated<Issues>, ReadError> {
    let query = format!("regressed_in_release:\"{release}\" is:unresolved");
    match client.issues(target, &query).await {
        Err(ReadError::Rejected) => {
            let query = format!("is:regressed {}", of_release(release));
            client.issues(target, &query).await
        }
        read => read,
    }
}

/// The events that those of the window are compared with.
async fn before(
    client: &Client,
    target: Target<'_>,
    release: &str,
) -> Result<Read<Object<Timeseries>>, CollectError> {
    let (from, to) = baseline(target.wanted, target.request.now);
    let during = During::Span(from, to);
    let of = match &target.wanted.baseline {
        Baseline::PreviousWindow | Baseline::LastWeek => None,
        Baseline::Release(release) => Some(release.clone()),
        Baseline::PreviousRelease => {
            let listed = match reason(client.releases(target).await)? {
                Ok(listed) => listed.read,
                Err(reason) => return Ok(Err(reason)),
            };
            match previous::of(&listed, release, target.project) {
                Ok(previous) => Some(previous.to_owned()),
                Err(reason) => return Ok(Err(reason)),
            }
        }
    };
    reason(client.series(target, during, of.as_deref()).await)
}

/// From when to when the events were that those of the window are compared with.
pub fn baseline(wanted: &Wanted, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let window = wanted.span.as_delta();
    match &wanted.baseline {
        Baseline::PreviousWindow | Baseline::Release(_) | Baseline::PreviousRelease => {
            (now - window * 2, now - window)
        }
        Baseline::LastWeek => (now - WEEK - window, now - WEEK),
    }
}

/// Whether the environment is among those of the project. Servers without such a list are believed.
fn environment(
    read: Result<Dated<Vec<Object<Environment>>>, ReadError>,
    target: Target<'_>,
) -> Result<Read<()>, CollectError> {
    let at = match read {
        Ok(Dated { read, at }) => match is_among(&read, target.wanted) {
            true => at,
            false => return Ok(Err(Reason::FilterNotApplied)),
        },
        Err(ReadError::NotFound) => target.request.now,
        Err(error) => return reason(Err(error)),
    };
    Ok(Ok(Dated { read: (), at }))
}

/// Whether a source's environment is in a list of all of them.
pub fn is_among(all: &[Object<Environment>], wanted: &Wanted) -> bool {
    all.iter().any(|it| it.name == wanted.environment)
}

/// Why a read gave nothing; a token that is not accepted any more ends it all.
fn reason<T>(read: Result<Dated<T>, ReadError>) -> Result<Read<T>, CollectError> {
    match read {
        Ok(read) => Ok(Ok(read)),
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
        Err(error) => Ok(Err(error.reason())),
    }
}

// === impl Found ===

impl Found {
    /// When the oldest of its answers was true; `None` where there is none.
    pub fn at(&self) -> Option<DateTime<Utc>> {
        fn at<T>(read: &Read<T>) -> Option<DateTime<Utc>> {
            read.as_ref().ok().map(|it| it.at)
        }
        let all = [
            at(&self.release),
            at(&self.new),
            at(&self.regressed),
            at(&self.unhandled),
            at(&self.archived),
            at(&self.sessions),
            at(&self.events),
            at(&self.now),
            at(&self.before),
            at(&self.outcomes),
            at(&self.environment),
        ];
        all.into_iter().flatten().min()
    }
}
