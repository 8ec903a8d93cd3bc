//! Talks to NerdGraph, after the page "NerdGraph: GraphQL API" of New Relic. Documents are constant; everything
//! that differs is a variable.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join_all;
use http::{HeaderName, HeaderValue};
use passport_connector_sdk::{
    Auth, Builder, CollectRequest, ProviderClient, ReadError, Reply, Request,
};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{
    answer::{self, Answer, issues::Issues},
    settings::Settings,
};

const API_KEY: HeaderName = HeaderName::from_static("api-key");

/// What a user key begins with. Keys for ingest, licenses, browsers and the old query API begin otherwise.
const USER_KEY: &str = "NRAK-";

/// How long New Relic may work on a query, in seconds.
const TIMEOUT: u32 = 10;
/// Most pages of issues.
const MAX_PAGES: usize = 5;

const NRQL: &str = "query($accountId: Int!, $q: Nrql!, $t: Seconds) { actor { account(id: $accountId) { \
    nrql(query: $q, timeout: $t) { results totalResult otherResult metadata { facets eventTypes \
    timeWindow { begin end } messages } } } } }";
const ENTITY: &str = "query($guid: EntityGuid!) { actor { entity(guid: $guid) { guid name domain \
    accountId reporting ... on AlertableEntity { alertSeverity } tags { key values } } } }";
const ISSUES: &str = "query($accountId: Int!, $guids: [EntityGuid!], $cursor: String) { actor { \
    account(id: $accountId) { aiIssues { issues(filter: {entityGuids: $guids, states: [CREATED, \
    ACTIVATED]}, cursor: $cursor) { issues { issueId state priority entityGuids } nextCursor } } } } }";
const ACCOUNTS: &str = "query { actor { accounts { id } } }";

/// One read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// A query.
    Nrql(String),
    /// The entity.
    Entity,
    /// The open issues of the entity.
    Issues,
}

/// Answers by what was asked: what two queries share is asked once.
pub type Answers = BTreeMap<Ask, Result<Answer, ReadError>>;

/// Talks to NerdGraph about one account.
#[derive(Debug)]
pub struct Client {
    provider: ProviderClient,
    /// The account.
    pub account: u32,
    /// The entity.
    pub entity: Option<String>,
}

impl Client {
    /// Checks endpoint, key and target.
    pub fn build(settings: &Settings, builder: &mut Builder<'_>) -> Option<Self> {
        let account = settings.account(builder);
        let entity = settings.entity(builder);
        let key = builder.secret(&settings.credential);
        // One that can't be read now is told when it is needed.
        let is_other = key
            .read()
            .is_ok_and(|key| !key.expose_secret().starts_with(USER_KEY));
        if is_other {
            let fix =
                "make a user key; keys for ingest, licenses, browsers and old queries can't ask";
            builder.problem("credential", "is no user key, which begins with NRAK-", fix);
        }
        let endpoint = settings.endpoint(builder)?;
        let provider = builder.client(endpoint, Auth::Header(API_KEY, key));
        Some(Self {
            provider: provider?,
            account: account?,
            entity: entity?,
        })
    }

    /// Asks everything at once.
    pub async fn ask(&self, asks: BTreeSet<Ask>, request: &CollectRequest) -> Answers {
        let one = async |ask: Ask| {
            let answer = self.ask_one(&ask, request).await;
            (ask, answer)
        };
        let all = join_all(asks.into_iter().map(one)).await;
        all.into_iter().collect()
    }

    async fn ask_one(&self, ask: &Ask, request: &CollectRequest) -> Result<Answer, ReadError> {
        match ask {
            Ask::Nrql(query) => {
                let variables = json!({"accountId": self.account, "q": query, "t": TIMEOUT});
                let reply = self.send(NRQL, &variables, request).await?;
                answer::rows::parse(reply.body()).map(Answer::Rows)
            }
            Ask::Entity => {
                let reply = self
                    .send(ENTITY, &json!({"guid": self.entity}), request)
                    .await?;
                let entity = answer::entity::parse(reply.body())?;
                Ok(Answer::Entity(entity, reply.observed_at()))
            }
            Ask::Issues => self.issues(request).await.map(Answer::Issues),
        }
    }

    /// All pages, or as many as are read.
    async fn issues(&self, request: &CollectRequest) -> Result<Issues, ReadError> {
        let mut all = Issues::default();
        let mut variables = json!({"accountId": self.account, "guids": [self.entity]});
        for _ in 0..MAX_PAGES {
            let reply = self.send(ISSUES, &variables, request).await?;
            let page = answer::issues::parse(reply.body())?;
            let next = all.add(page, reply.observed_at());
            let Some(next) = next else {
                return Ok(all);
            };
            if let Value::Object(variables) = &mut variables {
                variables.insert("cursor".to_owned(), next.into());
            }
        }
        Ok(all.cut())
    }

    /// Numbers of the accounts that the key sees.
    pub async fn accounts(&self, request: &CollectRequest) -> Result<Vec<u32>, ReadError> {
        let reply = self.send(ACCOUNTS, &json!({}), request).await?;
        answer::accounts(reply.body())
    }

    async fn send(
        &self,
        document: &str,
        variables: &Value,
        request: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        let body = json!({"query": document, "variables": variables}).to_string();
        let json = HeaderValue::from_static("application/json");
        let reply = self
            .provider
            .send(Request::post(["graphql"]).body(json, body), request)
            .await?;
        answer::well(&reply)?;
        Ok(reply)
    }
}
