//! Whether a decision says something that the one before did not.

use passport_policy::{gate::RequirementResult, passport::Passport};

/// Whether a decision differs from the one that was sent last: in what was concluded, how much that
/// binds, what became of a requirement and why, waivers, approvals or the policy. Or it says the same and rests on
/// newer evidence, after that of the other has expired.
pub(super) fn is_news(sent: &Passport, now: &Passport) -> bool {
    let says_otherwise = sent.decision != now.decision
        || sent.mode != now.mode
        || sent.policy_digest != now.policy_digest
        || !sent
            .requirements
            .iter()
            .map(told)
            .eq(now.requirements.iter().map(told))
        || !ids(sent).eq(ids(now));
    says_otherwise || is_renewed(sent, now)
}

/// Values change all the time, and say nothing by themselves.
fn told(it: &RequirementResult) -> impl PartialEq + '_ {
    (
        &it.requirement,
        (it.state, it.consequence, it.reason),
        (&it.source, &it.fact, &it.item),
        &it.waiver_id,
    )
}

fn ids(passport: &Passport) -> impl Iterator<Item = &str> {
    let waivers = passport.waivers.iter().map(|it| it.id.as_str());
    waivers.chain(passport.approvals.iter().map(|it| it.id.as_str()))
}

fn is_renewed(sent: &Passport, now: &Passport) -> bool {
    let is_over = sent.valid_until.is_some_and(|end| end <= now.decided_at);
    is_over && sent.valid_until != now.valid_until
}
