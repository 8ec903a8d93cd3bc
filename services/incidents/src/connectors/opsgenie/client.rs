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
        let (ask, size) = match &wanted.cloud {
            None => (get(&["v2", "alerts"]), "limit"),
            Some(_) => (of_site(wanted, "alerts"), "size"),
        };
        let ask = ask
            .query("query", query(wanted))
            .query(size, PER_PAGE.to_string())
            .query("sort", "createdAt")
            .query("order", "asc");
        self.pages(ask, wanted, |it: &Alert| &it.id, request).await
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

    /// Maintenances that are not over.
    pub async fn maintenances(
        &self,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Listed<Maintenance>>, ReadError> {
        if wanted.cloud.is_some() {
            let ask = of_site(wanted, "maintenances");
            let reply = self.provider.send(ask, request).await?;
            let (rows, next) = page(&reply, wanted)?;
            let is_whole = next.is_none();
            return Ok(dated(Listed { rows, is_whole }, &reply));
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
        self.pages(ask, wanted, |it: &Incident| &it.id, request)
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
        id: fn(&T) -> &String,
        request: &CollectRequest,
    ) -> Result<Dated<Listed<T>>, ReadError> {
        let mut listed = Listed {
            rows: Vec::new(),
            is_whole: false,
        };
        let (mut at, mut offset) = (request.now, 0);
        for number in 1..=wanted.page_limit {
            let ask = ask.clone().query("offset", offset.to_string());
            let reply = self.provider.send(ask, request).await;
            let read = reply.and_then(|reply| Ok((page(&reply, wanted)?, reply)));
            let ((rows, next), reply) = match read {
                Ok(read) => read,
                Err(error) if number == 1 || error == ReadError::Unauthenticated => {
                    return Err(error);
                }
                Err(_) => break,
            };
            at = at.min(reply.observed_at());
            let is_full = rows.len() >= PER_PAGE as usize;
            listed.rows.extend(rows);
            match pages::next(next.as_deref(), offset) {
                // A full page that names no next one may be the first of several.
                Next::End if is_full => break,
                Next::Page(next) => offset = next,
                Next::End => {
                    let ids: BTreeSet<_> = listed.rows.iter().map(|it| id(it)).collect();
                    // One that comes twice may have pushed another one away.
                    listed.is_whole = ids.len() == listed.rows.len();
                    break;
                }
                Next::Lost => break,
            }
        }
        Ok(Dated { read: listed, at })
    }
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

/// Open alerts with the tag, or of the team, or both. Tag and team were checked to end no quote.
fn query(wanted: &Wanted) -> String {
    let tag = wanted.tag.iter().map(|it| format!(" AND tag:\"{it}\""));
    let team = wanted
        .team
        .iter()
        .map(|it| format!(" AND responders:\"{it}\""));
    let narrowed: String = tag.chain(team).collect();
    format!("status:open{narrowed}")
}

/// Below the site of the successor ("Jira Service Management ops REST API").
fn of_site(wanted: &Wanted, what: &str) -> Request {
    let cloud = wanted.cloud.as_deref().unwrap_or_default();
    get(&["jsm", "ops", "api", cloud, "v1", what])
}

fn get(path: &[&str]) -> Request {
    Request::get(path.iter().copied()).header(ACCEPT, JSON)
}
