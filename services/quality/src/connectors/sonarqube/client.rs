//! The reads that are ever sent, after the page "Web API" that each server shows of itself.

use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Request};
use serde::de::DeserializeOwned;

use super::{
    model::{
        AnalysesReply, Analysis, BranchesReply, Component, Gate, GateReply, MeasuresReply,
        ProjectsReply, PullRequest, PullRequestsReply, SystemStatus, TasksReply, User,
    },
    settings::Scope,
};

/// Most items of a page.
const PER_PAGE: usize = 100;
/// Most pages that are read.
const MAX_PAGES: usize = 10;
/// What a server says that does not answer questions yet, or any more.
const NOT_UP: [&str; 5] = [
    "DOWN",
    "STARTING",
    "RESTARTING",
    "DB_MIGRATION_NEEDED",
    "DB_MIGRATION_RUNNING",
];

/// Asks about one project.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub scope: Scope,
}

/// Analyses, the newest first.
#[derive(Debug)]
pub struct Analyses {
    pub items: Vec<Analysis>,
    /// Whether that is all of them.
    pub is_whole: bool,
}

// === impl Client ===

impl Client {
    /// The gate of an analysis, or the live one of the target. A server that is not up answers
    /// as if nothing were there.
    pub async fn gate(
        &self,
        analysis: Option<&str>,
        request: &CollectRequest,
    ) -> Result<Gate, ReadError> {
        let ask = Request::get(["api", "qualitygates", "project_status"]);
        let ask = match analysis {
            Some(id) => ask.query("analysisId", id),
            None => self.of_target(ask.query("projectKey", self.scope.project_key.as_str())),
        };
        let read: Result<GateReply, _> = self.one(ask, request).await;
        match read {
            Ok(reply) => Ok(reply.project_status),
            Err(error @ (ReadError::NotFound | ReadError::Malformed)) => {
                Err(self.down(request).await.unwrap_or(error))
            }
            Err(error) => Err(error),
        }
    }

    /// Says so where the server is not up.
    async fn down(&self, request: &CollectRequest) -> Option<ReadError> {
        let ask = Request::get(["api", "system", "status"]);
        let read: Result<SystemStatus, _> = self.one(ask, request).await;
        let is_down = NOT_UP.contains(&read.ok()?.status.as_str());
        is_down.then_some(ReadError::Unreachable)
    }

    /// Tasks of the project, of all its branches.
    pub async fn tasks(&self, request: &CollectRequest) -> Result<TasksReply, ReadError> {
        let ask = Request::get(["api", "ce", "component"]);
        let ask = ask.query("component", self.scope.project_key.as_str());
        self.one(ask, request).await
    }

    /// The name of the main branch; `None` where no one is said to be.
    pub async fn main_branch(&self, request: &CollectRequest) -> Result<Option<String>, ReadError> {
        let ask = self.of_project(["api", "project_branches", "list"]);
        let reply: BranchesReply = self.one(ask, request).await?;
        let mut main = reply.branches.into_iter().filter(|it| it.is_main);
        let first = main.next().filter(|_| main.next().is_none());
        Ok(first.map(|it| it.name))
    }

    /// Analyses of the branch, up to the page that has one which `suffices`.
    pub async fn analyses(
        &self,
        suffices: impl Fn(&Analysis) -> bool,
        request: &CollectRequest,
    ) -> Result<Analyses, ReadError> {
        let mut items: Vec<Analysis> = Vec::new();
        for page in 1..=MAX_PAGES {
            let reply = match self.page(page, request).await {
                Ok(reply) => reply,
                Err(error) if page == 1 || error == ReadError::Unauthenticated => {
                    return Err(error);
                }
                Err(_) => break,
            };
            let is_last = reply.analyses.len() < PER_PAGE;
            let is_found = reply.analyses.iter().any(&suffices);
            items.extend(reply.analyses);
            if is_last || is_found || items.len() >= reply.paging.total {
                let is_whole = items.len() == reply.paging.total;
                return Ok(Analyses { items, is_whole });
            }
        }
        Ok(Analyses {
            items,
            is_whole: false,
        })
    }

    async fn page(
        &self,
        page: usize,
        request: &CollectRequest,
    ) -> Result<AnalysesReply, ReadError> {
        let ask = self.of_target(self.of_project(["api", "project_analyses", "search"]));
        let ask = ask.query("p", page.to_string());
        self.one(ask.query("ps", PER_PAGE.to_string()), request)
            .await
    }

    /// Pull requests of the project.
    pub async fn pull_requests(
        &self,
        request: &CollectRequest,
    ) -> Result<Vec<PullRequest>, ReadError> {
        let ask = self.of_project(["api", "project_pull_requests", "list"]);
        let reply: PullRequestsReply = self.one(ask, request).await?;
        Ok(reply.pull_requests)
    }

    /// Measures of the target.
    pub async fn measures(
        &self,
        metrics: &str,
        request: &CollectRequest,
    ) -> Result<Component, ReadError> {
        let ask = Request::get(["api", "measures", "component"]);
        let ask = self.of_target(ask.query("component", self.scope.project_key.as_str()));
        let reply: MeasuresReply = self.one(ask.query("metricKeys", metrics), request).await?;
        Ok(reply.component)
    }

    /// Whose token it is.
    pub async fn user(&self, request: &CollectRequest) -> Result<User, ReadError> {
        self.one(Request::get(["api", "users", "current"]), request)
            .await
    }

    /// Two of the projects that the token sees, and how many there are.
    pub async fn projects(&self, request: &CollectRequest) -> Result<ProjectsReply, ReadError> {
        let ask = Request::get(["api", "components", "search_projects"]).query("ps", "2");
        let ask = match &self.scope.organization {
            Some(organization) => ask.query("organization", organization.as_str()),
            None => ask,
        };
        self.one(ask, request).await
    }

    fn of_project(&self, path: [&str; 3]) -> Request {
        Request::get(path).query("project", self.scope.project_key.as_str())
    }

    fn of_target(&self, ask: Request) -> Request {
        let (key, name) = self.scope.selector();
        ask.query(key, name)
    }

    async fn one<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<T, ReadError> {
        self.provider.send(ask, request).await?.json()
    }
}
