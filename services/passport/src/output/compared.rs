//! Decisions beside those that other policies would have come to.

use passport_evidence::Scope;
use passport_evidence::json::time;
use passport_gateway::gate::what_if::stops;
use passport_policy::gate::{Decided, RequirementResult};
use passport_policy::passport::Passport;
use serde::Serialize;
use uuid::Uuid;

use super::passports::{release, tone};
use super::{Block, Cell, Grid, Page, Show};

const CHANGED: [&str; 7] = [
    "PASSPORT",
    "SCOPE",
    "RELEASE",
    "DECIDED",
    "WAS",
    "WOULD BE",
    "BECAUSE OF",
];

/// Recorded decisions beside those that other policies would have come to.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    unchanged: usize,
    changed: Vec<Changed>,
    not_decided: Vec<NotDecided>,
    /// How many of those that were decided again stopped a pipeline.
    stopped: usize,
    /// How many would have, in the modes of the other policies.
    would_stop: usize,
}

/// A decision that would differ.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    passport_id: Uuid,
    scope: Scope,
    #[serde(skip_serializing_if = "String::is_empty")]
    release: String,
    decided_at: String,
    was: Side,
    would_be: Side,
    /// Whether less goes than did.
    is_stricter: bool,
}

/// A decision, and what decided it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Side {
    decision: &'static str,
    mode: &'static str,
    requirement: String,
    explanation: String,
    #[serde(skip)]
    cell: Cell,
}

/// A passport that can't be decided again.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct NotDecided {
    passport_id: String,
    reason: String,
}

// === impl Compared ===

impl Compared {
    /// Takes in a passport and what would have been decided.
    pub fn add(&mut self, passport: Passport, decided: &Decided) {
        self.stopped += usize::from(passport.stops());
        self.would_stop += usize::from(stops(decided));
        if passport.decision == decided.decision {
            self.unchanged += 1;
            return;
        }
        let worst = |results: &[RequirementResult]| results.iter().map(|it| it.consequence).max();
        let was = worst(&passport.requirements);
        self.changed.push(Changed {
            passport_id: passport.id,
            release: release(passport.subject.as_ref()),
            decided_at: time(passport.decided_at),
            is_stricter: worst(&decided.requirements) >= was,
            was: Side::of(
                passport.decision,
                passport.mode.as_str(),
                &passport.requirements,
            ),
            would_be: Side::of(
                decided.decision,
                decided.mode.as_str(),
                &decided.requirements,
            ),
            scope: passport.scope,
        });
    }

    /// Takes in a passport that can't be decided again.
    pub fn skip(&mut self, passport_id: String, reason: impl Into<String>) {
        self.not_decided.push(NotDecided {
            passport_id,
            reason: reason.into(),
        });
    }

    /// Whether every decision is known to stay; of no decision nothing is known.
    pub fn is_unchanged(&self) -> bool {
        self.unchanged > 0 && self.changed.is_empty() && self.not_decided.is_empty()
    }

    fn summary(&self) -> String {
        let (changed, skipped) = (self.changed.len(), self.not_decided.len());
        let all = changed + skipped + self.unchanged;
        if all == 0 {
            return "no passports".to_owned();
        }
        let unchanged = self.unchanged;
        let mut text = format!("of {all} decisions {changed} would differ, {unchanged} would not");
        if skipped > 0 {
            text += &format!(", and {skipped} can't be made again");
        }
        text
    }

    fn effect(&self) -> String {
        let (stopped, would_stop) = (self.stopped, self.would_stop);
        format!("pipelines stopped: {stopped}; in the modes of the file: {would_stop}")
    }
}

impl Show for Compared {
    fn page(&self) -> Page {
        let mut blocks = Vec::new();
        if !self.changed.is_empty() {
            blocks.push(Block::Grid(Grid {
                head: CHANGED.to_vec(),
                rows: self.changed.iter().map(Changed::row).collect(),
            }));
        }
        if !self.not_decided.is_empty() {
            let rows = self.not_decided.iter();
            let rows = rows.map(|it| vec![Cell::from(&it.passport_id), Cell::from(&it.reason)]);
            blocks.push(Block::Grid(Grid {
                head: vec!["PASSPORT", "NOT DECIDED AGAIN BECAUSE"],
                rows: rows.collect(),
            }));
        }
        blocks.push(Block::Line(self.summary()));
        if self.changed.len() + self.unchanged > 0 {
            blocks.push(Block::Line(self.effect()));
        }
        Page(blocks)
    }
}

// === impl Changed ===

impl Changed {
    fn row(&self) -> Vec<Cell> {
        // What newly stands against a release, or what no longer does.
        let because = match self.is_stricter {
            true => format!(
                "{}: {}",
                self.would_be.requirement, self.would_be.explanation
            ),
            false => format!(
                "no longer {}: {}",
                self.was.requirement, self.was.explanation
            ),
        };
        vec![
            Cell::from(self.passport_id),
            Cell::from(&self.scope),
            Cell::from(&self.release),
            Cell::from(&self.decided_at),
            self.was.cell.clone(),
            self.would_be.cell.clone(),
            Cell::from(because),
        ]
    }
}

// === impl Side ===

impl Side {
    fn of(
        decision: passport_policy::gate::Decision,
        mode: &'static str,
        results: &[RequirementResult],
    ) -> Self {
        let deciding = results.first();
        Self {
            decision: decision.as_str(),
            mode,
            requirement: deciding
                .map(|it| it.requirement.clone())
                .unwrap_or_default(),
            explanation: deciding
                .map(|it| it.explanation.clone())
                .unwrap_or_default(),
            cell: Cell::toned(decision.as_str(), tone(decision)),
        }
    }
}
