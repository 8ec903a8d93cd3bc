//! The reads that are ever sent, after PagerDuty's REST API, version 2.

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{
    CollectRequest, Object, ProviderClient, ReadError, Request, provider::Refusal,
};
use serde::de::DeserializeOwned;

use super::{
    model::{
        Incident, IncidentsReply, PrioritiesReply, ServiceReply, User, UserReply, WindowsReply,
    },
    settings::Wanted,
};

/// Most incidents of a page.
const PER_PAGE: u32 = 100;
/// How long PagerDuty is left alone that throttles and does not say how long.
const BACK_OFF: TimeDelta = TimeDelta::seconds(30);
const RESET: &str = "ratelimit-reset";
const RETRY_AFTER: &str = "retry-after";
const VERSION_2: HeaderValue = HeaderValue::from_static("application/vnd.pagerduty+json;version=2");

/// Asks one account.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
}

/// What a read gave, and when that was true.
#[derive(Debug, Clone)]
pub struct Dated<T> {
    /// What was read.
    pub read: T,
    /// When it was true.
    pub at: DateTime<Utc>,
}

/// Incidents that are said to be active.
#[derive(Debug, Clone, Default)]
pub struct Incidents {
    /// What was read of them.
    pub rows: Vec<Object<Incident>>,
    /// Whether that is all.
    pub is_whole: bool,
}

/// Says when to ask again: in seconds, or not at all.
pub fn refused(refusal: &Refusal<'_>) -> Option<ReadError> {
    if refusal.status().as_u16() != 429 || refusal.headers().contains_key(RETRY_AFTER) {
        return None;
    }
    let retry_at = refusal.moment(RESET);
    Some(ReadError::Throttled {
        retry_at: retry_at.or(Some(refusal.asked_at() + BACK_OFF)),
    })
}

impl Client {
    /// A service, which proves that the key reads the scope.
    pub async fn service(
        &self,
        id: &str,
        request: &CollectRequest,
    ) -> Result<Dated<Object<ServiceReply>>, ReadError> {
        self.one(get(&["services", id]), request).await
    }

    /// Active incidents of the services, of all times, page after page. Without `date_range` only those
    /// of one month would come ("List incidents").
    pub async fn incidents(
        &self,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Incidents>, ReadError> {
        let ask = of_services(get(&["incidents"]), wanted)
            .query("statuses[]", "triggered")
            .query("statuses[]", "acknowledged")
            .query("date_range", "all")
            .query("limit", PER_PAGE.to_string())
            .query("total", "true")
            .query("sort_by", "created_at:asc");
        let mut found = Incidents::default();
        let (mut at, mut pages) = (request.now, Vec::new());
        for page in 0..wanted.page_limit {
            let reply = match self.page(&ask, page, request).await {
                Ok(reply) => reply,
                Err(error) if page == 0 || error == ReadError::Unauthenticated => {
                    return Err(error);
                }
                Err(_) => break,
            };
            at = at.min(reply.at);
            let page = reply.read.0;
            let is_empty = page.incidents.is_empty();
            pages.push(ids(&page));
            found.rows.extend(page.incidents);
            if page.more == Some(false) {
                let read = found.rows.len() as u64;
                found.is_whole = page.total.is_none_or(|total| total <= read);
            }
            if page.more != Some(true) || is_empty {
                break;
            }
        }
        pages.pop();
        found.is_whole = found.is_whole && self.are_still(&ask, &pages, request).await?;
        Ok(Dated { read: found, at })
    }

    /// Whether the pages before the last one are as they were. A row that left one of them has drawn another
    /// one from a page that was yet to be read to one that was read already.
    async fn are_still(
        &self,
        ask: &Request,
        pages: &[Vec<String>],
        request: &CollectRequest,
    ) -> Result<bool, ReadError> {
        for (page, before) in (0..).zip(pages) {
            match self.page(ask, page, request).await {
                Ok(reply) if ids(&reply.read) == *before => {}
                Err(error @ ReadError::Unauthenticated) => return Err(error),
                Ok(_) | Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }

    async fn page(
        &self,
        ask: &Request,
        page: u32,
        request: &CollectRequest,
    ) -> Result<Dated<Object<IncidentsReply>>, ReadError> {
        let ask = ask.clone().query("offset", (page * PER_PAGE).to_string());
        self.one(ask, request).await
    }

    /// Maintenance windows of the services that are now.
    pub async fn windows(
        &self,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Object<WindowsReply>>, ReadError> {
        let ask = of_services(get(&["maintenance_windows"]), wanted).query("filter", "ongoing");
        self.one(ask.query("limit", PER_PAGE.to_string()), request)
            .await
    }

    /// Priorities of the account.
    pub async fn priorities(
        &self,
        request: &CollectRequest,
    ) -> Result<Dated<Object<PrioritiesReply>>, ReadError> {
        let ask = get(&["priorities"]).query("limit", PER_PAGE.to_string());
        self.one(ask, request).await
    }

    /// The user that the key belongs to. Keys of the account belong to none and are refused.
    pub async fn me(&self, request: &CollectRequest) -> Result<Object<User>, ReadError> {
        let read: Dated<Object<UserReply>> = self.one(get(&["users", "me"]), request).await?;
        Ok(read.read.0.user)
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
}

fn ids(page: &IncidentsReply) -> Vec<String> {
    page.incidents.iter().map(|it| it.id.clone()).collect()
}

fn of_services(ask: Request, wanted: &Wanted) -> Request {
    let services = wanted.services.iter();
    services.fold(ask, |ask, id| ask.query("service_ids[]", id.as_str()))
}

fn get(path: &[&str]) -> Request {
    Request::get(path.iter().copied()).header(ACCEPT, VERSION_2)
}
