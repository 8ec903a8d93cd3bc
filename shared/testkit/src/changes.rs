//! Whether a connector asks only for what changed, and is not misled by what it remembers (RFC 9110, section
//! 13): for providers that tag their answers.

use std::collections::BTreeMap;
use std::fmt::Debug;

use passport_connector_sdk::{CollectRequest, Connector, ConnectorKind, Kept};
use passport_evidence::{Fact, FailureCode, Subject};

use crate::case::{Addresses, Case, Exchange, Response};
use crate::connector::{Differences, built, hub_of, request};
use crate::env::Env;
use crate::provider::{Provider, Script};

/// Two worlds of one source.
struct Worlds {
    before: Case,
    after: Case,
    provider: Provider,
}

/// What a source said, or how it failed.
type Told = Result<Vec<Fact>, FailureCode>;

/// Plays a case twice to one source, then a case with other answers to the same questions, each answer with a
/// tag of its own, weak and strong ones in turn.
///
/// # Errors
/// How the source is misled: it asks again for what it knows; it does not see that something changed; it
/// believes that nothing changed where it knows nothing, knows something else, or knows it with another
/// credential; it outlives a refusal with what it knows.
pub async fn asks_for_changes<K: ConnectorKind>(
    folder: &str,
    before: &str,
    after: &str,
) -> Result<(), Differences> {
    let worlds = Worlds::of(folder, before, after).await?;
    let (source, env) = worlds.source::<K>()?;
    let first = worlds
        .play("before", &worlds.before.exchanges, &*source)
        .await?;
    for _ in 0..2 {
        worlds.unchanged("before", &worlds.before)?;
        same("nothing changed", &worlds.ask(&*source).await, &first)?;
    }
    let (ignorant, _) = worlds.source::<K>()?;
    let fresh = worlds
        .play("after", &worlds.after.exchanges, &*ignorant)
        .await?;
    let changed = worlds
        .play("after", &worlds.after.exchanges, &*source)
        .await?;
    same("something changed", &changed, &fresh)?;
    worlds.unchanged("after", &worlds.after)?;
    same("it stays so", &worlds.ask(&*source).await, &changed)?;
    worlds.misled::<K>(&*source).await?;
    worlds.with_another_credential(&*source, &env).await
}

fn same<T: PartialEq + Debug>(when: &str, found: &T, wanted: &T) -> Result<(), Differences> {
    match found == wanted {
        true => Ok(()),
        false => Err(Differences::new(format!(
            "{when}: found {found:#?}, wanted {wanted:#?}"
        ))),
    }
}

/// The tag of an answer.
fn tag(world: &str, at: usize) -> String {
    match at % 2 {
        0 => format!("W/\"{world}-{at}\""),
        _ => format!("\"{world}-{at}\""),
    }
}

fn answered(exchange: &Exchange, status: u16, tag: Option<String>) -> Exchange {
    let mut headers = BTreeMap::new();
    headers.extend(tag.map(|it| ("etag".to_owned(), it)));
    Exchange {
        response: Some(Response {
            status,
            headers,
            body: None,
            body_text: None,
            body_base64: None,
        }),
        fault: None,
        ..exchange.clone()
    }
}

// === impl Worlds ===

impl Worlds {
    async fn of(folder: &str, before: &str, after: &str) -> Result<Self, Differences> {
        let broken = |it: &dyn std::error::Error| Differences::new(it.to_string());
        let provider = Provider::script().start().await.map_err(|it| broken(&it))?;
        let base = Addresses::base(provider.base());
        let load = |name: &str| {
            let case = Case::load(format!("{folder}/{name}.case.json"));
            case.and_then(|it| it.at(&base)).map_err(|it| broken(&it))
        };
        Ok(Self {
            before: load(before)?,
            after: load(after)?,
            provider,
        })
    }

