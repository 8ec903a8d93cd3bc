//! The reads that are ever sent, after Jenkins' remote API. Each names the fields that it wants.

use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError, Request};
use serde::de::DeserializeOwned;

use super::{
    model,
    model::{Build, JobWithBuilds, Stages, Tests, WhoAmI},
    names,
    settings::Wanted,
};

/// Which fields of a job are read.
const OF_JOB: &str = "fullName,lastBuild[number],lastCompletedBuild[number]";
/// The newest builds of a job: as many as Jenkins lists without loading all of them.
const OF_BUILDS: &str =
    "fullName,builds[number,actions[lastBuiltRevision[SHA1],remoteUrls]]{0,100}";
/// Which fields of a report of tests are read; those of several modules have others.
const OF_TESTS: &str = "failCount,skipCount,passCount,totalCount";
const OF_USER: &str = "authenticated,anonymous";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Asks about one job.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub job: names::Job,
}

impl Client {
    /// The job and its last builds.
    pub async fn job(&self, request: &CollectRequest) -> Result<model::Job, ReadError> {
        self.json(&["api", "json"], Some(OF_JOB), request).await
    }

    /// The job and its newest 100 builds.
    pub async fn builds(&self, request: &CollectRequest) -> Result<JobWithBuilds, ReadError> {
        self.json(&["api", "json"], Some(OF_BUILDS), request).await
    }

    /// A build.
    pub async fn build(
        &self,
        number: u64,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Build, ReadError> {
        let path = [&*number.to_string(), "api", "json"];
        self.json(&path, Some(&of_build(wanted)), request).await
    }

    /// Stages of a build, where the Pipeline: REST API plugin gives them. It knows no `tree`.
    pub async fn stages(&self, number: u64, request: &CollectRequest) -> Result<Stages, ReadError> {
        let path = [&*number.to_string(), "wfapi", "describe"];
        self.json(&path, None, request).await
    }

    /// The report of a build's tests.
    pub async fn tests(&self, number: u64, request: &CollectRequest) -> Result<Tests, ReadError> {
        let path = [&*number.to_string(), "testReport", "api", "json"];
        self.json(&path, Some(OF_TESTS), request).await
    }

    /// Who asks.
    pub async fn user(&self, request: &CollectRequest) -> Result<WhoAmI, ReadError> {
        let ask = Request::get(["whoAmI", "api", "json"]).query("tree", OF_USER);
        let reply = self.provider.send(ask.header(ACCEPT, JSON), request).await;
        reply?.json()
    }

    /// The page that manages the server, only to see whether it is given.
    pub async fn management(&self, request: &CollectRequest) -> Result<(), ReadError> {
        let ask = Request::get(["manage"]).with_trailing_slash();
        self.provider.send(ask, request).await.map(drop)
    }

    /// The page that configures the job, only to see whether it is given.
    pub async fn configuration(&self, request: &CollectRequest) -> Result<(), ReadError> {
        let ask = Request::get(self.job.path(&["configure"]));
        self.provider.send(ask, request).await.map(drop)
    }

    async fn json<T: DeserializeOwned>(
        &self,
        below: &[&str],
        tree: Option<&str>,
        request: &CollectRequest,
    ) -> Result<T, ReadError> {
        let ask = Request::get(self.job.path(below)).header(ACCEPT, JSON);
        let ask = match tree {
            Some(tree) => ask.query("tree", tree),
            None => ask,
        };
        self.provider.send(ask, request).await?.json()
    }
}

/// Only what is judged: parameters may hold more than is anyone's business.
fn of_build(wanted: &Wanted) -> String {
    let mut tree = "number,building,inProgress,result,timestamp,duration".to_owned();
    if !wanted.artifacts.is_empty() {
        tree.push_str(",artifacts[fileName,relativePath],fingerprint[fileName,hash]");
    }
    tree.push_str(",actions[lastBuiltRevision[SHA1],remoteUrls");
    if wanted.parameter.is_some() {
        tree.push_str(",parameters[name,value]");
    }
    tree.push(']');
    tree
}
