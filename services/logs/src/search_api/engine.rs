//! A source at work.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::{join, join_all};
use passport_connector_sdk::{
    Auth, Builder, CollectError, CollectRequest, Observation, ReadError, query,
};
use passport_evidence::{Fact, FailureCode, MaxAge, Reason};

use super::{
    answer::Search,
    body::{Lines, Target},
    client::Client,
    count,
    dialect::Dialect,
    kinds::Plan,
    mapping::Mapping,
    pages,
    period::Period,
    query::{Kind, Query},
    reading::{self, Own},
    settings::Settings,
    signing::Shown,
};

/// A source at work.
#[derive(Debug)]
pub struct Engine {
    /// Talks to the server.
    pub client: Client,
    target: Target,
    queries: Vec<Query>,
    max_age: MaxAge,
}

/// The newest lines, by the window in which they were looked for.
type Newest = BTreeMap<Period, Result<Search, ReadError>>;

impl Engine {
    /// Checks everything but the credential, of which `shown` came.
    pub fn build<C>(
        settings: &Settings<C>,
        shown: Option<Shown>,
        dialect: &'static Dialect,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let index = settings.index(builder);
        let target = settings.target(builder);
        let queries = settings.queries(builder);
        let is_sound = shown.is_some();
        let shown = shown.unwrap_or(Shown::Header(Auth::None));
        let client = Client::build(&settings.endpoint, shown, index, dialect, builder);
        Some(Self {
            client: client.filter(|_| is_sound)?,
            target: target?,
            queries: queries?,
            max_age: builder.max_age()?,
        })
    }

    /// Asks everything at once, and judges it.
    pub async fn collect(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let own = join_all(self.queries.iter().map(|it| self.ask(it, request)));
        let (own, newest) = join(own, self.newest(request)).await;
        let errors = || own.iter().map(|it| it.as_ref().err().copied());
        let beside = newest.values().filter_map(|it| it.as_ref().err().copied());
        query::failure(errors(), errors().flatten().chain(beside))?;
        let all = || self.queries.iter().zip(&own);
        let empty = all().filter(|(_, own)| reading::is_nothing(own));
        let empty: Vec<_> = empty.map(|(query, _)| query).collect();
        let mapping = Mapping::read(&self.client, &empty, request).await;
        let facts = all().map(|(query, own)| {
            match mapping.doubt(query).filter(|_| reading::is_nothing(own)) {
                Some(reason) => query.asked.unknown(reason),
                None => self.fact(query, own, &newest, request),
            }
        });
        Ok(Observation::pulled(facts.collect()))
    }

    /// Reads the newest line of the source, to see that the credential works.
    pub async fn works(&self, request: &CollectRequest) -> Result<(), CollectError> {
        let Some(query) = self.queries.first() else {
            return Ok(());
        };
        match self.ask_newest(query.period, request).await {
            Ok(_) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }

    fn lines<'a>(&'a self, query: &'a Query, request: &CollectRequest) -> Lines<'a> {
        Lines {
            target: &self.target,
            matching: &query.matching,
            range: query.period.before(request.now),
        }
    }

    async fn ask(&self, query: &Query, request: &CollectRequest) -> Own {
        let lines = self.lines(query, request);
        let plain_total = self.client.dialect.plain_total;
        match query.kind {
            Kind::Count { excerpts } => {
                let body = lines.count(excerpts, &query.message_field);
                let search = self.client.search(&body, request).await?;
                let wanted = count::Wanted {
                    excerpts,
                    message_field: &query.message_field,
                    subject: request.subject.as_ref(),
                };
                Ok(count::found(&search, &lines, wanted, plain_total))
            }
            Kind::Kinds { pages, page_size } => {
                let plan = Plan {
                    size: page_size,
                    most: pages.saturating_mul(page_size),
                    message_field: &query.message_field,
                    plain_total,
                };
                pages::kinds(&self.client, &lines, plan, request).await
            }
        }
    }

    async fn newest(&self, request: &CollectRequest) -> Newest {
        let periods: BTreeSet<_> = self.queries.iter().map(|it| it.period).collect();
        let one = async |period| (period, self.ask_newest(period, request).await);
        join_all(periods.into_iter().map(one))
            .await
            .into_iter()
            .collect()
    }

    async fn ask_newest(
        &self,
        period: Period,
        request: &CollectRequest,
    ) -> Result<Search, ReadError> {
        let lines = Lines {
            target: &self.target,
            matching: &[],
            range: period.before(request.now),
        };
        self.client.search(&lines.newest(), request).await
    }

    fn fact(&self, query: &Query, own: &Own, newest: &Newest, request: &CollectRequest) -> Fact {
        let plain_total = self.client.dialect.plain_total;
        let newest = match newest.get(&query.period) {
            Some(read) => reading::newest(read, plain_total),
            None => Err(Reason::Unavailable),
        };
        let range = query.period.before(request.now);
        reading::fact(query, own, newest, range, self.max_age, request.now)
    }
}

/// The failure that a read stands for where it is the only one.
pub fn failed(error: ReadError) -> CollectError {
    let internal = || CollectError::new(FailureCode::Internal);
    error.failure().unwrap_or_else(internal)
}
