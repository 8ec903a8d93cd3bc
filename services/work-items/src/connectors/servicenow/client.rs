//! The reads that are ever sent, after ServiceNow's "Table API".

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use http::{HeaderValue, header::ACCEPT, header::DATE, header::RETRY_AFTER};
use passport_connector_sdk::{
    CollectRequest, Object, ProviderClient, ReadError, Reply, Request, provider::Refusal,
};
use passport_evidence::Reason;
use serde::de::DeserializeOwned;

use super::model::{Approver, Change, HasRole, Page, Record, Task};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// How many rows the query has, those that the credential may not see too.
const TOTAL: &str = "x-total-count";
/// When more may be asked, in Unix seconds ("Inbound REST API rate limiting").
const RESET: &str = "x-ratelimit-reset";
/// Rows of a page.
const PER_PAGE: u64 = 100;
/// Most pages of a list.
const MAX_PAGES: u64 = 10;
/// Two would tell that one was not meant.
const ONE_AND_ANOTHER: u64 = 2;
/// Most roles of a user.
const MAX_ROLES: u64 = 200;

/// Asks one instance.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
}

/// Rows that were read.
#[derive(Debug, Clone)]
pub struct Rows<T> {
    /// What was read of them.
    pub rows: Vec<Object<T>>,
    /// Why they may not be all.
    pub gap: Option<Reason>,
    /// How many there are said to be.
    pub total: Option<u64>,
    /// When that was true.
    pub at: DateTime<Utc>,
    /// The time by the instance's own clock, where it tells it.
    pub clock: Option<DateTime<Utc>>,
}

/// One question to a table. Nothing that was not checked to stand for itself is written into the query.
struct Question<'a> {
    table: &'a str,
    query: String,
    fields: &'a str,
    limit: u64,
    offset: Option<u64>,
}

/// ServiceNow says in a header of its own when to come again.
pub fn refused(refusal: &Refusal<'_>) -> Option<ReadError> {
    let is_throttled = refusal.status().as_u16() == 429;
    if !is_throttled || refusal.headers().contains_key(RETRY_AFTER) {
        return None;
    }
    let retry_at = Some(refusal.moment(RESET)?);
    Some(ReadError::Throttled { retry_at })
}

impl Client {
    /// Changes that a condition names; more than one is none.
    pub async fn change(
        &self,
        condition: &str,
        request: &CollectRequest,
    ) -> Result<Rows<Change>, ReadError> {
        let question = Question {
            table: "change_request",
            query: format!("{condition}^ORDERBYsys_id"),
            fields: Change::FIELDS,
            limit: ONE_AND_ANOTHER,
            offset: None,
        };
        Ok(self.page(&question, request).await?.single())
    }

    /// Who was asked to approve the change, page after page.
    pub async fn approvers(
        &self,
        change: &str,
        request: &CollectRequest,
    ) -> Result<Rows<Approver>, ReadError> {
        let mut question = Question {
            table: "sysapproval_approver",
            query: format!("sysapproval={change}^ORDERBYsys_id"),
            fields: Approver::FIELDS,
            limit: PER_PAGE,
            offset: Some(0),
        };
        let mut all = self.page::<Approver>(&question, request).await?;
        for number in 1..MAX_PAGES {
            let offset = number * PER_PAGE;
            // A page may hold less than was asked for, where some rows are kept back.
            if all.total.is_none_or(|total| total <= offset) {
                break;
            }
            question.offset = Some(offset);
            let page = match self.page::<Approver>(&question, request).await {
                Ok(page) => page,
                Err(ReadError::Unauthenticated) => return Err(ReadError::Unauthenticated),
                Err(_) => break,
            };
            all.rows.extend(page.rows);
            all.total = all.total.and(page.total);
            all.gap = all.gap.or(page.gap);
            all.at = all.at.min(page.at);
        }
        Ok(all.counted())
    }

    /// Tasks of the change that are still to be done.
    pub async fn tasks(
        &self,
        change: &str,
        request: &CollectRequest,
    ) -> Result<Rows<Task>, ReadError> {
        let question = Question {
            table: "change_task",
            query: format!("change_request={change}^active=true"),
            fields: Task::FIELDS,
            limit: PER_PAGE,
            offset: None,
        };
        Ok(self.page(&question, request).await?.counted())
    }

    /// Roles of the user who asks. Who that is, the instance puts in itself.
    pub async fn roles(&self, request: &CollectRequest) -> Result<Rows<HasRole>, ReadError> {
        let question = Question {
            table: "sys_user_has_role",
            query: "user=javascript:gs.getUserID()^state=active^ORDERBYsys_id".to_owned(),
            fields: HasRole::FIELDS,
            limit: MAX_ROLES,
            offset: None,
        };
        Ok(self.page(&question, request).await?.counted())
    }

    async fn page<T: Record + DeserializeOwned>(
        &self,
        question: &Question<'_>,
        request: &CollectRequest,
    ) -> Result<Rows<T>, ReadError> {
        let reply = self.provider.send(question.ask(), request).await?;
        let page: Object<Page<T>> = reply.json()?;
        let mut rows = Rows::of(page.0, total(&reply), reply.observed_at());
        rows.clock = clock(&reply);
        Ok(rows)
    }
}

// === impl Rows ===

impl<T: Record> Rows<T> {
    /// What a page holds.
    pub fn of(page: Page<T>, total: Option<u64>, at: DateTime<Utc>) -> Self {
        let is_partial = page.error.is_some() || page.status.is_some();
        Self {
            rows: page.result,
            gap: is_partial.then_some(Reason::PartialResponse),
            total,
            at,
            clock: None,
        }
    }

    /// A list is whole only where it holds as many different rows as there are said to be: rows that the
    /// credential may not see are left out without a word, but counted.
    pub fn counted(self) -> Self {
        let ids: BTreeSet<_> = self.rows.iter().filter_map(|it| it.id()).collect();
        let count = self.rows.len();
        let is_whole = ids.len() == count && self.total == Some(count as u64);
        let gap = self.gap.or((!is_whole).then_some(Reason::Incomplete));
        Self { gap, ..self }
    }

    /// One record: more may be there than are shown.
    pub fn single(self) -> Self {
        let count = self.rows.len() as u64;
        let is_more = self.total.is_some_and(|it| it != count);
        let gap = self.gap.or(is_more.then_some(Reason::Incomplete));
        Self { gap, ..self }
    }
}

// === impl Question ===

impl Question<'_> {
    fn ask(&self) -> Request {
        let ask = Request::get(["api", "now", "table", self.table])
            .header(ACCEPT, JSON)
            .query("sysparm_query", self.query.clone())
            .query("sysparm_fields", self.fields)
            .query("sysparm_display_value", "all")
            .query("sysparm_exclude_reference_link", "true")
            .query("sysparm_limit", self.limit.to_string());
        match self.offset {
            Some(offset) => ask.query("sysparm_offset", offset.to_string()),
            None => ask,
        }
    }
}

fn total(reply: &Reply) -> Option<u64> {
    reply
        .headers()
        .get(TOTAL)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

fn clock(reply: &Reply) -> Option<DateTime<Utc>> {
    let text = reply.headers().get(DATE)?.to_str().ok()?;
    let time = DateTime::parse_from_rfc2822(text).ok()?;
    Some(time.to_utc())
}