    /// A source of the first world, and its environment.
    fn source<K: ConnectorKind>(&self) -> Result<(Box<dyn Connector>, Env), Differences> {
        let env = Env::from_iter(self.before.env.clone());
        let source = built::<K>(&self.before.source, &hub_of(&env)).map_err(Differences::new)?;
        Ok((source, env))
    }

    fn set(&self, exchanges: &[Exchange]) -> Result<(), Differences> {
        let script = Script::of(
            exchanges,
            self.before.unmatched.as_ref(),
            &self.before.rules,
        );
        let set = self.provider.set(script);
        set.map_err(|it| Differences::new(it.to_string()))
    }

    async fn ask(&self, source: &dyn Connector) -> Told {
        let subject = self.before.subject.as_ref().map(|it| Subject {
            version: it.version.clone(),
            revision: it.revision.clone(),
            artifact_digests: it.artifact_digests.clone(),
        });
        let request = CollectRequest {
            subject,
            ..request(self.before.now)
        };
        let observed = source.collect(&request, &Kept::default()).await;
        observed.map(|it| it.facts).map_err(|it| it.code)
    }

    /// Answers whole, each answer with its tag.
    async fn play(
        &self,
        world: &str,
        exchanges: &[Exchange],
        source: &dyn Connector,
    ) -> Result<Told, Differences> {
        let mut exchanges = exchanges.to_vec();
        for (at, exchange) in exchanges.iter_mut().enumerate() {
            if let Some(response) = &mut exchange.response {
                response.headers.insert("etag".to_owned(), tag(world, at));
            }
        }
        self.set(&exchanges)?;
        Ok(self.ask(source).await)
    }

    /// Answers only who names what it knows, and that nothing of it changed.
    fn unchanged(&self, world: &str, case: &Case) -> Result<(), Differences> {
        let good = |it: &&Exchange| it.response.as_ref().is_some_and(|it| it.status == 200);
        let exchanges = case.exchanges.iter().enumerate();
        let exchanges = exchanges.map(|(at, exchange)| {
            let Some(exchange) = Some(exchange).filter(good) else {
                return exchange.clone();
            };
            let known = tag(world, at);
            let mut again = answered(exchange, 304, Some(known.clone()));
            let headers = &mut again.request.headers;
            headers.insert("if-none-match".to_owned(), known);
            again
        });
        self.set(&exchanges.collect::<Vec<_>>())
    }

    /// What says that nothing changed to somebody who knows nothing, or of something else, is no answer; and a
    /// refusal is one.
    async fn misled<K: ConnectorKind>(&self, knowing: &dyn Connector) -> Result<(), Differences> {
        let (ignorant, _) = self.source::<K>()?;
        let malformed = Err(FailureCode::Malformed);
        let all = |status, tag: Option<&str>| {
            let tag = tag.map(str::to_owned);
            let all = self.before.exchanges.iter();
            let all = all.map(move |it| answered(it, status, tag.clone()));
            all.collect::<Vec<_>>()
        };
        self.set(&all(304, None))?;
        same("it knows nothing", &self.ask(&*ignorant).await, &malformed)?;
        self.set(&all(304, Some("\"of-something-else\"")))?;
        same(
            "it knows something else",
            &self.ask(knowing).await,
            &malformed,
        )?;
        self.set(&all(401, None))?;
        let refused = Err(FailureCode::Unauthenticated);
        same("it is refused", &self.ask(knowing).await, &refused)
    }

    /// What was told to another credential is not known.
    async fn with_another_credential(
        &self,
        source: &dyn Connector,
        env: &Env,
    ) -> Result<(), Differences> {
        for name in self.before.env.keys() {
            env.set(name.as_str(), "of-another-credential");
        }
        let before = self.provider.requests().len();
        self.play("before", &self.before.exchanges, source)
            .await?
            .map_err(|it| Differences::new(format!("with another credential: {it:?}")))?;
        let asked = self.provider.requests().into_iter().skip(before);
        for seen in asked {
            same(&seen.path, &seen.header("if-none-match"), &None)?;
        }
        Ok(())
    }
}
