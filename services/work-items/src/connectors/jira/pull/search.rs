//! Tickets that a search finds, over several pages.

use std::collections::BTreeSet;

use passport_connector_sdk::{CollectRequest, Object, ReadError};
use passport_evidence::Subject;
use serde_json::{Value, json};

use crate::connectors::jira::{
    client::{Client, Dated, Listed, Missed},
    jql::Search,
    model::{CountedPage, Ticket, TokenPage},
    names,
    wanted::{Deployment, Target, Wanted},
};

const PER_PAGE: u32 = 100;

/// What follows a page.
enum Next {
    /// The page of this token.
    Token(String),
    /// The page from this row.
    Row(u64),
    /// Nothing: it was the last.
    End,
    /// What can't be understood.
    Lost,
}

type Page = (Vec<Object<Ticket>>, Next);

/// The query; `None` where the subject lacks a part of it, or one that may not stand in a query.
pub fn of(wanted: &Wanted, subject: Option<&Subject>) -> Option<String> {
    let (fix_version, label) = filters(wanted, subject)?;
    let search = Search {
        projects: &wanted.projects,
        fix_version: fix_version.as_deref(),
        label: label.as_deref(),
        issue_type: wanted.issue_type.as_deref(),
    };
    Some(search.jql())
}

/// The version and the label that are searched for, filled in; `None` where one can't be.
pub fn filters(
    wanted: &Wanted,
    subject: Option<&Subject>,
) -> Option<(Option<String>, Option<String>)> {
    let Target::Search { fix_version, label } = &wanted.target else {
        return Some((None, None));
    };
    let mut filled = [fix_version, label].into_iter().map(|text| match text {
        None => Some(None),
        Some(text) => {
            let text = text.filled(subject)?;
            names::is_value(&text).then_some(Some(text))
        }
    });
    Some((filled.next()??, filled.next()??))
}

/// All tickets that a query finds.
pub async fn ask(
    client: &Client,
    jql: &str,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Dated<Listed<Ticket>>, Missed> {
    let mut rows: Vec<Ticket> = Vec::new();
    let (mut at, mut is_whole, mut next) = (request.now, false, None);
    for number in 0..wanted.page_limit {
        let body = body(jql, wanted, next.as_ref());
        let read = match page(client, &body, rows.len() as u64, request).await {
            Ok(read) => read,
            Err(missed) if number == 0 || is_fatal(missed) => return Err(missed),
            Err(_) => break,
        };
        at = at.min(read.at);
        let (found, follows) = read.read;
        rows.extend(found.into_iter().map(|it| it.0));
        match (follows, &next) {
            (Next::End, _) => {
                is_whole = true;
                break;
            }
            (Next::Lost, _) => break,
            (Next::Token(token), Some(Next::Token(before))) if token == *before => break,
            (follows, _) => next = Some(follows),
        }
    }
    let seen: BTreeSet<_> = rows.iter().map(|it| it.key.clone()).collect();
    // One that comes twice may have pushed another one away.
    is_whole &= seen.len() == rows.len();
    let mut left = seen;
    rows.retain(|it| left.remove(&it.key));
    Ok(Dated {
        read: Listed { rows, is_whole },
        at,
    })
}

/// A credential that is not accepted any more, or a search that is gone, ends it all.
fn is_fatal(missed: Missed) -> bool {
    matches!(
        missed,
        Missed::Gone | Missed::Read(ReadError::Unauthenticated)
    )
}

fn body(jql: &str, wanted: &Wanted, next: Option<&Next>) -> Value {
    let mut body = json!({"jql": jql, "fields": wanted.fields(), "maxResults": PER_PAGE});
    let (key, value) = match (wanted.deployment, next) {
        (Deployment::Cloud, Some(Next::Token(token))) => ("nextPageToken", json!(token)),
        (Deployment::Datacenter, Some(Next::Row(row))) => ("startAt", json!(row)),
        (Deployment::Datacenter, _) => ("startAt", json!(0)),
        (Deployment::Cloud, _) => return body,
    };
    if let Some(keys) = body.as_object_mut() {
        keys.insert(key.to_owned(), value);
    }
    body
}

async fn page(
    client: &Client,
    body: &Value,
    start: u64,
    request: &CollectRequest,
) -> Result<Dated<Page>, Missed> {
    let read = match client.deployment {
        Deployment::Cloud => {
            let ask = client.search(&["search", "jql"], body);
            let read: Dated<Object<TokenPage>> = client.one(ask, request).await?;
            read.map(|it| by_token(it.0))
        }
        Deployment::Datacenter => {
            let ask = client.search(&["search"], body);
            let read: Dated<Object<CountedPage>> = client.one(ask, request).await?;
            read.map(|it| by_count(it.0, start))
        }
    };
    let mut keys = read.read.0.iter().map(|it| names::project_of(&it.key));
    match keys.all(|it| it.is_some()) {
        true => Ok(read),
        false => Err(ReadError::Shape.into()),
    }
}

fn by_token(page: TokenPage) -> Page {
    let next = match (page.next, page.is_last) {
        (None, Some(true) | None) => Next::End,
        (Some(token), Some(false) | None) if !token.is_empty() => Next::Token(token),
        (_, _) => Next::Lost,
    };
    (page.issues, next)
}

/// A page from another row than was asked for leaves out what lies between.
fn by_count(page: CountedPage, start: u64) -> Page {
    let rows = page.issues.len() as u64;
    let read = start.saturating_add(rows);
    let next = match page
        .total
        .filter(|_| page.start.is_none_or(|it| it == start))
    {
        None => Next::Lost,
        Some(total) if read == total => Next::End,
        Some(total) if read > total || rows == 0 => Next::Lost,
        Some(_) => Next::Row(read),
    };
    (page.issues, next)
}
