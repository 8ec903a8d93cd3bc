//! Sends the message about a release to each recipient, once.

use std::time::Duration;

use chrono::Timelike;
use passport_connector_sdk::{CollectError, Sending, Unanswered};
use passport_evidence::FailureCode;
use serde_json::Value;
use tokio::time::Instant;

use super::{
    address::Mailbox,
    message::{About, Head},
    sent::{End, Sent, SentTo},
    settings::Wanted,
    smtp::{Class, Envelope, Judged, Server},
};

/// Random bytes of a message's id.
const ID_BYTES: usize = 16;
/// How often it is tried at most, counting those times by which nothing was decided.
const TRIES: u32 = 4;
/// How much longer than a collector usually waits before it asks again a server is left alone.
const PATIENCE: u32 = 10;
/// Kept back from the end of the time, so that it is told how it ended.
const TO_TELL: Duration = Duration::from_millis(250);

/// Sends messages.
#[derive(Debug)]
pub struct Post {
    /// Who takes them.
    pub server: Server,
    /// How long a collector usually waits before it asks again.
    pub first_wait: Duration,
}

/// A message on its way to all of its recipients.
struct Round<'a> {
    post: &'a Post,
    wanted: &'a Wanted,
    id: String,
    /// One for each recipient.
    messages: Vec<Vec<u8>>,
    until: Instant,
    /// How it ended for each recipient so far; `None`: not handed over yet.
    ends: Vec<Option<End>>,
    /// Why the last connection was of no use.
    trouble: Option<CollectError>,
}

// === impl Post ===

impl Post {
    /// Sends a message about a release, and gives what is to be kept.
    ///
    /// # Errors
    /// No recipient was judged.
    pub async fn send(
        &self,
        about: &About<'_>,
        wanted: &Wanted,
        sending: &Sending<'_>,
    ) -> Result<Value, Unanswered> {
        let id = new_id(&wanted.from);
        let until = sending.deadline();
        let mut round = Round {
            post: self,
            wanted,
            messages: messages(about, wanted, &id, sending)?,
            until: until.checked_sub(TO_TELL).unwrap_or(until),
            ends: vec![None; wanted.recipients.len()],
            trouble: None,
            id,
        };
        let (mut wait, mut tries) = (self.first_wait.saturating_mul(PATIENCE), 0);
        loop {
            let before = round.open();
            round.hand_over().await;
            let left = round.open();
            if left == 0 || !round.is_judged() {
                break;
            }
            // A server may end the connection after each message: who is left was not put off.
            if left < before && round.trouble.is_some() {
                continue;
            }
            tries += 1;
            if tries == TRIES || !sending.pause(wait).await {
                break;
            }
            wait = wait.saturating_mul(2);
        }
        round.told(sending)
    }
}

/// An id that nobody can guess: who knows it has seen the message.
fn new_id(from: &Mailbox) -> String {
    let random = hex::encode(rand::random::<[u8; ID_BYTES]>());
    format!("<{random}@{}>", from.domain())
}

/// The message to each recipient.
fn messages(
    about: &About<'_>,
    wanted: &Wanted,
    id: &str,
    sending: &Sending<'_>,
) -> Result<Vec<Vec<u8>>, Unanswered> {
    let message = |to| {
        about.message(&Head {
            from: &wanted.from,
            to,
            id,
            at: sending.now(),
        })
    };
    let messages: Option<Vec<_>> = wanted.recipients.iter().map(message).collect();
    messages.ok_or_else(|| Unanswered::unsent(internal()))
}

fn internal() -> CollectError {
    CollectError::new(FailureCode::Internal)
}

// === impl Round ===

impl Round<'_> {
    /// Hands the message over to whom it was not yet, over one connection.
    async fn hand_over(&mut self) {
        self.trouble = None;
        let mut session = match self
            .post
            .server
            .open(self.wanted.takes_reports, self.until)
            .await
        {
            Ok(session) => session,
            Err(error) => {
                self.trouble = Some(error);
                return;
            }
        };
        let recipients = self.wanted.recipients.iter().zip(&self.messages);
        for ((to, message), end) in recipients.zip(&mut self.ends) {
            if !is_open(end.as_ref()) {
                continue;
            }
            let envelope = Envelope {
                from: &self.wanted.from,
                to,
            };
            let (judged, trouble) = match session.send(&envelope, message).await {
                Ok(Judged::Reply(reply)) => (Some(End::Replied(reply.to_string())), None),
                Ok(Judged::Unclear) => {
                    let error = CollectError::new(FailureCode::Malformed);
                    (Some(End::Unclear), Some(error))
                }
                Err(unanswered) => {
                    let error = unanswered.error;
                    let uncertain = || End::Uncertain(error.code.as_str().to_owned());
                    let judged = unanswered.may_have_arrived.then(uncertain);
                    (judged, Some(error))
                }
            };
            // Who was put off before stays so, where it breaks before anything is decided.
            if judged.is_some() {
                *end = judged;
            }
            if trouble.is_some() {
                self.trouble = trouble;
                return;
            }
        }
        session.quit().await;
    }

    /// To how many it may be handed over still.
    fn open(&self) -> usize {
        self.ends.iter().filter(|it| is_open(it.as_ref())).count()
    }

    /// Whether anything was found out of any recipient: else it is all asked for again.
    fn is_judged(&self) -> bool {
        self.ends.iter().any(Option::is_some)
    }

    /// What is to be kept.
    fn told(self, sending: &Sending<'_>) -> Result<Value, Unanswered> {
        let is_answered = |it: &Option<End>| matches!(it, Some(End::Replied(_) | End::Unclear));
        let error = self.trouble.unwrap_or_else(internal);
        if !self.ends.iter().any(is_answered) {
            return Err(match self.ends.iter().any(Option::is_some) {
                true => Unanswered::uncertain(error),
                false => Unanswered::unsent(error),
            });
        }
        let code = error.code.as_str();
        let sent_to = |(to, end): (&Mailbox, Option<End>)| {
            Some(SentTo {
                recipient: to.under(&self.id)?,
                domain: to.domain().to_owned(),
                end: end.unwrap_or_else(|| End::Unsent(code.to_owned())),
            })
        };
        let recipients = self
            .wanted
            .recipients
            .iter()
            .zip(self.ends)
            .filter_map(sent_to);
        let sent = Sent {
            recipients: recipients.collect(),
            accepted_at: sending.now().with_nanosecond(0).unwrap_or(sending.now()),
            message_id: self.id.clone(),
            reply: None,
        };
        serde_json::to_value(sent).map_err(|_| Unanswered::uncertain(internal()))
    }
}

/// Whether a message may be handed over: not yet, or put off.
fn is_open(end: Option<&End>) -> bool {
    match end {
        None => true,
        Some(End::Replied(reply)) => {
            super::smtp::Reply::parse_kept(reply).is_some_and(|it| it.class() == Some(Class::Later))
        }
        Some(End::Unclear | End::Uncertain(_) | End::Unsent(_)) => false,
    }
}
