//! What became of a report.

use passport_proto::collector::IngestResult;
use passport_proto::gateway::IngestEvidenceResponse;
use serde::Serialize;

use super::{Block, Cell, Grid, Page, Show, Tone};
use crate::exit::Exit;

const HEAD: [&str; 4] = ["SOURCE", "RESULT", "STATUS", "MESSAGE"];

/// What became of a report, in the source's own words.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ingested {
    source: String,
    result: &'static str,
    http_status: i32,
    message: String,
    #[serde(skip)]
    known: IngestResult,
}

// === impl Ingested ===

impl Ingested {
    /// Reads the answer. What is no text was meant for a program of the provider's.
    pub fn read(source: String, reply: IngestEvidenceResponse) -> Self {
        let known = reply.result();
        let message = std::str::from_utf8(&reply.body).unwrap_or_default();
        Self {
            source,
            result: match known {
                IngestResult::Accepted => "accepted",
                IngestResult::Duplicate => "duplicate",
                IngestResult::Rejected | IngestResult::Unspecified => "rejected",
            },
            http_status: reply.http_status,
            message: message.trim().to_owned(),
            known,
        }
    }

    /// What a pipeline is told: a rejection that may pass is no verdict on the report.
    pub fn exit(&self) -> Exit {
        match self.known {
            IngestResult::Accepted | IngestResult::Duplicate => Exit::Answered,
            IngestResult::Rejected | IngestResult::Unspecified => match self.http_status {
                408 | 429 | 500.. => Exit::Unanswered,
                _ => Exit::Otherwise,
            },
        }
    }
}

impl Show for Ingested {
    fn page(&self) -> Page {
        let tone = match self.exit() {
            Exit::Answered => Tone::Good,
            Exit::Otherwise | Exit::Wrong => Tone::Bad,
            Exit::Unanswered => Tone::Doubtful,
        };
        let row = vec![
            Cell::from(&self.source),
            Cell::toned(self.result, tone),
            Cell::from(self.http_status),
            Cell::from(&self.message),
        ];
        Page(vec![Block::Grid(Grid {
            head: HEAD.to_vec(),
            rows: vec![row],
        })])
    }
}
