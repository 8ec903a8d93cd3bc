//! Handing on what is pushed. The collector verifies, keeps and answers; the gateway finds it, and
//! keeps its own credentials to itself.

use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderName, StatusCode};
use passport_evidence::{Person, Right, Scope, SourceId, SourceName, person};
use passport_policy::grants::Verb;
use passport_proto::collector::{Header, IngestRequest, IngestResponse, IngestResult};
use tonic::Code;
use tracing::warn;

use super::{Gateway, One};
use crate::{access::Caller, budget::Budget, call_error::CallError};

/// Bytes that the body of a delivery may have.
pub const MAX_BODY: usize = 32 << 20;

/// Headers that end here: credentials of the gateway, what belongs to one connection, and what
/// proxies before the gateway add.
const KEPT_BACK: [&str; 14] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "connection",
    "forwarded",
    "keep-alive",
    "passport-timeout",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-real-ip",
    "expect",
];

/// What names a person is told by the gateway alone.
const KEPT_BACK_PREFIXES: [&str; 3] = ["x-forwarded-", "grpc-", person::PERSON];

/// Who asks a collector to keep what the collector alone can verify. No caller has such a name.
const SIGNER: &str = "(signer)";

/// A delivery that may be handed on. Made by [`Gateway::admit_delivery`] only.
pub struct Delivery {
    scope: Scope,
    source: SourceName,
    one: One,
    /// Who was granted it. Otherwise nobody has verified anything yet.
    caller: Option<Caller>,
}

// === impl Delivery ===

impl Delivery {
    /// Counts the call of a sender who was granted it; others are counted by their address.
    ///
    /// # Errors
    /// It asks faster than it may.
    pub(crate) fn charge(&self, extensions: &Extensions) -> Result<(), CallError> {
        let caller = self.caller.as_ref();
        caller.map_or(Ok(()), |caller| caller.charge(extensions))
    }

    /// Which person delivers, and what he may state there; nothing of who is no person.
    fn person(&self) -> Vec<Header> {
        let told = self.caller.as_ref().and_then(|caller| {
            let actor = caller.person()?;
            let rights = [
                (Right::Submit, true),
                (
                    Right::Approve,
                    caller.is_granted_on(Verb::Approve, &self.scope),
                ),
                (Right::EveryService, caller.states_everywhere(&self.scope)),
            ];
            let rights = rights.into_iter().filter_map(|(it, has)| has.then_some(it));
            Some(Person::of_issuer(&actor.issuer, &actor.subject, rights))
        });
        let headers = told.iter().flat_map(Person::headers);
        let header = |(name, value): (&str, String)| Header {
            name: name.to_owned(),
            value: value.into(),
        };
        headers.map(header).collect()
    }

    fn id(&self) -> SourceId {
        SourceId {
            scope: self.scope.clone(),
            name: self.source.clone(),
        }
    }

    /// An error of this delivery as its sender is told it. Who is not verified must not learn from
    /// it that there is such a source, and is told like one who named none. Only an outage is told
    /// to everybody: signed senders have to try again after it.
    pub(crate) fn refused(&self, error: CallError) -> CallError {
        match error {
            CallError::NoRoom
            | CallError::TooMuch(_)
            | CallError::Unreachable
            | CallError::TimedOut
            | CallError::Throttled
            | CallError::Collector => error,
            CallError::Unauthenticated
            | CallError::UnknownInTime
            | CallError::Denied(_)
            | CallError::NoPerson(_)
            | CallError::NotTaken { .. }
            | CallError::ForeignHost
            | CallError::ForeignOrigin
            | CallError::Invalid(_)
            | CallError::NotFound(_)
            | CallError::TooLarge { .. }
            | CallError::BrokenBody
            | CallError::SlowBody
            | CallError::NoSuch(_)
            | CallError::NoLedger
            | CallError::NoSigningKey
            | CallError::NotAttested(_)
            | CallError::Broken
            | CallError::Ending
            | CallError::NotOffered => match self.caller.is_some() {
                true => error,
                false => self.as_unknown(&error),
            },
        }
    }

    fn as_unknown(&self, error: &CallError) -> CallError {
        let (scope, source) = (&self.scope, &self.source);
        warn!(%scope, %source, %error, "a delivery without a token was refused");
        CallError::Unauthenticated
    }
}

