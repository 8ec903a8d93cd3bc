//! Handing on what is pushed. The collector verifies, keeps and answers; the gateway finds it, and
//! keeps its own credentials to itself.

use bytes::Bytes;
use http::{HeaderMap, HeaderName};
use passport_evidence::{Scope, SourceName};
use passport_policy::grants::Verb;
use passport_proto::collector::{Header, IngestRequest, IngestResponse};
use tonic::Code;

use super::{Gateway, One};
use crate::{budget::Budget, call_error::CallError};

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

const KEPT_BACK_PREFIXES: [&str; 2] = ["x-forwarded-", "grpc-"];

/// A delivery that may be handed on. Made by [`Gateway::admit_delivery`] only.
pub struct Delivery {
    scope: Scope,
    source: SourceName,
    one: One,
}

impl Gateway {
    /// Whether a delivery for this source is let through: its bearer was granted `ingest`, or the
    /// provider signs, which the collector verifies. Asked before the body is read.
    ///
    /// # Errors
    /// [`CallError::Unauthenticated`] for everybody else, whether there is such a source or not.
    /// Only a bearer of the grant is told that there is none.
    pub fn admit_delivery(
        &self,
        credentials: &HeaderMap,
        scope: Scope,
        source: SourceName,
    ) -> Result<Delivery, CallError> {
        let granted = self
            .authenticate(credentials)
            .and_then(|caller| caller.may(Verb::Ingest, &scope));
        let configured = self.sources.get(&scope, &source);
        let is_signed = configured.is_some_and(|it| it.is_signed);
        if granted.is_err() && !is_signed {
            return Err(CallError::Unauthenticated);
        }
        let one = self.one(&scope, &source).map_err(|error| match granted {
            Ok(()) => error,
            Err(_) => CallError::Unauthenticated,
        })?;
        Ok(Delivery { scope, source, one })
    }

    /// Hands a delivery to its collector, unchanged, and gives its answer for the sender.
    ///
    /// # Errors
    /// The body is too large, the collector does not trust the delivery, or gives no answer.
    pub async fn ingest(
        &self,
        delivery: Delivery,
        headers: Vec<Header>,
        body: Bytes,
        budget: Budget,
    ) -> Result<IngestResponse, CallError> {
        if body.len() > MAX_BODY {
            return Err(CallError::TooLarge { limit: MAX_BODY });
        }
        let request = IngestRequest {
            scope: Some((&delivery.scope).into()),
            source: delivery.source.to_string(),
            headers: headers.into_iter().filter_map(handed_on).collect(),
            body,
        };
        let client = delivery.one.client;
        let answer = client.ingest(request, budget.for_collectors()).await;
        answer.map_err(|status| match status.code() == Code::Unauthenticated {
            true => CallError::Unauthenticated,
            false => CallError::of_collector(&status),
        })
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
