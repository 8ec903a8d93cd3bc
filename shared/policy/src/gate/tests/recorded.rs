//! A decision is the same again when it is made of its own record.

use std::collections::BTreeSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::{
    made::{Given, now, scope},
    properties::given,
};
use crate::{
    gate::Decided,
    passport::{Digest, Passport},
};

/// The record of a decision: of waivers and approvals only those that count are in it.
fn recorded(given: &Given, decided: &Decided) -> Passport {
    fn counted<T: Clone>(all: &[T], ids: &BTreeSet<String>, id: impl Fn(&T) -> &str) -> Vec<T> {
        let counted = all.iter().filter(|it| ids.contains(id(it)));
        counted.cloned().collect()
    }
    Passport {
        id: Uuid::nil(),
        scope: scope(),
        subject: given.subject.clone(),
        decision: decided.decision,
        mode: decided.mode,
        requirements: decided.requirements.clone(),
        until_allowed: decided.until_allowed().map(str::to_owned).collect(),
        evidence: given.evidence.clone(),
        failures: given.failures.clone(),
        waivers: counted(&given.waivers, &decided.waivers, |it| &it.id),
        approvals: counted(&given.approvals, &decided.approvals, |it| &it.id),
        policy_digest: Digest::of(b"the policy"),
        decided_at: now(),
        valid_until: decided.valid_until,
        asked_by: "a pipeline".to_owned(),
        revoked_at: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_was_kept_is_read_back_and_decided_alike((_, given) in given()) {
        let decided = given.decide();
        let passport = recorded(&given, &decided);
        let kept = serde_json::to_vec(&passport).unwrap();
        let read: Passport = serde_json::from_slice(&kept).unwrap();
        prop_assert_eq!(&read, &passport);
        prop_assert_eq!(serde_json::to_vec(&read).unwrap(), kept);
        let again = Given {
            evidence: read.evidence,
            failures: read.failures,
            waivers: read.waivers,
            approvals: read.approvals,
            ..given
        };
        prop_assert_eq!(again.decide(), decided);
    }
}
