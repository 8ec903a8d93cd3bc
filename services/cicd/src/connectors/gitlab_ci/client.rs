//! The reads that are ever sent, after GitLab's REST API, version 4.

use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Request};
use serde::de::DeserializeOwned;

use super::{
    model::{Bridge, Deployment, Job, Pipeline, TestSummary, Token, User},
    pages::{Listed, Next, PER_PAGE},
    settings::Wanted,
};

/// Most pages of a list.
const MAX_PAGES: usize = 20;
/// Most pages of deployments, the newest first.
const MAX_DEPLOYMENTS: usize = 5;
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Asks one GitLab.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
}

/// Which pipelines are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector<'a> {
    /// Those of a commit.
    Revision(&'a str),
    /// The newest of the source's branch or tag.
    Ref,
}

impl Client {
    /// Pipelines, the newest first: of a commit all of them, of a ref one page.
    pub async fn pipelines(
        &self,
        wanted: &Wanted,
        selector: Selector<'_>,
        request: &CollectRequest,
    ) -> Result<Listed<Pipeline>, ReadError> {
        let mut ask = get(&[&wanted.project.segment(), "pipelines"]);
        if let Selector::Revision(sha) = selector {
            ask = ask.query("sha", sha);
        }
        if let Some(git_ref) = &wanted.git_ref {
            ask = ask.query("ref", git_ref);
        }
        let ask = ask.query("order_by", "id").query("sort", "desc");
        let most = match selector {
            Selector::Revision(_) => MAX_PAGES,
            Selector::Ref => 1,
        };
        let none = |_: &[Pipeline]| false;
        let mut listed = self.pages(ask, most, |it| it.id, none, request).await?;
        // Of a ref one page is enough, if the newest come first.
        listed.is_whole |= most == 1 && falls(&listed.items, |it| it.id);
        Ok(listed)
    }

    /// The newest pipeline, only to see whether they can be read, and whose they are.
    pub async fn any_pipeline(
        &self,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Option<Pipeline>, ReadError> {
        let ask = get(&[&wanted.project.segment(), "pipelines"]).query("per_page", "1");
        let read: Vec<Pipeline> = self.one(ask, request).await?;
        Ok(read.into_iter().next())
    }

    /// One pipeline, with what no list tells of it.
    pub async fn pipeline(
        &self,
        project: &str,
        id: u64,
        request: &CollectRequest,
    ) -> Result<Pipeline, ReadError> {
        let ask = get(&[project, "pipelines", &id.to_string()]);
        self.one(ask, request).await
    }

    /// Jobs of a pipeline; those that were retried are left out by GitLab.
    pub async fn jobs(
        &self,
        project: &str,
        id: u64,
        request: &CollectRequest,
    ) -> Result<Listed<Job>, ReadError> {
        let ask = get(&[project, "pipelines", &id.to_string(), "jobs"]);
        let all = |_: &[Job]| false;
        self.pages(ask, MAX_PAGES, |it| it.id, all, request).await
    }

    /// Jobs of a pipeline that start others.
    pub async fn bridges(
        &self,
        project: &str,
        id: u64,
        request: &CollectRequest,
    ) -> Result<Listed<Bridge>, ReadError> {
        let ask = get(&[project, "pipelines", &id.to_string(), "bridges"]);
        let all = |_: &[Bridge]| false;
        self.pages(ask, MAX_PAGES, |it| it.job.id, all, request)
            .await
    }

    /// Deployments to an environment, the newest first, until one of the commit is among them.
    pub async fn deployments(
        &self,
        project: &str,
        environment: &str,
        sha: &str,
        request: &CollectRequest,
    ) -> Result<Listed<Deployment>, ReadError> {
        let ask = get(&[project, "deployments"]).query("environment", environment);
        let ask = ask.query("order_by", "id").query("sort", "desc");
        let is_there = |page: &[Deployment]| page.iter().any(|it| it.sha == sha);
        let mut listed = self
            .pages(ask, MAX_DEPLOYMENTS, |it| it.id, is_there, request)
            .await?;
        // What follows is older, if the newest come first.
        listed.is_whole |= is_there(&listed.items) && falls(&listed.items, |it| it.id);
        Ok(listed)
    }

    /// The summary of a pipeline's test report.
    pub async fn tests(
        &self,
        project: &str,
        id: u64,
        request: &CollectRequest,
    ) -> Result<TestSummary, ReadError> {
        let ask = get(&[project, "pipelines", &id.to_string(), "test_report_summary"]);
        self.one(ask, request).await
    }

    /// The token, as it sees itself.
    pub async fn token(&self, request: &CollectRequest) -> Result<Token, ReadError> {
        let ask = Request::get(["api", "v4", "personal_access_tokens", "self"]);
        self.one(ask.header(ACCEPT, JSON), request).await
    }

    /// Whose token it is.
    pub async fn user(&self, request: &CollectRequest) -> Result<User, ReadError> {
        let ask = Request::get(["api", "v4", "user"]);
        self.one(ask.header(ACCEPT, JSON), request).await
    }

    async fn one<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<T, ReadError> {
        self.provider.send(ask, request).await?.json()
    }

    /// Reads page after page to the end, or until it is `enough`.
    async fn pages<T: DeserializeOwned>(
        &self,
        ask: Request,
        most: usize,
        id: fn(&T) -> u64,
        enough: impl Fn(&[T]) -> bool,
        request: &CollectRequest,
    ) -> Result<Listed<T>, ReadError> {
        let mut listed = Listed::new();
        for number in 1..=most {
            let ask = ask.clone().query("per_page", PER_PAGE.to_string());
            let ask = ask.query("page", number.to_string());
            let reply = self.provider.send(ask, request).await;
            let read = reply.and_then(|reply| Ok((reply.json::<Vec<T>>()?, reply)));
            let (page, reply) = match read {
                Ok(read) => read,
                Err(error @ ReadError::Unauthenticated) => return Err(error),
                Err(error) if number == 1 => return Err(error),
                Err(_) => return Ok(listed),
            };
            match listed.add(page, number, reply.headers(), id) {
                Next::Page if !enough(&listed.items) => {}
                Next::End => {
                    listed.is_whole = true;
                    return Ok(listed);
                }
                Next::Page | Next::Lost => return Ok(listed),
            }
        }
        Ok(listed)
    }
}

fn get(path: &[&str]) -> Request {
    let start = ["api", "v4", "projects"];
    Request::get(start.iter().chain(path).copied()).header(ACCEPT, JSON)
}

/// Whether each is smaller than the one before it.
fn falls<T>(items: &[T], id: fn(&T) -> u64) -> bool {
    items.is_sorted_by(|one, next| id(one) > id(next))
}
