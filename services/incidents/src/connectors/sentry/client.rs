//! The reads that are ever sent, after Sentry's API, version 0.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{
    CollectRequest, Object, ProviderClient, ReadError, Request, provider::Refusal,
};
use serde::de::DeserializeOwned;

use super::{
    asked::{Dated, During, Issues, Listed, Target},
    model::{
        Environment, Events, ListedRelease, Organization, Outcomes, Project, Release, Sessions,
        Timeseries,
    },
    pages::{self, Next},
    wanted::Wanted,
};

/// Most issues of a page.
const PER_PAGE: &str = "100";
/// Length of a bucket.
const BUCKET: &str = "5m";
const RESET: &str = "x-sentry-rate-limit-reset";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Asks about one project.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
}

/// Sentry says when a budget is filled again in a header of its own.
pub fn refused(refusal: &Refusal<'_>) -> Option<ReadError> {
    let is_throttled = refusal.status().as_u16() == 429;
    let retry_at = refusal.moment(RESET).filter(|_| is_throttled)?;
    Some(ReadError::Throttled {
        retry_at: Some(retry_at),
    })
}

impl Client {
    /// The project, which proves that the token reads the scope.
    pub async fn project(
        &self,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Object<Project>>, ReadError> {
        let path = ["projects", &wanted.organization, &wanted.project];
        self.one(get(&path), request).await
    }

    /// The organization, which tells where it lies.
    pub async fn organization(
        &self,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Object<Organization>>, ReadError> {
        self.one(get(&["organizations", &wanted.organization]), request)
            .await
    }

    /// The release.
    pub async fn release(
        &self,
        target: Target<'_>,
        release: &str,
    ) -> Result<Dated<Object<Release>>, ReadError> {
        let path = [
            "organizations",
            &target.wanted.organization,
            "releases",
            release,
        ];
        let ask = get(&path).query("project", target.project);
        self.one(ask.query("health", "1"), target.request).await
    }

    /// Releases that were seen in the environment ("List an Organization's Releases"), page after page, in an order
    /// that the page does not promise.
    pub async fn releases(
        &self,
        target: Target<'_>,
    ) -> Result<Dated<Listed<ListedRelease>>, ReadError> {
        let ask = of_project(of_organization(target.wanted, "releases"), target);
        self.pages(ask.query("per_page", PER_PAGE), target).await
    }

    /// Groups of events, page after page. Old servers have them below the project only.
    pub async fn issues(
        &self,
        target: Target<'_>,
        query: &str,
    ) -> Result<Dated<Issues>, ReadError> {
        let wanted = target.wanted;
        let narrowed = |ask: Request| {
            let ask = ask.query("query", query);
            let ask = ask.query("statsPeriod", wanted.window.as_str());
            ask.query("limit", PER_PAGE)
        };
        let ask = of_organization(wanted, "issues").query("project", target.project);
        let ask = ask.query("environment", wanted.environment.as_str());
        match self.pages(narrowed(ask), target).await {
            Err(ReadError::NotFound) => {
                let path = ["projects", &wanted.organization, &wanted.project, "issues"];
                self.pages(narrowed(get(&path)), target).await
            }
            read => read,
        }
    }

    /// Sessions of the release.
    pub async fn sessions(
        &self,
        target: Target<'_>,
        release: &str,
    ) -> Result<Dated<Object<Sessions>>, ReadError> {
        let ask = of_project(of_organization(target.wanted, "sessions"), target);
        let ask = ask
            .query("field", "crash_free_rate(session)")
            .query("field", "crash_free_rate(user)")
            .query("field", "sum(session)")
            .query("query", of_release(release))
            .query("statsPeriod", target.wanted.window.as_str())
            .query("interval", "1h")
            .query("includeSeries", "0");
        self.one(ask, target.request).await
    }

    /// Events of the release.
    pub async fn events(
        &self,
        target: Target<'_>,
        release: &str,
    ) -> Result<Dated<Object<Events>>, ReadError> {
        let ask = of_organization(target.wanted, "events").query("dataset", "errors");
        let ask = of_project(ask, target)
            .query("field", "count()")
            .query("field", "count_unique(user)")
            .query("query", of_release(release))
            .query("statsPeriod", target.wanted.window.as_str());
        self.one(ask, target.request).await
    }

    /// Events over time, of the project or of one of its releases.
    pub async fn series(
        &self,
        target: Target<'_>,
        during: During,
        release: Option<&str>,
    ) -> Result<Dated<Object<Timeseries>>, ReadError> {
        let ask = of_organization(target.wanted, "events-timeseries").query("dataset", "errors");
        let ask = of_project(ask, target)
            .query("yAxis", "count()")
            .query("interval", BUCKET);
        let ask = match during {
            During::Window => ask.query("statsPeriod", target.wanted.window.as_str()),
            During::Span(from, to) => ask.query("start", time(from)).query("end", time(to)),
        };
        let ask = match release {
            Some(release) => ask.query("query", of_release(release)),
            None => ask,
        };
        self.one(ask, target.request).await
    }

    /// What became of the project's events.
    pub async fn outcomes(&self, target: Target<'_>) -> Result<Dated<Object<Outcomes>>, ReadError> {
        let ask = of_organization(target.wanted, "stats_v2")
            .query("field", "sum(quantity)")
            .query("groupBy", "outcome")
            .query("category", "error")
            .query("project", target.project)
            .query("statsPeriod", target.wanted.window.as_str());
        self.one(ask, target.request).await
    }

    /// Environments of the project, hidden ones too ("List a Project's Environments").
    pub async fn environments(
        &self,
        target: Target<'_>,
    ) -> Result<Dated<Vec<Object<Environment>>>, ReadError> {
        let wanted = target.wanted;
        let path = [
            "projects",
            &wanted.organization,
            &wanted.project,
            "environments",
        ];
        self.one(get(&path).query("visibility", "all"), target.request)
            .await
    }

    async fn one<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<Dated<T>, ReadError> {
        let reply = self.provider.send(ask, request).await?;
        Ok(Dated {
            read: reply.json()?,
            at: reply.observed_at(),
        })
    }

    async fn pages<T: DeserializeOwned>(
        &self,
        ask: Request,
        target: Target<'_>,
    ) -> Result<Dated<Listed<T>>, ReadError> {
        let (mut cursors, mut next) = (BTreeSet::new(), ask.clone());
        let mut found = Listed {
            rows: Vec::new(),
            is_whole: false,
        };
        let mut at = target.request.now;
        for number in 1..=target.wanted.page_limit {
            let reply = self.provider.send(next.clone(), target.request).await;
            let read = reply.and_then(|reply| Ok((reply.json::<Vec<_>>()?, reply)));
            let (rows, reply) = match read {
                Ok(read) => read,
                Err(error) if number == 1 || error == ReadError::Unauthenticated => {
                    return Err(error);
                }
                Err(_) => break,
            };
            found.rows.extend(rows);
            at = at.min(reply.observed_at());
            match pages::next(reply.headers()) {
                Next::End => {
                    found.is_whole = true;
                    break;
                }
                // A cursor that comes again would lead round in a circle.
                Next::Page(cursor) if cursors.insert(cursor.clone()) => {
                    next = ask.clone().query("cursor", cursor);
                }
                Next::Page(_) | Next::Lost => break,
            }
        }
        Ok(Dated { read: found, at })
    }
}

/// `release:"…"`: the version was checked to hold no quote.
pub fn of_release(release: &str) -> String {
    format!("release:\"{release}\"")
}

/// A moment as Sentry reads it: in UTC, without saying so.
fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S").to_string()
}

fn of_organization(wanted: &Wanted, what: &str) -> Request {
    get(&["organizations", &wanted.organization, what])
}

fn of_project(ask: Request, target: Target<'_>) -> Request {
    let ask = ask.query("project", target.project);
    ask.query("environment", target.wanted.environment.as_str())
}

fn get(path: &[&str]) -> Request {
    let segments = ["api", "0"].iter().chain(path).copied();
    let ask = Request::get(segments).with_strict_segments();
    ask.with_trailing_slash().header(ACCEPT, JSON)
}
