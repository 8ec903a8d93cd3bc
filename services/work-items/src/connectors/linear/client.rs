//! The reads that are ever sent, after Linear's GraphQL API: fixed documents, of which only the variables
//! differ.

mod answer;
mod refusal;

use chrono::{DateTime, Utc};
use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{CollectRequest, Object, ProviderClient, ReadError, Reply, Request};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    fault::Faults,
    model::{Issue, IssueData, IssuesData, List, Release, ReleasesData, ViewerData},
    wanted::Identifier,
};
use passport_connector_sdk::Part;

pub use answer::{Found, Missed};
pub use refusal::refused;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A document, and the one operation in it.
struct Document {
    operation: &'static str,
    text: &'static str,
}

const ISSUE: Document = Document {
    operation: "Issue",
    text: include_str!("documents/issue.graphql"),
};
const ISSUE_BY_NUMBER: Document = Document {
    operation: "IssueByNumber",
    text: include_str!("documents/issue_by_number.graphql"),
};
const RELEASE: Document = Document {
    operation: "Release",
    text: include_str!("documents/release.graphql"),
};
const VIEWER: Document = Document {
    operation: "Viewer",
    text: include_str!("documents/viewer.graphql"),
};

/// Asks one workspace.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
}

/// What came of a read, and when that was true.
pub struct Dated<T> {
    /// What came of it.
    pub read: T,
    /// When it was true.
    pub at: DateTime<Utc>,
}

/// What a read found; `None`: Linear says that it is not there.
pub type Read<T> = Dated<Result<Option<Found<T>>, Missed>>;

// === impl Client ===

impl Client {
    /// The issue of an identifier.
    pub async fn issue(&self, issue: &Identifier, request: &CollectRequest) -> Read<Issue> {
        let variables = json!({"id": issue.text});
        let ask = self.ask(&ISSUE, &variables, |it: IssueData| it.issue, request);
        ask.await.map(|it| it.0)
    }

    /// The issues of a team that have a number: one at most, if all is well.
    pub async fn issues(
        &self,
        team: &str,
        issue: &Identifier,
        request: &CollectRequest,
    ) -> Read<List<Object<Issue>>> {
        let variables = json!({"team": team, "number": issue.number});
        let ask = self.ask(
            &ISSUE_BY_NUMBER,
            &variables,
            |it: IssuesData| it.issues,
            request,
        );
        ask.await.map(|it| it.0)
    }

    /// The releases of a pipeline that have a version, each with one page of its issues.
    pub async fn releases(
        &self,
        pipeline: &str,
        version: &str,
        after: Option<&str>,
        request: &CollectRequest,
    ) -> Read<List<Object<Release>>> {
        let variables = json!({"pipeline": pipeline, "version": version, "after": after});
        let ask = self.ask(
            &RELEASE,
            &variables,
            |it: ReleasesData| it.releases,
            request,
        );
        ask.await.map(|it| it.0)
    }

    /// Whose the credential is, and which teams it reads.
    pub async fn viewer(&self, request: &CollectRequest) -> Read<ViewerData> {
        self.ask(&VIEWER, &json!({}), Part::Is, request).await
    }

    async fn ask<T: DeserializeOwned, U>(
        &self,
        document: &Document,
        variables: &Value,
        pick: impl FnOnce(T) -> Part<U>,
        request: &CollectRequest,
    ) -> Read<U> {
        let body = json!({
            "operationName": document.operation, "query": document.text, "variables": variables,
        });
        let ask = Request::post(["graphql"]).header(ACCEPT, JSON);
        let ask = ask.body(JSON, body.to_string());
        match self.provider.send(ask.clone(), request).await {
            Ok(reply) => Dated {
                read: answer::read(&reply, request.now, pick),
                at: reply.observed_at(),
            },
            Err(ReadError::Rejected) => self.refusal(ask, request).await,
            Err(error) => Dated {
                read: Err(error.into()),
                at: request.now,
            },
        }
    }

    /// Why a question was refused: that stands in the body, which a refusal alone does not give.
    async fn refusal<U>(&self, ask: Request, request: &CollectRequest) -> Read<U> {
        match self.provider.send_unsorted(ask, request).await {
            Ok(refused) => Dated {
                read: answer::instead(&faults(&refused), &refused, request.now)
                    .unwrap_or(Err(ReadError::Rejected.into())),
                at: refused.observed_at(),
            },
            Err(_) => Dated {
                read: Err(ReadError::Rejected.into()),
                at: request.now,
            },
        }
    }
}

fn faults(reply: &Reply) -> Faults {
    match reply.status().is_client_error() {
        true => Faults::in_body(reply.body()),
        false => Faults::default(),
    }
}

// === impl Dated ===

impl<T> Read<T> {
    fn map<U>(self, to: impl FnOnce(T) -> U) -> Read<U> {
        let read = self.read.map(|found| {
            found.map(|it| Found {
                faults: it.faults,
                it: to(it.it),
            })
        });
        Dated { read, at: self.at }
    }
}
