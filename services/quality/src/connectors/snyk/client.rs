//! The reads that are ever sent, after Snyk's REST description.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Reply, Request};
use passport_evidence::Reason;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{
    listed::{Listed, Place},
    model::{Document, Next, Project, Reference},
};

/// Most issues of a page.
const PER_PAGE: usize = 100;
/// Most pages of a project's issues.
const MAX_PAGES: usize = 50;
const JSON_API: HeaderValue = HeaderValue::from_static("application/vnd.api+json");

/// Asks about the projects of one organization.
#[derive(Debug)]
pub struct Client {
    /// Sends.
    pub provider: ProviderClient,
    /// The version that is asked for.
    pub version: String,
    /// The organization.
    pub org: String,
}

/// A page of issues.
type Page = Document<Vec<Box<RawValue>>>;

/// What follows a page.
enum After {
    /// Nothing.
    End,
    /// A page with this query.
    Page(Vec<(String, String)>),
    /// Something that can't be followed.
    Lost,
}

impl Client {
    /// A project with its newest counts, and when it was read.
    pub async fn project(
        &self,
        id: &str,
        request: &CollectRequest,
    ) -> Result<(Project, DateTime<Utc>), ReadError> {
        let ask = self.get(&["orgs", &self.org, "projects", id]);
        let ask = ask.query("version", self.version.as_str());
        let ask = ask.query("meta.latest_issue_counts", "true");
        let reply = self.provider.send(ask, request).await?;
        Ok((whole::<Project>(&reply)?.data, reply.observed_at()))
    }

    /// The open issues of a project, ignored ones included, page after page.
    pub async fn issues(
        &self,
        project: &str,
        request: &CollectRequest,
    ) -> Result<Listed, ReadError> {
        let place = Place {
            org: &self.org,
            project,
        };
        let mut listed = Listed::default();
        let mut query = self.first_page(project);
        let mut seen = BTreeSet::new();
        for page in 1..=MAX_PAGES {
            seen.insert(query.clone());
            let read: Page = match self.page(query, request).await {
                Ok(read) => read,
                Err(error) if page == 1 || error == ReadError::Unauthenticated => {
                    return Err(error);
                }
                Err(_) => break,
            };
            let after = self.after(&read);
            read.data.iter().for_each(|row| listed.add(row, place));
            match after {
                After::End => return Ok(listed),
                After::Page(next) if !seen.contains(&next) => query = next,
                After::Page(_) | After::Lost => break,
            }
        }
        listed.flaws.insert(Reason::Incomplete);
        Ok(listed)
    }

    /// What the credential belongs to.
    pub async fn own(&self, request: &CollectRequest) -> Result<Reference, ReadError> {
        let ask = self.get(&["self"]).query("version", self.version.as_str());
        Ok(self.one(ask, request).await?.data)
    }

    /// Some of what the credential reaches: `orgs` or `groups`, and whether there are more.
    pub async fn reached(
        &self,
        kind: &str,
        request: &CollectRequest,
    ) -> Result<(Vec<Reference>, bool), ReadError> {
        let ask = self.get(&[kind]).query("version", self.version.as_str());
        let ask = ask.query("limit", "10");
        let read: Document<Vec<Reference>> = self.one(ask, request).await?;
        let has_more = read.links.is_some_and(|it| it.next.is_some());
        Ok((read.data, has_more))
    }

    fn first_page(&self, project: &str) -> Vec<(String, String)> {
        let pairs = [
            ("version", self.version.as_str()),
            ("scan_item.id", project),
            ("scan_item.type", "project"),
            ("status", "open"),
            ("limit", "100"),
        ];
        let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        owned.into()
    }

    async fn page(
        &self,
        query: Vec<(String, String)>,
        request: &CollectRequest,
    ) -> Result<Page, ReadError> {
        let ask = self.get(&["orgs", &self.org, "issues"]);
        let ask = query
            .into_iter()
            .fold(ask, |ask, (name, value)| ask.query(name, value));
        self.one(ask, request).await
    }

    /// A full page that says nothing of a next one may have one; a page without rows has none that
    /// is worth following.
    fn after(&self, page: &Page) -> After {
        let next = page.links.as_ref().map(|it| it.next.as_ref());
        match next {
            None if page.data.len() >= PER_PAGE => After::Lost,
            None | Some(None) => After::End,
            Some(Some(_)) if page.data.is_empty() => After::Lost,
            Some(Some(Next::Text(link) | Next::Object { href: link })) => self.follow(link),
            Some(Some(Next::Other(_))) => After::Lost,
        }
    }

    /// Of a link only the query is used: whatever host and path it names, the same list is asked.
    fn follow(&self, link: &str) -> After {
        let Some((path, query)) = link.split_once('?') else {
            return After::Lost;
        };
        let own = format!("/orgs/{}/issues", self.org);
        match path.to_ascii_lowercase().ends_with(&own) {
            true => {
                let pairs = url::form_urlencoded::parse(query.as_bytes());
                After::Page(pairs.into_owned().collect())
            }
            false => After::Lost,
        }
    }

    fn get(&self, path: &[&str]) -> Request {
        let segments = ["rest"].iter().chain(path).copied();
        Request::get(segments).header(ACCEPT, JSON_API)
    }

    async fn one<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<Document<T>, ReadError> {
        whole(&self.provider.send(ask, request).await?)
    }
}

/// A document that tells of no error.
fn whole<T: DeserializeOwned>(reply: &Reply) -> Result<Document<T>, ReadError> {
    let read: Document<T> = reply.json()?;
    match read.errors {
        Some(_) => Err(ReadError::Shape),
        None => Ok(read),
    }
}
