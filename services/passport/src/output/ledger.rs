//! Ledgers, and what is found of them.

use passport_evidence::{WorkspaceId, json::time};
use passport_store::Head;
use passport_store::ledger::{BrokenExport, Exported, Verified};
use serde::{Serialize, Serializer};

use super::{Block, Cell, Grid, Page, Show};

/// The head of a ledger. Its serde form is the head's own.
#[derive(Debug)]
pub struct Sealed(pub Head);

/// What is found of an exported ledger.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckedLedger {
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<Head>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_break: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<Missing>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_checked: Vec<&'static str>,
}

/// Where a ledger is broken.
#[derive(Debug, Serialize)]
struct Place {
    sequence: u64,
    line: u64,
}

/// Entries that are gone from the end.
#[derive(Debug, Serialize)]
struct Missing {
    from: u64,
    to: u64,
}

// === impl Sealed ===

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Show for Sealed {
    fn page(&self) -> Page {
        let head = &self.0;
        let sealed = match head.seal.key_id.as_str() {
            "" => "nobody: the gateway has no signing key",
            key => key,
        };
        let row = [
            Cell::from(&head.workspace),
            Cell::from(head.sequence),
            Cell::from(hex::encode(head.hash)),
            Cell::from(time(head.at)),
            Cell::from(sealed),
        ];
        Page(vec![
            Block::Grid(Grid {
                head: vec!["WORKSPACE", "ENTRY", "HASH", "AT", "SEALED BY"],
                rows: vec![row.into()],
            }),
            Block::Line(
                "keep it elsewhere with -o json, as a checkpoint to verify with".to_owned(),
            ),
        ])
    }
}

// === impl CheckedLedger ===

impl CheckedLedger {
    /// It is whole.
    pub fn whole(
        workspace: &WorkspaceId,
        exported: Exported,
        not_checked: Vec<&'static str>,
    ) -> Self {
        let Verified {
            entries,
            oldest,
            newest,
        } = exported.verified;
        let mut message = match entries {
            0 => format!("nothing is recorded in the ledger of {workspace}"),
            _ => format!("the ledger of {workspace} is whole, from entry {oldest} to {newest}"),
        };
        if oldest > 1 {
            message += "; a cut that is recorded in it removed the older ones";
        }
        Self {
            verified: true,
            code: None,
            message,
            entries: Some(entries),
            oldest: Some(oldest),
            head: exported.head,
            first_break: None,
            missing: None,
            not_checked,
        }
    }

    /// It is not.
    pub fn broken(found: &BrokenExport) -> Self {
        Self {
            verified: false,
            code: Some(found.broken.reason.code()),
            message: found.broken.to_string(),
            entries: None,
            oldest: None,
            head: None,
            first_break: Some(Place {
                sequence: found.broken.sequence,
                line: found.line,
            }),
            missing: found.missing.map(|(from, to)| Missing { from, to }),
            not_checked: Vec::new(),
        }
    }

    /// Whether it is whole.
    pub fn is_good(&self) -> bool {
        self.verified
    }

    /// What is said of it.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What it ends with.
    pub fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }
}

impl Show for CheckedLedger {
    fn page(&self) -> Page {
        let verdict = match self.verified {
            true => "verified",
            false => "not verified",
        };
        let mut lines = vec![format!("{verdict}: {}", self.message)];
        // A checkpoint that is of no use is no line of the export.
        let place = self.first_break.as_ref().filter(|it| it.line > 0);
        lines.extend(place.map(|it| format!("line {} of the export shows it", it.line)));
        lines.extend(self.missing.as_ref().map(|it| match it.from == it.to {
            true => format!("missing at the end: entry {}", it.from),
            false => format!("missing at the end: entries {} to {}", it.from, it.to),
        }));
        lines.extend(self.not_checked.iter().map(|it| (*it).to_owned()));
        Page(lines.into_iter().map(Block::Line).collect())
    }
}