impl Gateway {
    /// Whether a delivery for this source is let through: its sender, if anybody is known, was granted
    /// `ingest`, or the provider signs, which the collector verifies. Asked before the body is read.
    ///
    /// # Errors
    /// [`CallError::Unauthenticated`] for everybody else, whether there is such a source or not.
    /// Only a sender with the grant is told that there is none.
    pub fn admit_delivery(
        &self,
        caller: Option<Caller>,
        scope: Scope,
        source: SourceName,
    ) -> Result<Delivery, CallError> {
        let granted = caller.filter(|caller| caller.may(Verb::Ingest, &scope).is_ok());
        let configured = self.sources.get(&scope, &source);
        let is_signed = configured.is_some_and(|it| it.is_signed);
        if granted.is_none() && !is_signed {
            return self.counted(Err(CallError::Unauthenticated));
        }
        let one = self.one(&scope, &source).map_err(|error| match granted {
            Some(_) => error,
            None => CallError::Unauthenticated,
        })?;
        Ok(Delivery {
            scope,
            source,
            one,
            caller: granted,
        })
    }

    /// Whether a message is read at all, known before its body is: a few bytes can unpack to many.
    /// Its caller is charged for it.
    /// Of a push, an unknown sender may speak for a source whose deliveries are signed, if there is
    /// one.
    pub(crate) fn may_be_read(
        &self,
        caller: Result<Caller, CallError>,
        extensions: &Extensions,
        is_push: bool,
    ) -> Result<Option<Caller>, CallError> {
        match caller {
            Ok(caller) => {
                caller.charge(extensions)?;
                Ok(Some(caller))
            }
            Err(_) if is_push && self.sources.any_is_signed() => Ok(None),
            Err(error) => self.counted(Err(error)),
        }
    }

    /// Hands a delivery to its collector, unchanged, and gives its answer for the sender.
    ///
    /// # Errors
    /// The body is too large, the collector does not trust the delivery, or gives no answer. A
    /// delivery that is not trusted is refused like one to a source that there is not, in the
    /// gateway's words and not in those of the collector or the connector.
    pub async fn ingest(
        &self,
        delivery: Delivery,
        headers: Vec<Header>,
        body: Bytes,
        budget: Budget,
    ) -> Result<IngestResponse, CallError> {
        if body.len() > MAX_BODY {
            return Err(delivery.refused(CallError::TooLarge { limit: MAX_BODY }));
        }
        let caller = delivery.caller.as_ref().map_or(SIGNER, Caller::name);
        let collector = delivery.one.client.for_caller(caller);
        let request = IngestRequest {
            scope: Some((&delivery.scope).into()),
            source: delivery.source.to_string(),
            headers: headers
                .into_iter()
                .filter_map(handed_on)
                .chain(delivery.person())
                .collect(),
            body,
        };
        let answer = collector.ingest(request, budget.for_collectors()).await;
        let mut answer = answer.map_err(|status| match status.code() == Code::Unauthenticated {
            true => CallError::Unauthenticated,
            false => delivery.refused(CallError::of_collector(&status)),
        })?;
        if !is_whole(&answer) {
            return Err(CallError::Collector);
        }
        if answer.result() == IngestResult::Accepted {
            self.watches.delivered(&delivery.scope);
        }
        if let Some(question) = answer.question.take() {
            self.asked(delivery.id(), answer.result(), question);
        }
        let is_trusted = answer.http_status != i32::from(StatusCode::UNAUTHORIZED.as_u16());
        is_trusted
            .then_some(answer)
            .ok_or(CallError::Unauthenticated)
    }
}

/// Whether the status that the sender gets says the same as the result: one that tells of success
/// stands for what is kept, and for nothing else.
fn is_whole(answer: &IngestResponse) -> bool {
    let is_success = (200..300).contains(&answer.http_status);
    match answer.result() {
        IngestResult::Accepted | IngestResult::Duplicate => is_success,
        IngestResult::Rejected => !is_success,
        IngestResult::Unspecified => false,
    }
}

/// The header under its lower-case name; `None` where it ends here.
fn handed_on(header: Header) -> Option<Header> {
    let name = HeaderName::try_from(header.name).ok()?;
    let text = name.as_str();
    let ends_here =
        KEPT_BACK.contains(&text) || KEPT_BACK_PREFIXES.iter().any(|it| text.starts_with(it));
    (!ends_here).then(|| Header {
        name: text.to_owned(),
        value: header.value,
    })
}

/// Headers of a request as a collector takes them.
pub(crate) fn headers(headers: &HeaderMap) -> Vec<Header> {
    let one = |(name, value): (&HeaderName, &http::HeaderValue)| Header {
        name: name.as_str().to_owned(),
        value: Bytes::copy_from_slice(value.as_bytes()),
    };
    headers.iter().map(one).collect()
}
