//! Sends the message about a release, once.

use http::{HeaderMap, HeaderValue, StatusCode};
use passport_connector_sdk::{
    CollectError, NoticeClient, Object, ReadError, Reply, Request, Sending, Unanswered,
};
use passport_evidence::{FailureCode, Reason};
use serde::Deserialize;
use serde_json::Value;

use super::{
    breadth::Told, check, hook::Hook, message::About, names, posted::Posted, settings::Wanted,
};

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
/// Bytes of a request's id.
const ID_BYTES: usize = 32;
/// Slack's code, beside status 429, where it throttles.
const THROTTLED: [&str; 2] = ["ratelimited", "rate_limited"];

/// Where messages go.
#[derive(Debug, Clone)]
pub struct Post {
    client: NoticeClient,
    /// `None`: by the Web API.
    hook: Option<Hook>,
}

/// The answer of `chat.postMessage`.
#[derive(Deserialize)]
struct Answer {
    ok: bool,
    error: Option<String>,
    channel: Option<String>,
    ts: Option<String>,
}

// === impl Post ===

impl Post {
    /// By the Web API.
    pub fn api(client: NoticeClient) -> Self {
        Self { client, hook: None }
    }

    /// By an incoming webhook.
    pub fn hook(client: NoticeClient, hook: Hook) -> Self {
        let hook = Some(hook);
        Self { client, hook }
    }

    /// Sends the message about a release, and gives what is to be kept.
    ///
    /// # Errors
    /// There was no answer of Slack's.
    pub async fn send(
        &self,
        about: &About<'_>,
        wanted: &Wanted,
        requester: Option<String>,
        sending: &Sending<'_>,
    ) -> Result<Value, Unanswered> {
        let approval = wanted.approval.as_ref();
        let id = approval.map(|_| new_id());
        let channel = self.hook.is_none().then_some(wanted.channel.as_str());
        let message = about.message(channel, id.as_deref());
        let request = Request::post(self.path()?).body(JSON, message.to_string());
        let reply = self.client.send(request, sending).await?;
        let posted = match self.hook {
            None => by_api(&reply, &wanted.channel)?,
            Some(_) => by_hook(&reply, &wanted.channel)?,
        };
        let whole = sending.now().timestamp();
        let whole = chrono::DateTime::from_timestamp(whole, 0);
        let posted = Posted {
            id,
            requester,
            expires_at: approval.and_then(|it| whole.map(|at| at + it.ttl)),
            ..posted
        };
        let internal = |_| Unanswered::uncertain(CollectError::new(FailureCode::Internal));
        serde_json::to_value(posted).map_err(internal)
    }

    fn path(&self) -> Result<Vec<String>, Unanswered> {
        let api = || vec!["api".to_owned(), "chat.postMessage".to_owned()];
        let absent = || Unanswered::unsent(CollectError::new(FailureCode::NotConfigured));
        match &self.hook {
            None => Ok(api()),
            Some(hook) => hook.path().ok_or_else(absent),
        }
    }
}

fn new_id() -> String {
    format!("req_{}", hex::encode(rand::random::<[u8; ID_BYTES]>()))
}

fn by_api(reply: &Reply, channel: &str) -> Result<Posted, Unanswered> {
    match reply.refused() {
        Some(error) => turned_away(error),
        None => told(reply.headers(), reply.json(), channel),
    }
}

fn told(
    headers: &HeaderMap,
    answer: Result<Object<Answer>, ReadError>,
    channel: &str,
) -> Result<Posted, Unanswered> {
    let posted = match answer {
        Ok(answer) => said(answer.0, channel)?,
        Err(ReadError::Shape) => unclear(Reason::UnexpectedShape),
        // Whoever answers so is not Slack, and may have handed it on.
        Err(error) => return Err(Unanswered::uncertain(failure(error))),
    };
    let breadth = is_told(&posted).then(|| Told::of(headers));
    Ok(Posted { breadth, ..posted })
}

/// Whether an answer is Slack's, of a token that is one: others say nothing of what the token may do.
fn is_told(posted: &Posted) -> bool {
    let is_clear = posted
        .unclear
        .as_deref()
        .is_none_or(|it| it == Reason::OtherSubject.as_str());
    let is_token = !posted.refused.as_deref().is_some_and(check::is_no_token);
    is_clear && is_token
}

fn said(answer: Answer, channel: &str) -> Result<Posted, Unanswered> {
    if !answer.ok {
        return refused(answer.error.as_deref());
    }
    let (Some(ts), Some(to)) = (answer.ts, answer.channel) else {
        return Ok(unclear(Reason::UnexpectedShape));
    };
    if names::seconds(&ts).is_none() {
        return Ok(unclear(Reason::UnexpectedShape));
    }
    if to != channel {
        return Ok(unclear(Reason::OtherSubject));
    }
    Ok(Posted {
        posted_ts: Some(ts),
        channel: Some(to),
        ..Posted::default()
    })
}

/// The text `ok` and nothing else says that it was taken.
fn by_hook(reply: &Reply, channel: &str) -> Result<Posted, Unanswered> {
    let text = std::str::from_utf8(reply.body()).unwrap_or_default().trim();
    match (reply.status(), reply.refused()) {
        (StatusCode::OK, _) if text == "ok" => Ok(Posted {
            by_webhook: true,
            channel: Some(channel.to_owned()),
            ..Posted::default()
        }),
        (_, None) => Err(Unanswered::uncertain(failure(ReadError::Malformed))),
        (_, Some(error @ ReadError::Throttled { .. })) => turned_away(error),
        (status, Some(_)) if status.is_client_error() && names::is_code(text) => {
            refused(Some(text))
        }
        (_, Some(error)) => turned_away(error),
    }
}

/// A refusal is something that Slack said. One for being asked too often is not: it is sent again.
fn refused(code: Option<&str>) -> Result<Posted, Unanswered> {
    let Some(code) = code else {
        return Ok(unclear(Reason::UnexpectedShape));
    };
    if THROTTLED.contains(&code) {
        let throttled = CollectError::new(FailureCode::Throttled);
        return Err(Unanswered::unsent(throttled));
    }
    Ok(Posted {
        refused: Some(names::shown_code(code).to_owned()),
        ..Posted::default()
    })
}

/// An answer with a status that Slack's API does not give: by 4xx and by a redirect nothing was posted, and
/// of 5xx nobody knows.
fn turned_away(error: ReadError) -> Result<Posted, Unanswered> {
    match error {
        ReadError::Rejected => Ok(unclear(Reason::QueryRejected)),
        ReadError::Unreachable | ReadError::TimedOut => Err(Unanswered::uncertain(failure(error))),
        ReadError::LeftAlone { .. }
        | ReadError::Throttled { .. }
        | ReadError::Unauthenticated
        | ReadError::Denied
        | ReadError::NotFound
        | ReadError::Malformed
        | ReadError::TooLarge
        | ReadError::OutOfScope
        | ReadError::NotConfigured
        | ReadError::Shape => Err(Unanswered::unsent(failure(error))),
    }
}

fn unclear(reason: Reason) -> Posted {
    Posted {
        unclear: Some(reason.as_str().to_owned()),
        ..Posted::default()
    }
}

fn failure(error: ReadError) -> CollectError {
    error
        .failure()
        .unwrap_or_else(|| CollectError::new(FailureCode::Malformed))
}

/// What is kept of an answer that is JSON.
#[cfg(test)]
pub fn read(headers: &HeaderMap, body: &[u8], channel: &str) -> Result<Posted, Unanswered> {
    let answer = serde_json::from_slice(body).map_err(|_| ReadError::Shape);
    told(headers, answer, channel)
}
