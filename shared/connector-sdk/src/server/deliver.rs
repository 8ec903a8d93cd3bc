//! Takes deliveries.

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use passport_evidence::SourceId;
use tokio::task::spawn_blocking;
use tracing::{Instrument as _, Span};

use super::{CollectorServer, Inner, Running};
use crate::{
    keep::{KeepError, Keeping},
    kind::{Accepted, Delivery, Question, Rejected, SenderReply},
    meters::meters,
};

/// Bytes of a body that are read without getting in the way of other calls.
pub(super) const READ_AT_ONCE: usize = 64 << 10;

/// When a sender may try again what could not be kept.
const RETRY_AFTER_SECONDS: &str = "10";

/// What became of a delivery, and what its sender gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// Kept.
    Accepted(SenderReply, Option<Question>),
    /// Was here before. What it asks may still be unanswered.
    Duplicate(SenderReply, Option<Question>),
    /// Not taken.
    Rejected(SenderReply),
}

impl Delivered {
    /// What the sender gets.
    pub fn reply(&self) -> &SenderReply {
        match self {
            Self::Accepted(reply, _) | Self::Duplicate(reply, _) | Self::Rejected(reply) => reply,
        }
    }

    /// What its sender waits to be told.
    pub fn question(&self) -> Option<&Question> {
        match self {
            Self::Accepted(_, question) | Self::Duplicate(_, question) => question.as_ref(),
            Self::Rejected(_) => None,
        }
    }

    fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted(..) => "accepted",
            Self::Duplicate(..) => "duplicate",
            Self::Rejected(_) => "rejected",
        }
    }
}

impl CollectorServer {
    /// Gives a delivery to a source. An unknown source answers like a wrong credential.
    pub async fn deliver(&self, source: &SourceId, delivery: &Delivery) -> Delivered {
        match self.find(source) {
            Some(running) => self.give(running, delivery).await,
            None => Delivered::Rejected(*Rejected::unauthorized().reply),
        }
    }

    /// Gives a delivery to the one source of a connector whose credential it shows: for protocols
    /// whose senders can't name a source.
    pub async fn deliver_to_any(&self, connector: &str, delivery: &Delivery) -> Delivered {
        let mut answer = Delivered::Rejected(*Rejected::unauthorized().reply);
        for running in self.of_connector(connector) {
            answer = self.give(running, delivery).await;
            if answer.reply().status != StatusCode::UNAUTHORIZED {
                break;
            }
        }
        answer
    }

    /// Whether a source of a connector has this secret among its own: told before anything else of
    /// a delivery is read.
    pub fn knows(&self, connector: &str, shown: &str) -> bool {
        self.of_connector(connector).any(|running| {
            let secrets = running.source.secrets();
            secrets.iter().any(|secret| secret.matches(shown))
        })
    }

    /// In a task of its own: a sender who leaves must not come between keeping a delivery and
    /// ending the answers from before it, and a panic costs this delivery only.
    async fn give(&self, running: &Arc<Running>, delivery: &Delivery) -> Delivered {
        let (inner, given) = (Arc::clone(&self.0), delivery.clone());
        let to = Arc::clone(running);
        let connector = running.source.descriptor.id;
        let task = async move {
            let delivered = inner.take(&to, given).await;
            meters().delivery(connector, delivered.as_str());
            delivered
        };
        let taken = tokio::spawn(task.in_current_span()).await;
        taken.unwrap_or_else(|_panicked| {
            tracing::error!(source = %running.source.id, "a delivery ended in a panic");
            Delivered::Rejected(fault())
        })
    }
}

impl Inner {
    async fn take(&self, running: &Arc<Running>, delivery: Delivery) -> Delivered {
        let received_at = delivery.received_at;
        let (accepted, question) = match judged(running, delivery).await {
            Ok(judged) => judged,
            Err(rejected) => return Delivered::Rejected(*rejected.reply),
        };
        let source = &running.source.id;
        match self.keeper.keep(source, &accepted, received_at).await {
            Ok(Keeping::New) => {
                running.status.worked(received_at);
                Delivered::Accepted(accepted.reply, question)
            }
            Ok(Keeping::Duplicate) => Delivered::Duplicate(accepted.reply, question),
            Err(error) => {
                tracing::error!(%error, %source, "delivery not kept");
                Delivered::Rejected(not_kept(&error))
            }
        }
    }
}

/// A delivery that is taken, and what it asks.
type Judged = Result<(Accepted, Option<Question>), Rejected>;

/// What the connector makes of a delivery. A large one is read where it keeps nobody waiting.
async fn judged(running: &Arc<Running>, delivery: Delivery) -> Judged {
    if delivery.body.len() <= READ_AT_ONCE {
        return judge(running, &delivery);
    }
    let (running, span) = (Arc::clone(running), Span::current());
    let accept = move || span.in_scope(|| judge(&running, &delivery));
    let judged = spawn_blocking(accept).await;
    judged.unwrap_or_else(|_panicked| Err(Rejected::with(fault())))
}

/// Only of a delivery that was taken, which its signature vouches for, is asked what it wants to know.
fn judge(running: &Running, delivery: &Delivery) -> Judged {
    let connector = &running.source.connector;
    let accepted = connector.accept(delivery)?;
    Ok((accepted, connector.question(delivery)))
}

/// Says nothing of the panic: its text may hold what was delivered.
fn fault() -> SenderReply {
    let text = "a fault of this service; its log says more";
    SenderReply::text(StatusCode::INTERNAL_SERVER_ERROR, text)
}

/// Both may pass, and are told as senders of any protocol understand it: send it again.
fn not_kept(error: &KeepError) -> SenderReply {
    let text = match error {
        KeepError::Full => "not kept: this source has as much as may be kept; send it again later",
        KeepError::Unavailable { .. } => "not kept; send it again",
    };
    let mut reply = SenderReply::text(StatusCode::SERVICE_UNAVAILABLE, text);
    reply
        .headers
        .insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    reply
}
