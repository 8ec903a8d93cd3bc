//! What became of the wish to send a notice.

use passport_evidence::Failure;
use passport_evidence::wire::WireError;
use passport_gateway::listing::{ListedNotice, NoticeWord};
use passport_proto::collector::NoticeResult;
use passport_proto::gateway::SendNoticeResponse;
use serde::Serialize;

use super::evidence::failures;
use super::{Block, Page, Show};
use crate::exit::Exit;

/// What became of the wish to send a notice.
#[derive(Debug, Serialize)]
pub struct Notice(ListedNotice);

// === impl Notice ===

impl Notice {
    /// Reads an answer.
    pub fn read(reply: SendNoticeResponse) -> Result<Self, WireError> {
        // One that failed was not sent, whatever else is said of it.
        let result = match (reply.result(), &reply.failure) {
            (_, Some(_)) => NoticeWord::Unanswered,
            (NoticeResult::Sent, None) => NoticeWord::Sent,
            (NoticeResult::SentBefore, None) => NoticeWord::SentBefore,
            (NoticeResult::NothingToSend, None) => NoticeWord::NothingToSend,
            (NoticeResult::Unspecified, None) => return Err(WireError::Missing("failure")),
        };
        let failure = reply.failure.map(Failure::try_from).transpose()?;
        Ok(Self(ListedNotice { result, failure }))
    }

    /// What a pipeline is told: where nothing is sent, nobody will approve.
    pub fn exit(&self) -> Exit {
        match self.0.result {
            NoticeWord::Sent | NoticeWord::SentBefore => Exit::Answered,
            NoticeWord::NothingToSend => Exit::Otherwise,
            NoticeWord::Unanswered => Exit::Unanswered,
        }
    }
}

impl Show for Notice {
    fn page(&self) -> Page {
        let line = match self.0.result {
            NoticeWord::Sent => "sent; `passport collect` tells what came of it",
            NoticeWord::SentBefore => "sent before; nothing was done",
            NoticeWord::NothingToSend => {
                "the source is not configured to send anything about this release"
            }
            NoticeWord::Unanswered => "no answer",
        };
        let failed = self.0.failure.as_ref().map(std::slice::from_ref);
        let failed = failed.map(|it| Block::Grid(failures(it)));
        Page(
            [Block::Line(line.to_owned())]
                .into_iter()
                .chain(failed)
                .collect(),
        )
    }
}
