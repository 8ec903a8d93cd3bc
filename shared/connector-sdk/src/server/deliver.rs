//! Takes deliveries.

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use passport_evidence::SourceId;

use super::{CollectorServer, Running};
use crate::{
    keep::{KeepError, Keeping},
    kind::{Delivery, Rejected, SenderReply},
};

/// When a sender may try again what could not be kept.
const RETRY_AFTER_SECONDS: &str = "10";

/// What became of a delivery, and what its sender gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// Kept.
    Accepted(SenderReply),
    /// Was here before.
    Duplicate(SenderReply),
    /// Not taken.
    Rejected(SenderReply),
}

impl Delivered {
    /// What the sender gets.
    pub fn reply(&self) -> &SenderReply {
        match self {
            Self::Accepted(reply) | Self::Duplicate(reply) | Self::Rejected(reply) => reply,
        }
    }
}

impl CollectorServer {
    /// Gives a delivery to a source. An unknown source answers like a wrong credential.
    pub async fn deliver(&self, source: &SourceId, delivery: &Delivery) -> Delivered {
        match self.0.sources.get(source) {
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

    async fn give(&self, running: &Arc<Running>, delivery: &Delivery) -> Delivered {
        let accepted = match running.source.connector.accept(delivery) {
            Ok(accepted) => accepted,
            Err(rejected) => return Delivered::Rejected(*rejected.reply),
        };
        let kept = self
            .0
            .keeper
            .keep(&running.source.id, &accepted, delivery.received_at)
            .await;
        match kept {
            Ok(Keeping::New) => {
                running.status.delivered();
                running.status.worked(delivery.received_at);
                Delivered::Accepted(accepted.reply)
            }
            Ok(Keeping::Duplicate) => Delivered::Duplicate(accepted.reply),
            Err(error) => {
                tracing::error!(%error, source = %running.source.id, "delivery not kept");
                Delivered::Rejected(not_kept(&error))
            }
        }
    }
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
