//! The reads that are ever sent, after Opsgenie's REST API and that of its successor.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{
    CollectRequest, Object, ProviderClient, ReadError, Reply, Request, provider::Refusal,
};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::{
    model::{
        Alert, CountReply, DataPage, Incident, Maintenance, MaintenanceReply, RefusalBody,
        ValuesPage,
    },
    pages::{self, Next, PER_PAGE},
    wanted::Wanted,
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PERIOD: &str = "x-ratelimit-period-in-sec";
/// How complaints about the key itself begin, whatever their status.
const OF_KEY: [&str; 2] = ["could not authenticate", "key format is not valid"];

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

/// A list that was read.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// What was read of it.
    pub rows: Vec<Object<T>>,
    /// Whether that is all of it.
    pub is_whole: bool,
}

/// A page: what stands on it, and the link to the next one.
type Page<T> = (Vec<Object<T>>, Option<String>);

/// Opsgenie has a header of its own for when to come again, and refuses keys under several statuses.
pub fn refused(refusal: &Refusal<'_>) -> Option<ReadError> {
    let status = refusal.status().as_u16();
    if status == 429 {
        let retry_at = Some(refusal.moment(PERIOD)?);
        return Some(ReadError::Throttled { retry_at });
    }
    let body: Option<Object<RefusalBody>> = serde_json::from_slice(refusal.body()).ok();
    let message = body?.0.message.to_lowercase();
    let is_of_key = OF_KEY.iter().any(|it| message.starts_with(it));
    (is_of_key && (400..500).contains(&status)).then_some(ReadError::Unauthenticated)
}

