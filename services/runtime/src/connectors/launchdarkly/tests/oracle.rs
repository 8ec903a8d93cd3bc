//! What LaunchDarkly would have to say for a fact to pass, read from its answers themselves.

use passport_evidence::Fact;
use serde_json::Value;

/// When it is, in milliseconds since 1970.
pub const NOW: i64 = 1_777_800_600_000;
/// The limits that the source sets, in milliseconds.
const DAY: i64 = 86_400_000;
const SKEW: i64 = 60_000;

/// A flag with what is read besides.
pub struct World<'a>(pub &'a Value);

fn list<'a>(of: &'a Value, pointer: &str) -> &'a [Value] {
    of.pointer(pointer)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn is(of: &Value, pointer: &str, wanted: &Value) -> bool {
    of.pointer(pointer) == Some(wanted)
}

fn is_true(of: &Value, pointer: &str) -> bool {
    is(of, pointer, &Value::Bool(true))
}

/// The share of these variations, in thousandths of a percent, where all shares are the whole.
fn share(serve: &Value, expected: &[u64]) -> Option<i64> {
    let variation = serve.pointer("/variation").filter(|it| !it.is_null());
    let rollout = serve.pointer("/rollout").filter(|it| !it.is_null());
    let parts: Vec<(u64, i64)> = match (variation, rollout) {
        (Some(variation), None) => vec![(variation.as_u64()?, 100_000)],
        (None, Some(rollout)) => {
            let parts = list(rollout, "/variations").iter();
            let part = |it: &Value| Some((it["variation"].as_u64()?, it["weight"].as_i64()?));
            parts.map(part).collect::<Option<_>>()?
        }
        _ => return None,
    };
    let sum: i128 = parts.iter().map(|(_, weight)| i128::from(*weight)).sum();
    let are_shares = sum == 100_000 && parts.iter().all(|(_, weight)| *weight >= 0);
    let of_expected = parts.iter().filter(|(at, _)| expected.contains(at));
    are_shares.then(|| of_expected.map(|(_, weight)| weight).sum())
}

