//! Decisions, and what vouches for them.

use chrono::{DateTime, Utc};
use passport_evidence::Subject;
use passport_policy::attest;
use passport_policy::gate::{Decision, Mode, RequirementResult, State};
use passport_policy::passport::{self, Passport};
use serde::{Serialize, Serializer};

use super::{Block, Cell, Grid, Page, Show, Tone, actors::actors, age, evidence::excerpts, span};

const REQUIREMENTS: [&str; 4] = ["REQUIREMENT", "STATE", "FOUND", "NEXT STEP"];
const PASSPORTS: [&str; 7] = [
    "PASSPORT",
    "SCOPE",
    "RELEASE",
    "DECISION",
    "MODE",
    "AGE",
    "WITHDRAWN",
];

/// A decision. Its serde form is the passport's own.
#[derive(Debug)]
pub struct Decided {
    passport: Passport,
    now: DateTime<Utc>,
}

/// A page of passports.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passports {
    passports: Vec<Passport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    #[serde(skip)]
    now: DateTime<Utc>,
}

/// What a verifier says of an attestation.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<InLedger>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passport: Option<Passport>,
}

/// Where a passport stands in a ledger.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InLedger {
    /// The entry that holds it.
    pub sequence: u64,
    /// The newest entry, up to which it was looked for what was said of it later.
    pub checked_through: u64,
}

// === impl Decided ===

impl Decided {
    /// A decision that is shown now.
    pub fn new(passport: Passport, now: DateTime<Utc>) -> Self {
        Self { passport, now }
    }

    fn verdict(&self) -> String {
        let Passport { scope, mode, .. } = &self.passport;
        let decision = self.passport.decision.as_str();
        let effect = match (self.passport.decision.lets_go(), mode) {
            (true, _) => "",
            (false, Mode::Shadow) => "; it is recorded only, the policy is in shadow",
            (false, Mode::Advisory) => "; it is a warning, the policy is advisory",
            (false, Mode::Enforce) => "; it stops the pipeline",
        };
        format!("{decision}: {scope}{effect}")
    }

    fn validity(&self) -> String {
        let id = self.passport.id;
        let withdrawn = self.passport.revoked_at;
        let ends = self.passport.valid_until;
        match (withdrawn, ends) {
            (Some(at), _) => format!("passport {id}, withdrawn {} ago", age(at, self.now)),
            (None, Some(end)) if end <= self.now => {
                format!("passport {id}, expired {} ago", age(end, self.now))
            }
            (None, Some(end)) => {
                let left = end.signed_duration_since(self.now);
                format!("passport {id}, valid for {}", span(left))
            }
            (None, None) => format!("passport {id}, resting on nothing that can be relied on"),
        }
    }
}

impl Serialize for Decided {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.passport.serialize(serializer)
    }
}

impl Show for Decided {
    fn page(&self) -> Page {
        let rows = self.passport.requirements.iter().map(row);
        let waived = self.passport.waivers.iter().map(|it| {
            let (source, fact) = (&it.source, &it.fact);
            let second = it.second_actor.as_ref();
            let second = second.map(|it| format!(" and {}", it.subject));
            let who = it.actor.subject.clone() + &second.unwrap_or_default();
            let why = &it.reason;
            Block::Line(format!("waived by {who}: {fact} of {source}: {why}"))
        });
        let mut blocks = vec![
            Block::Line(self.verdict()),
            Block::Grid(Grid {
                head: REQUIREMENTS.to_vec(),
                rows: rows.collect(),
            }),
        ];
        blocks.extend(waived);
        blocks.extend(self.passport.approvals.iter().map(|it| {
            let (who, why) = (&it.actor.subject, &it.reason);
            Block::Line(format!("approved by {who}: {why}"))
        }));
        blocks.extend(excerpts(&self.passport.evidence));
        blocks.extend(actors(&self.passport.evidence).map(Block::Grid));
        blocks.push(Block::Line(self.validity()));
        Page(blocks)
    }

    fn markdown(&self) -> Option<String> {
        Some(passport::markdown(&self.passport))
    }
}

fn row(result: &RequirementResult) -> Vec<Cell> {
    let tone = match result.state {
        State::Satisfied => Tone::Good,
        State::Violated => Tone::Bad,
        State::Warned | State::Waived | State::Missing => Tone::Doubtful,
    };
    vec![
        Cell::from(&result.requirement),
        Cell::toned(result.state.as_str(), tone),
        Cell::from(&result.explanation),
        Cell::from(result.next_action.as_deref().unwrap_or_default()),
    ]
}

// === impl Passports ===

impl Passports {
    /// Passports that are listed now.
    pub fn new(
        passports: Vec<Passport>,
        next_page_token: Option<String>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            passports,
            next_page_token,
            now,
        }
    }
}

impl Show for Passports {
    fn page(&self) -> Page {
        let rows = self.passports.iter().map(|it| {
            let withdrawn = it.revoked_at.map(|at| age(at, self.now) + " ago");
            vec![
                Cell::from(it.id),
                Cell::from(&it.scope),
                Cell::from(release(it.subject.as_ref())),
                Cell::toned(it.decision.as_str(), tone(it.decision)),
                Cell::from(it.mode.as_str()),
                Cell::from(age(it.decided_at, self.now)),
                Cell::from(withdrawn.unwrap_or_default()),
            ]
        });
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            return Page(vec![Block::Line("no passports".to_owned())]);
        }
        Page(vec![Block::Grid(Grid {
            head: PASSPORTS.to_vec(),
            rows,
        })])
    }
}

/// The first name that a release has.
pub fn release(subject: Option<&Subject>) -> String {
    let names = subject.map(|it| {
        let digest = it.artifact_digests.first();
        it.version.as_ref().or(it.revision.as_ref()).or(digest)
    });
    names.flatten().cloned().unwrap_or_default()
}

/// How a decision is meant.
pub fn tone(decision: Decision) -> Tone {
    match decision {
        Decision::Allow => Tone::Good,
        Decision::AllowWithCanary | Decision::RequireApproval | Decision::Hold => Tone::Doubtful,
        Decision::Block | Decision::RollbackRecommended => Tone::Bad,
    }
}

// === impl Verified ===

impl Verified {
    /// It is believed; `message` says what of it was not checked.
    pub fn good(
        verified: attest::Verified,
        message: impl Into<String>,
        in_ledger: Option<InLedger>,
    ) -> Self {
        Self {
            verified: true,
            code: None,
            message: message.into(),
            key_id: Some(verified.key_id),
            ledger: in_ledger,
            passport: Some(verified.passport),
        }
    }

    /// It is not.
    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            verified: false,
            code: Some(code),
            message: message.into(),
            key_id: None,
            ledger: None,
            passport: None,
        }
    }

    /// Whether it is what it has to be.
    pub fn is_good(&self) -> bool {
        self.verified
    }
}

impl Show for Verified {
    fn page(&self) -> Page {
        let told = match &self.passport {
            Some(passport) => format!(
                "verified: {} for {}, decided {}",
                passport.decision.as_str(),
                passport.scope,
                passport.decided_at
            ),
            None => "not verified".to_owned(),
        };
        Page(vec![Block::Line(told), Block::Line(self.message.clone())])
    }
}
