//! The requests that are ever sent: those of the configuration.

use futures::future::join_all;
use http::{HeaderValue, header::ACCEPT};
use passport_connector_sdk::{
    CollectError, CollectRequest, ProviderClient, ReadError, Reply, Request,
    credential_scope::Breadth,
};
use passport_evidence::FailureCode;

use super::{
    document,
    found::{Found, Time},
    pages::MAX_PAGES,
    query::Query,
    settings::Scope,
};

/// Talks to one store.
#[derive(Debug)]
pub struct Client {
    provider: ProviderClient,
}

/// What came of one query.
#[derive(Debug)]
pub struct Answer {
    /// What was read.
    pub found: Result<Found, ReadError>,
    /// Why a further page was not.
    pub page: Option<ReadError>,
}

impl Client {
    /// A client for a store.
    pub fn new(provider: ProviderClient) -> Self {
        Self { provider }
    }

    /// Asks every query, each by itself, in their order.
    pub async fn ask(
        &self,
        queries: &[Query],
        scope: &Scope,
        request: &CollectRequest,
    ) -> Vec<Answer> {
        join_all(queries.iter().map(|it| self.ask_one(it, scope, request))).await
    }

    /// Reachability, status and content type; of no body anything is read. How much the credential
    /// may read, a store of which nothing is known does not tell.
    pub async fn check(
        &self,
        queries: &[Query],
        request: &CollectRequest,
    ) -> Result<Breadth, CollectError> {
        let asks = queries.iter().filter_map(|it| it.template.as_ref());
        let asks = asks.map(|it| self.send(it.filled(request.now), request));
        for reply in join_all(asks).await {
            let sound = reply.and_then(|it| match document::says_json(it.headers()) {
                true => Ok(()),
                false => Err(ReadError::Malformed),
            });
            let refused = || CollectError::new(FailureCode::NotSupported);
            sound.map_err(|it| it.failure().unwrap_or_else(refused))?;
        }
        Ok(match self.provider.has_credential() {
            true => Breadth::Unverifiable,
            false => Breadth::NoneSent,
        })
    }

    async fn ask_one(&self, query: &Query, scope: &Scope, request: &CollectRequest) -> Answer {
        let Some(template) = &query.template else {
            let found = Err(ReadError::NotConfigured);
            return Answer { found, page: None };
        };
        let first = self.page(template.filled(request.now), query, scope, request);
        match first.await {
            Err(error) => Answer {
                found: Err(error),
                page: None,
            },
            Ok((found, next)) => self.further(found, next, query, scope, request).await,
        }
    }

    /// Reads the pages after the first. One that can't be read leaves what was read before it.
    async fn further(
        &self,
        mut found: Found,
        mut next: Next,
        query: &Query,
        scope: &Scope,
        request: &CollectRequest,
    ) -> Answer {
        for _ in 1..MAX_PAGES {
            let Next::Page(ask) = next else { break };
            match self.page(*ask, query, scope, request).await {
                Ok((page, after)) => {
                    found = found.with_page(page);
                    next = after;
                }
                Err(error) => {
                    return Answer {
                        found: Ok(found.cut_short()),
                        page: Some(error),
                    };
                }
            }
        }
        let found = match next {
            Next::End => found,
            Next::Page(_) | Next::Lost => found.cut_short(),
        };
        Answer {
            found: Ok(found),
            page: None,
        }
    }

    async fn page(
        &self,
        ask: Request,
        query: &Query,
        scope: &Scope,
        request: &CollectRequest,
    ) -> Result<(Found, Next), ReadError> {
        let reply = self.send(ask, request).await?;
        let document = document::of_reply(&reply)?;
        let mut found = query.reader.read(document, scope);
        if query.is_of_response {
            let asked_at = reply.observed_at();
            // Where the answer tells a time of its own beside, it is not newer than that.
            found.time = match query.reader.newest {
                Some(_) => found.time.no_later_than(asked_at),
                None => Time::At(asked_at),
            };
        }
        let next = match query.reader.next(document) {
            Ok(None) => Next::End,
            // What is relative to the page itself would be taken as relative to the endpoint.
            Ok(Some(link)) if link.starts_with('/') || link.contains("://") => self
                .provider
                .following(&link)
                .map_or(Next::Lost, |it| Next::Page(Box::new(it))),
            Ok(Some(_)) | Err(()) => Next::Lost,
        };
        Ok((found, next))
    }

    async fn send(&self, ask: Request, request: &CollectRequest) -> Result<Reply, ReadError> {
        let json = HeaderValue::from_static("application/json");
        self.provider.send(ask.header(ACCEPT, json), request).await
    }
}

/// What follows a page.
enum Next {
    /// Another one.
    Page(Box<Request>),
    /// Nothing.
    End,
    /// Something that is not asked for.
    Lost,
}
