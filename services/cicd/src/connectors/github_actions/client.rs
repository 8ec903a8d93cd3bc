//! The reads that are ever sent, after GitHub's REST description, version 2022-11-28.

use http::{HeaderName, HeaderValue, header::ACCEPT, header::USER_AGENT};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Reply, Request};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    attested::{self, Kept},
    breadth,
    lists::{self, ArtifactsPage, JobsPage, Listed, MAX_PAGES, PER_PAGE, RunsPage},
    model::{Approval, Artifact, Deployment, DeploymentStatus, Job, PendingDeployment, Run},
    settings::ScopeSettings,
};

const VERSION: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-github-api-version"),
    HeaderValue::from_static("2022-11-28"),
);
const JSON: HeaderValue = HeaderValue::from_static("application/vnd.github+json");
const AGENT: HeaderValue = HeaderValue::from_static("passport-mesh");

/// Asks about one repository.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub scope: ScopeSettings,
}

/// Runs, and what the answer tells of the token.
#[derive(Debug)]
pub struct Runs {
    pub listed: Listed<Run>,
    pub breadth: Option<passport_connector_sdk::credential_scope::Breadth>,
}

/// Which runs are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector<'a> {
    /// Those of a commit.
    Revision(&'a str),
    /// The newest of the source's branch.
    Branch,
}

/// What an installation token reaches.
#[derive(Debug, Deserialize)]
pub struct Repositories {
    pub total_count: u64,
    pub repositories: Vec<Reached>,
}

/// A repository that a token reaches.
#[derive(Debug, Deserialize)]
pub struct Reached {
    pub full_name: String,
    pub permissions: Option<Permissions>,
}

/// What a token may do there.
#[derive(Debug, Deserialize)]
pub struct Permissions {
    pub admin: bool,
    pub maintain: Option<bool>,
    pub push: bool,
}

impl Client {
    /// Runs of the workflow: of a commit all of them, of a branch the newest.
    pub async fn runs(
        &self,
        selector: Selector<'_>,
        request: &CollectRequest,
    ) -> Result<Runs, ReadError> {
        let path = ["actions", "workflows", &self.scope.workflow, "runs"];
        let mut ask = self.get(&path);
        let most = match selector {
            Selector::Revision(sha) => {
                ask = ask.query("head_sha", sha);
                MAX_PAGES
            }
            Selector::Branch => 1,
        };
        for (key, value) in [("branch", &self.scope.branch), ("event", &self.scope.event)] {
            if let Some(value) = value {
                ask = ask.query(key, value);
            }
        }
        let ask = ask.query("exclude_pull_requests", "true");
        let mut breadth = None;
        let look = |reply: &Reply| breadth = breadth::of_headers(reply.headers());
        let listed = lists::pages::<RunsPage>(self, &ask, most, request, look).await?;
        Ok(Runs { listed, breadth })
    }

    /// Jobs of all attempts of a run.
    pub async fn jobs(&self, run: u64, request: &CollectRequest) -> Result<Listed<Job>, ReadError> {
        let path = ["actions", "runs", &run.to_string(), "jobs"];
        let ask = self.get(&path).query("filter", "all");
        lists::pages::<JobsPage>(self, &ask, MAX_PAGES, request, |_| {}).await
    }

    /// Artifacts of a name that a run uploaded.
    pub async fn artifacts(
        &self,
        run: u64,
        name: &str,
        request: &CollectRequest,
    ) -> Result<Listed<Artifact>, ReadError> {
        let path = ["actions", "runs", &run.to_string(), "artifacts"];
        let ask = self.get(&path).query("name", name);
        lists::pages::<ArtifactsPage>(self, &ask, MAX_PAGES, request, |_| {}).await
    }

    /// Provenance that is kept of an artifact; none is kept where GitHub does not know the artifact.
    pub async fn attestations(
        &self,
        digest: &str,
        request: &CollectRequest,
    ) -> Result<Kept, ReadError> {
        let ask = self.get(&["attestations", digest]);
        let ask = ask.query("predicate_type", "provenance");
        let ask = ask.query("per_page", PER_PAGE.to_string());
        match self.one::<attested::Page>(ask, request).await {
            Ok(page) => Ok(Kept {
                are_all: page.attestations.len() < PER_PAGE,
                read: page.attestations,
            }),
            Err(ReadError::NotFound) => Ok(Kept::default()),
            Err(error) => Err(error),
        }
    }

    /// Deployments of a commit to an environment, the newest first.
    pub async fn deployments(
        &self,
        sha: &str,
        environment: &str,
        request: &CollectRequest,
    ) -> Result<Listed<Deployment>, ReadError> {
        let ask = self.get(&["deployments"]).query("sha", sha);
        let ask = ask.query("environment", environment);
        lists::newest_first(self, ask, |it: &Deployment| it.id, request).await
    }

    /// Statuses of a deployment, the newest first.
    pub async fn statuses(
        &self,
        deployment: u64,
        request: &CollectRequest,
    ) -> Result<Listed<DeploymentStatus>, ReadError> {
        let ask = self.get(&["deployments", &deployment.to_string(), "statuses"]);
        lists::newest_first(self, ask, |it: &DeploymentStatus| it.id, request).await
    }

    /// Environments that a run waits for.
    pub async fn pending_deployments(
        &self,
        run: u64,
        request: &CollectRequest,
    ) -> Result<Vec<PendingDeployment>, ReadError> {
        let path = ["actions", "runs", &run.to_string(), "pending_deployments"];
        self.one(self.get(&path), request).await
    }

    /// What people decided of a run.
    pub async fn approvals(
        &self,
        run: u64,
        request: &CollectRequest,
    ) -> Result<Vec<Approval>, ReadError> {
        let path = ["actions", "runs", &run.to_string(), "approvals"];
        self.one(self.get(&path), request).await
    }

    /// The workflow itself, only to see whether it is there and what the answer tells of the token.
    pub async fn workflow(&self, request: &CollectRequest) -> Result<Reply, ReadError> {
        let path = ["actions", "workflows", &self.scope.workflow];
        self.provider.send(self.get(&path), request).await
    }

    /// What an installation token reaches. Other tokens may not ask.
    pub async fn repositories(&self, request: &CollectRequest) -> Result<Repositories, ReadError> {
        let ask = with_headers(Request::get(["installation", "repositories"]));
        self.one(ask.query("per_page", "2"), request).await
    }

    fn get(&self, path: &[&str]) -> Request {
        let start = ["repos", &self.scope.owner, &self.scope.repo];
        with_headers(Request::get(start.iter().chain(path).copied()))
    }

    async fn one<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<T, ReadError> {
        self.provider.send(ask, request).await?.json()
    }
}

pub fn with_headers(ask: Request) -> Request {
    let (name, version) = VERSION;
    ask.header(ACCEPT, JSON)
        .header(USER_AGENT, AGENT)
        .header(name, version)
}
