//! Scripts: what a provider answers to what.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::listed::Listed;
use super::reply::Reply;
use super::routes::Routes;
use super::tls::Identity;
use super::{Provider, ProviderError};
use crate::case::{Addresses, Exchange, Response, Rules};

/// What a provider answers to what. Several answers to the same match are given in order, the last
/// one repeats; of several matches the one that lists most wins.
#[derive(Debug, Clone)]
pub struct Script {
    answers: Vec<(Listed, Reply, u32)>,
    unmatched: Reply,
    rules: Rules,
    now: Option<DateTime<Utc>>,
}

/// A request that is being described; [`On::respond`] and its short forms end it.
#[derive(Debug, Clone)]
#[must_use]
pub struct On {
    script: Script,
    listed: Listed,
    times: u32,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            answers: Vec::new(),
            unmatched: Reply::json(404, serde_json::json!({})),
            rules: Rules::default(),
            now: None,
        }
    }
}

// === impl Script ===

impl Script {
    /// The exchanges of a case.
    pub fn of(exchanges: &[Exchange], unmatched: Option<&Response>, rules: &Rules) -> Self {
        let answer = |exchange: &Exchange| {
            let times = exchange.times.unwrap_or(1);
            (Listed::of(&exchange.request), Reply::of(exchange), times)
        };
        let empty = Self {
            rules: rules.clone(),
            ..Self::default()
        };
        Self {
            answers: exchanges.iter().map(answer).collect(),
            unmatched: unmatched.map_or_else(|| empty.unmatched.clone(), Reply::of_response),
            ..empty
        }
    }

    /// A request with this method and path, still percent-encoded.
    pub fn on(self, method: impl Into<String>, path: impl Into<String>) -> On {
        let mut on = self.any();
        on.listed.method = Some(method.into());
        on.listed.path = Some(path.into());
        on
    }

    /// Any request; further keys narrow it.
    pub fn any(self) -> On {
        On {
            script: self,
            listed: Listed::default(),
            times: 1,
        }
    }

    /// The answer to what is not listed; 404 by default.
    #[must_use]
    pub fn otherwise(mut self, reply: Reply) -> Self {
        self.unmatched = reply;
        self
    }

    /// Matching that only some cases need.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// The moment at which a certificate has to be valid, unless it ends before.
    #[must_use]
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.now = Some(now);
        self
    }

    /// The certificate that is shown, if any.
    pub(super) fn identity(&self) -> Result<Option<Identity>, ProviderError> {
        let rule = self.rules.tls.as_ref();
        rule.map(|it| Identity::of(it, self.now)).transpose()
    }

    /// Starts a provider that plays this.
    pub async fn start(self) -> Result<Provider, ProviderError> {
        Provider::play(self).await
    }

    /// Whether every answer can be made.
    pub(super) fn check(&self) -> Result<(), ProviderError> {
        let replies = self.answers.iter().map(|(_, reply, _)| reply);
        for reply in replies.chain([&self.unmatched]) {
            reply.render(&Addresses::default())?;
        }
        Ok(())
    }

    pub(super) fn into_routes(self) -> Routes {
        let mut routes = Routes::new(self.unmatched, self.rules);
        for (listed, reply, times) in self.answers {
            routes.add(listed, reply, times);
        }
        routes
    }
}

// === impl On ===

impl On {
    /// With this query key; said again, the key is repeated.
    pub fn query(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.listed
            .query
            .entry(key.into())
            .or_default()
            .push(value.into());
        self
    }

    /// With this header, its name in any case.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.listed
            .headers
            .insert(name.to_lowercase(), value.into());
        self
    }

    /// With these keys in its body, at any depth.
    pub fn body(mut self, keys: impl Into<Value>) -> Self {
        self.listed.body = Some(keys.into());
        self
    }

    /// The answer is given this often before the next one with the same match.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Answers with this.
    pub fn respond(mut self, reply: Reply) -> Script {
        self.script.answers.push((self.listed, reply, self.times));
        self.script
    }

    /// Answers with a JSON body.
    pub fn reply(self, status: u16, body: impl Into<Value>) -> Script {
        self.respond(Reply::json(status, body))
    }

    /// Never answers.
    pub fn hang(self) -> Script {
        self.respond(Reply::hang())
    }

    /// Resets the connection.
    pub fn reset(self) -> Script {
        self.respond(Reply::reset())
    }

    /// Answers at once, then sends a body byte by byte that outlasts every deadline.
    pub fn drip(self) -> Script {
        self.respond(Reply::big(1 << 20).slow())
    }

    /// Answers with a JSON text of this many bytes, made while it is sent.
    pub fn big(self, bytes: u64) -> Script {
        self.respond(Reply::big(bytes))
    }
}
