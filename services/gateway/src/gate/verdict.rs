//! What a passport means to a gate that knows only to go on, to stop, and to roll back.

use passport_policy::{
    gate::{Consequence, Mode, RequirementResult, State},
    passport::Passport,
};
use passport_service_kit::config::model::FailOn;

/// Characters of a reason at most: those who ask put it into events and logs.
const LONGEST: usize = 400;

/// A passport, as it binds one caller.
pub(crate) struct Verdict<'a> {
    passport: &'a Passport,
    fail_on: Option<FailOn>,
}

// === impl Verdict ===

impl<'a> Verdict<'a> {
    /// What the passport means to a caller that is stopped from this decision on at the latest.
    pub fn of(passport: &'a Passport, fail_on: Option<FailOn>) -> Self {
        Self { passport, fail_on }
    }

    /// Whether the caller has to stop: because the policy enforces it, or because the caller wants to be
    /// stopped earlier than by the policy.
    pub fn stops(&self) -> bool {
        let decision = self.passport.decision;
        let fails = self.fail_on.is_some_and(|it| match it {
            FailOn::Hold => !decision.lets_go(),
            FailOn::Block => decision.says_no(),
        });
        self.passport.stops() || fails
    }

    /// The evidence for which an enforced policy gives a release up. `None` where the policy is not
    /// enforced, and where it says no without evidence, because too little is known: what could not be
    /// asked rolls nothing back.
    pub fn gives_up(&self) -> Option<&'a RequirementResult> {
        let binds = self.passport.mode == Mode::Enforce && self.passport.decision.says_no();
        let mut results = self.passport.requirements.iter();
        results.find(|it| binds && is_evidence_against(it))
    }

    /// Decision, mode, what follows from them, and the deciding reason, in one line.
    pub fn line(&self, follows: &str) -> String {
        self.line_for(follows, self.passport.requirements.first())
    }

    /// The same with another reason.
    pub fn line_for(&self, follows: &str, reason: Option<&RequirementResult>) -> String {
        let Passport {
            decision, mode, id, ..
        } = self.passport;
        let (decision, mode) = (decision.as_str(), mode.as_str());
        let reason = reason.map_or_else(|| "nothing is required".to_owned(), self::reason);
        format!("{decision} ({mode}), {follows}: {reason}; passport {id}")
    }

    /// The deciding reason alone.
    pub fn reason(&self) -> String {
        let first = self.passport.requirements.first();
        first.map_or_else(String::new, reason)
    }
}

/// A fact of a source that answered. A rule or a missing answer that blocks is none.
fn is_evidence_against(result: &RequirementResult) -> bool {
    result.state == State::Violated
        && result.consequence == Consequence::Block
        && result.source.is_some()
        && result.fact.is_some()
}

/// What was found, in one line. Values in it are the provider's.
fn reason(result: &RequirementResult) -> String {
    let text = format!("{}: {}", result.requirement, result.explanation);
    let plain = text
        .chars()
        .map(|it| if it.is_control() { ' ' } else { it });
    let mut line: String = plain.clone().take(LONGEST).collect();
    if plain.count() > LONGEST {
        line.push('…');
    }
    line
}