impl World<'_> {
    fn flag(&self) -> &Value {
        &self.0["flag"]
    }

    fn config(&self) -> Value {
        let config = self.flag().pointer("/environments/production");
        config.cloned().unwrap_or_default()
    }

    /// The place of the one variation whose value is expected.
    fn expected(&self) -> Vec<u64> {
        let all = list(self.flag(), "/variations").iter().enumerate();
        let all = all.filter(|(_, it)| it["value"] == true);
        let all: Vec<_> = all.map(|(at, _)| at as u64).collect();
        if all.len() == 1 { all } else { Vec::new() }
    }

    fn is_archived(&self) -> bool {
        !is(self.flag(), "/archived", &false.into())
            || !is(&self.config(), "/archived", &false.into())
    }

    /// Whether what it depends on is as it has to be, and for all.
    fn is_allowed(&self) -> bool {
        let base = &self.0["base"];
        let config = base.pointer("/environments/production");
        let config = config.cloned().unwrap_or_default();
        let is_met = |it: &Value| {
            let wanted = it["variation"].as_u64().map_or(vec![], |it| vec![it]);
            let serve = config.pointer("/fallthrough").cloned().unwrap_or_default();
            it["key"] == "base"
                && is_true(&config, "/on")
                && is(base, "/archived", &false.into())
                && is(&config, "/archived", &false.into())
                && is(&config, "/prerequisites", &serde_json::json!([]))
                && share(&serve, &wanted) == Some(100_000)
        };
        list(&self.config(), "/prerequisites").iter().all(is_met)
    }

    /// Whether somebody meets what others do not: a rule or a name of the base that serves what is wanted of
    /// it, while the flag itself is on.
    fn some_are_allowed(&self) -> bool {
        let config = self.0["base"].pointer("/environments/production");
        let config = config.cloned().unwrap_or_default();
        let is_named = |it: &Value| !list(it, "/values").is_empty();
        let is_on = |it: &Value| it["disabled"] != true;
        let wanted = list(&self.config(), "/prerequisites").to_vec();
        let serves = |it: &Value| {
            let told = it["variation"].as_u64();
            let rolled = list(it, "/rollout/variations").iter();
            let rolled = rolled.filter(|it| it["weight"] != 0);
            let rolled: Vec<_> = rolled.map(|it| it["variation"].as_u64()).collect();
            wanted.iter().any(|one| {
                let one = one["variation"].as_u64();
                one.is_some() && (told == one || rolled.contains(&one))
            })
        };
        let targets = list(&config, "/targets").iter();
        let mut targets = targets.chain(list(&config, "/contextTargets"));
        let mut rules = list(&config, "/rules").iter();
        is_true(&self.config(), "/on")
            && is_true(&config, "/on")
            && (targets.any(|it| is_named(it) && serves(it))
                || rules.any(|it| is_on(it) && serves(it)))
    }

    fn share(&self) -> Option<i64> {
        let config = self.config();
        let serve = config.pointer("/fallthrough").cloned().unwrap_or_default();
        share(&serve, &self.expected())
    }

    /// Whether the off variation is what is expected.
    fn off_is_expected(&self) -> bool {
        let off = self
            .config()
            .pointer("/offVariation")
            .and_then(Value::as_u64);
        off.is_some_and(|it| self.expected().contains(&it))
    }

    fn has_others(&self) -> bool {
        let config = self.config();
        let expected = self.expected();
        let targets = list(&config, "/targets").iter();
        let mut targets = targets.chain(list(&config, "/contextTargets"));
        let mut rules = list(&config, "/rules").iter();
        let fits = |it: &Value| {
            it["variation"]
                .as_u64()
                .is_some_and(|it| expected.contains(&it))
        };
        targets.any(|it| !list(it, "/values").is_empty() && !fits(it))
            || rules.any(|it| {
                let is_off = is_true(it, "/disabled");
                !is_off && share(it, &expected) != Some(100_000) && !fits(it)
            })
    }

    fn serves_it(&self) -> bool {
        is_true(&self.config(), "/on") && self.is_allowed() && self.share().is_some_and(|it| it > 0)
    }

    fn serves_it_to_all(&self) -> bool {
        let config = self.config();
        let is_experiment = config
            .pointer("/fallthrough/rollout/experimentAllocation")
            .is_some_and(|it| !it.is_null());
        let by_being_on = self.serves_it()
            && self.share() == Some(100_000)
            && !self.has_others()
            && !is_experiment;
        let may_be_off = !is_true(&config, "/on") || !self.is_allowed();
        by_being_on || (may_be_off && self.off_is_expected() && !self.some_are_allowed())
    }

    fn is_evaluated(&self) -> bool {
        let status = &self.0["status"];
        let asked = status["lastRequested"].as_str().unwrap_or_default();
        let asked = asked.parse::<chrono::DateTime<chrono::Utc>>().ok();
        let age = asked.map(|it| NOW - it.timestamp_millis());
        ["active", "launched"].contains(&status["name"].as_str().unwrap_or_default())
            && age.is_some_and(|it| (-SKEW..=DAY).contains(&it))
    }

    fn is_approved(&self) -> bool {
        let all = list(self.0, "/approvals");
        all.iter().all(|it| it["status"] == "completed")
            && self.0.pointer("/approvals").is_some_and(Value::is_array)
    }

    fn needs_approval(&self) -> bool {
        let of_flags = &self.0["settings"]["flag"];
        let own = &of_flags["environments"]["production"];
        let others = [&of_flags["_default"], &of_flags["_strict"]];
        let others = others.into_iter().filter(|it| !it.is_null());
        let exceptions = [
            "canReviewOwnRequest",
            "canApplyDeclinedChanges",
            "bypassApprovalsForPendingChanges",
        ];
        let needs = |it: &Value| {
            it["required"] == true
                && exceptions.iter().all(|key| it[*key] == false)
                && it["requiredApprovalTags"]
                    .as_array()
                    .is_some_and(Vec::is_empty)
        };
        needs(own) && others.into_iter().all(needs)
    }

    fn is_quiet(&self) -> bool {
        let is_far = |it: &Value| {
            it["executionDate"]
                .as_i64()
                .is_some_and(|it| it > NOW + DAY)
        };
        list(self.0, "/scheduled").iter().all(is_far)
            && self.0.pointer("/scheduled").is_some_and(Value::is_array)
    }

    /// Whether a fact may pass.
    pub fn may_pass(&self, fact: &Fact) -> bool {
        match fact.name().as_str() {
            "flag_targeting" => !self.is_archived() && self.serves_it(),
            "flag_rollout_percentage" => !self.is_archived() && self.serves_it_to_all(),
            "flag_evaluation_status" => self.is_evaluated(),
            "pending_approvals" => self.is_approved(),
            "scheduled_changes" => self.is_quiet(),
            "flag_changed" => {
                let at = self.config()["lastModified"].as_i64();
                at.is_some_and(|it| it > 0 && it < NOW - 3_600_000)
            }
            "approval_required" => self.needs_approval(),
            _ => false,
        }
    }
}
