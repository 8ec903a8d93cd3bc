//! Whether changes of flags need somebody's approval in the environment.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::APPROVAL_REQUIRED;
use crate::connectors::launchdarkly::lists::{ApprovalSetting, ApprovalSettings};

const KIND: &str = "flag";

/// Our own words.
const STATES: StateTable = StateTable::new(&[
    ("required", Meaning::Passed),
    ("with_exceptions", Meaning::Warning(Reason::Degraded)),
    ("disputed", Meaning::Warning(Reason::Contradictory)),
    ("not_required", Meaning::Failed(Reason::BadState)),
]);

/// The fact. Where settings disagree none passes.
pub fn fact(read: Result<&ApprovalSettings, Reason>, environment: &str) -> Fact {
    let all = match read {
        Ok(all) => all,
        Err(reason) => return Fact::unknown(APPROVAL_REQUIRED, reason),
    };
    let of_flags = all.get(KIND);
    let own = of_flags.and_then(|it| it.environments.as_ref()?.get(environment));
    let Some(own) = own else {
        return Fact::unknown(APPROVAL_REQUIRED, Reason::NoData);
    };
    let others = of_flags.iter().flat_map(|it| [&it.default, &it.strict]);
    let others = others.flatten().map(|it| &it.0);
    let parts = others.map(|it| state(word(it), word(&own.0)));
    let parts: Vec<_> = [Fact::state(APPROVAL_REQUIRED, word(&own.0), &STATES)]
        .into_iter()
        .chain(parts)
        .collect();
    Fact::fold(APPROVAL_REQUIRED, &parts)
}

/// Another setting beside the environment's own: the same, or it takes from it.
fn state(other: &str, own: &str) -> Fact {
    let word = if other == own { own } else { "disputed" };
    Fact::state(APPROVAL_REQUIRED, word, &STATES)
}

fn word(setting: &ApprovalSetting) -> &'static str {
    let has_exceptions = setting.can_review_own_request
        || setting.can_apply_declined_changes
        || setting.bypass_approvals_for_pending_changes
        || !setting.required_approval_tags.is_empty();
    match (setting.required, has_exceptions) {
        (false, _) => "not_required",
        (true, true) => "with_exceptions",
        (true, false) => "required",
    }
}