impl Client {
    /// Open alerts of the scope, the oldest first, page after page.
    pub async fn alerts(
        &self,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Listed<Alert>>, ReadError> {
        let (ask, size) = list_of_alerts(wanted);
        let ask = ask
            .query("query", query(wanted))
            .query(size, PER_PAGE.to_string())
            .query("sort", "createdAt")
            .query("order", "asc");
        self.pages(ask, wanted, |it: &Alert| Some(&it.id), request)
            .await
    }

    /// Any one alert of the scope, open or not: it proves that there is such a tag, and such a team.
    pub async fn any_alert(
        &self,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Option<Object<Alert>>>, ReadError> {
        let (ask, size) = list_of_alerts(wanted);
        let ask = ask.query("query", scope(wanted)).query(size, "1");
        let reply = self.provider.send(ask, request).await?;
        let (rows, _) = page(&reply, wanted)?;
        Ok(dated(rows.into_iter().next(), &reply))
    }

    /// How many open alerts the scope has.
    pub async fn count(
        &self,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Object<CountReply>>, ReadError> {
        let ask = get(&["v2", "alerts", "count"]).query("query", query(wanted));
        self.one(ask, request).await
    }

    /// Maintenances of the account that are not over. The successor lists those of the whole site, and those of
    /// each team by itself.
    pub async fn maintenances(
        &self,
        teams: &BTreeSet<String>,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Listed<Maintenance>>, ReadError> {
        if wanted.cloud.is_some() {
            return self.maintenances_of_site(teams, wanted, request).await;
        }
        let ask = get(&["v1", "maintenance"]).query("type", "non-expired");
        let read: Dated<Object<MaintenanceReply>> = self.one(ask, request).await?;
        let listed = Listed {
            rows: read.read.0.data,
            is_whole: true,
        };
        Ok(Dated {
            read: listed,
            at: read.at,
        })
    }

    async fn maintenances_of_site(
        &self,
        teams: &BTreeSet<String>,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Listed<Maintenance>>, ReadError> {
        let id: fn(&Maintenance) -> Option<&String> = |it| it.id.as_ref();
        let of_all = of_site(wanted, &["maintenances"]);
        let mut all = self.pages(paged(of_all), wanted, id, request).await?;
        // Without a team it is not known whose may silence the scope.
        all.read.is_whole &= !teams.is_empty();
        for team in teams {
            let of_team = of_site(wanted, &["teams", team, "maintenances"]);
            match self.pages(paged(of_team), wanted, id, request).await {
                Ok(more) => {
                    all.at = all.at.min(more.at);
                    all.read.is_whole &= more.read.is_whole;
                    all.read.rows.extend(more.read.rows);
                }
                Err(error @ ReadError::Unauthenticated) => return Err(error),
                Err(_) => all.read.is_whole = false,
            }
        }
        Ok(all)
    }

    /// Open incidents of the service.
    pub async fn incidents(
        &self,
        service: &str,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Listed<Incident>>, ReadError> {
        let query = format!("status:open AND impactedServices:\"{service}\"");
        let ask = get(&["v1", "incidents"]).with_trailing_slash();
        let ask = ask
            .query("query", query)
            .query("limit", PER_PAGE.to_string());
        self.pages(ask, wanted, |it: &Incident| Some(&it.id), request)
            .await
    }

    /// Whether the key may read the account: one that may has more than it needs.
    pub async fn account(&self, request: &CollectRequest) -> Result<(), ReadError> {
        let read: Result<Dated<Object<IgnoredObject>>, _> =
            self.one(get(&["v2", "account"]), request).await;
        read.map(drop)
    }

    async fn one<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<Dated<T>, ReadError> {
        let reply = self.provider.send(ask, request).await?;
        Ok(dated(reply.json()?, &reply))
    }

    async fn pages<T: DeserializeOwned>(
        &self,
        ask: Request,
        wanted: &Wanted,
        id: fn(&T) -> Option<&String>,
        request: &CollectRequest,
    ) -> Result<Dated<Listed<T>>, ReadError> {
        let mut listed = Listed {
            rows: Vec::new(),
            is_whole: false,
        };
        let (mut at, mut offset, mut before) = (request.now, 0, Vec::new());
        for number in 1..=wanted.page_limit {
            let read = self.page(&ask, offset, wanted, request).await;
            let ((rows, next), asked_at) = match read {
                Ok(read) => (read.read, read.at),
                Err(error) if number == 1 || error == ReadError::Unauthenticated => {
                    return Err(error);
                }
                Err(_) => break,
            };
            at = at.min(asked_at);
            let is_full = rows.len() >= PER_PAGE as usize;
            let ids = ids(&rows, id);
            listed.rows.extend(rows);
            match pages::next(next.as_deref(), offset) {
                // A full page that names no next one may be the first of several.
                Next::End if is_full => break,
                Next::Page(next) => {
                    before.push((offset, ids));
                    offset = next;
                }
                Next::End => {
                    // One that comes twice may have pushed another one away.
                    listed.is_whole = are_distinct(&listed.rows, id, before.is_empty())
                        && self.are_still(&ask, &before, id, wanted, request).await?;
                    break;
                }
                Next::Lost => break,
            }
        }
        Ok(Dated { read: listed, at })
    }

    /// Whether the pages before the last one are as they were. A row that left one of them has drawn another
    /// one from a page that was yet to be read to one that was read already.
    async fn are_still<T: DeserializeOwned>(
        &self,
        ask: &Request,
        pages: &[(u32, Vec<Option<String>>)],
        id: fn(&T) -> Option<&String>,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<bool, ReadError> {
        for (offset, before) in pages {
            match self.page(ask, *offset, wanted, request).await {
                Ok(read) if ids(&read.read.0, id) == *before => {}
                Err(error @ ReadError::Unauthenticated) => return Err(error),
                Ok(_) | Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }

    async fn page<T: DeserializeOwned>(
        &self,
        ask: &Request,
        offset: u32,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Page<T>>, ReadError> {
        let ask = ask.clone().query("offset", offset.to_string());
        let reply = self.provider.send(ask, request).await?;
        Ok(dated(page(&reply, wanted)?, &reply))
    }
}

fn ids<T>(rows: &[Object<T>], id: fn(&T) -> Option<&String>) -> Vec<Option<String>> {
    rows.iter().map(|it| id(it).cloned()).collect()
}

/// Whether no row is there twice. On one page alone a row without an id is no other one.
fn are_distinct<T>(rows: &[Object<T>], id: fn(&T) -> Option<&String>, is_one_page: bool) -> bool {
    let known: Vec<_> = rows.iter().filter_map(|it| id(it)).collect();
    let distinct: BTreeSet<_> = known.iter().collect();
    distinct.len() == known.len() && (is_one_page || known.len() == rows.len())
}

/// Whatever an object holds.
#[derive(serde::Deserialize)]
struct IgnoredObject {
    #[serde(rename = "data")]
    _data: IgnoredAny,
}

fn page<T: DeserializeOwned>(reply: &Reply, wanted: &Wanted) -> Result<Page<T>, ReadError> {
    Ok(match wanted.cloud {
        None => {
            let page: Object<DataPage<T>> = reply.json()?;
            let links = page.0.paging;
            (page.0.data, links.and_then(|it| it.0.next))
        }
        Some(_) => {
            let page: Object<ValuesPage<T>> = reply.json()?;
            let links = page.0.links;
            (page.0.values, links.and_then(|it| it.0.next))
        }
    })
}

fn dated<T>(read: T, reply: &Reply) -> Dated<T> {
    Dated {
        read,
        at: reply.observed_at(),
    }
}

/// Open alerts of the scope.
fn query(wanted: &Wanted) -> String {
    format!("status:open AND {}", scope(wanted))
}

/// Alerts with the tag, or of the team, or both. Tag and team were checked to end no quote.
fn scope(wanted: &Wanted) -> String {
    let tag = wanted.tag.iter().map(|it| format!("tag:\"{it}\""));
    let team = wanted.team.iter().map(|it| format!("responders:\"{it}\""));
    let all: Vec<_> = tag.chain(team).collect();
    all.join(" AND ")
}

/// The list of alerts, and what the length of its pages is called.
fn list_of_alerts(wanted: &Wanted) -> (Request, &'static str) {
    match &wanted.cloud {
        None => (get(&["v2", "alerts"]), "limit"),
        Some(_) => (of_site(wanted, &["alerts"]), "size"),
    }
}

fn paged(ask: Request) -> Request {
    ask.query("size", PER_PAGE.to_string())
}

/// Below the site of the successor ("Jira Service Management ops REST API").
fn of_site(wanted: &Wanted, what: &[&str]) -> Request {
    let cloud = wanted.cloud.as_deref().unwrap_or_default();
    let base = ["jsm", "ops", "api", cloud, "v1"];
    let path: Vec<_> = base.iter().chain(what).copied().collect();
    get(&path)
}

fn get(path: &[&str]) -> Request {
    Request::get(path.iter().copied()).header(ACCEPT, JSON)
}
