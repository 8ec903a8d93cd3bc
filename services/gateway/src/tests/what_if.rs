//! What was decided, decided again under another configuration.

use passport_evidence::FailureCode;
use passport_policy::{
    gate::{Decided, Decision, Mode},
    passport::Passport,
};

use super::world::{World, anybody, bad, catalog, config_of, fails, good, says, scope, within};
use crate::{
    GateQuestion,
    gate::{what_if::WhatIf, wire},
};

/// What is decided where the errors are these, the latency is good and the pipeline is not readable.
async fn decided(errors: passport_proto::evidence::Outcome) -> Passport {
    let mut world = World::metrics_says(vec![errors, says(good("latency"))]);
    world.cicd.outcomes = vec![fails("pipeline", FailureCode::Denied)];
    let question = GateQuestion {
        scope: scope(),
        subject: None,
        mode: None,
    };
    let (gateway, caller) = (world.gateway(), anybody());
    let passport = gateway.evaluate_gate(&caller, question, within(10));
    passport.await.unwrap()
}

fn again(passport: &Passport, changed: impl Fn(&str) -> String) -> Option<Decided> {
    let what_if = WhatIf::of(&config_of(changed), catalog()).unwrap();
    // As a caller has it.
    let read = wire::read(wire::written(passport)).unwrap();
    what_if.decide(&read)
}

fn with_policy(policy: &str) -> impl Fn(&str) -> String {
    move |file| {
        file.replace(
            "require: [ { source: errors, facts: [error_rate] } ]",
            policy,
        )
    }
}

#[tokio::test]
async fn under_the_same_configuration_the_same_is_decided() {
    for errors in [
        says(good("errors")),
        says(bad("errors")),
        fails("errors", FailureCode::TimedOut),
    ] {
        let passport = decided(errors).await;
        let again = again(&passport, str::to_owned).unwrap();
        assert_eq!(again.decision, passport.decision);
        assert_eq!(again.requirements, passport.requirements);
        assert_eq!(again.valid_until, passport.valid_until);
    }
}

#[tokio::test]
async fn a_policy_that_wants_more_or_less_decides_otherwise_and_names_why() {
    let passport = decided(says(good("errors"))).await;
    assert_eq!(passport.decision, Decision::Allow);
    let more = "require: [ { source: errors, facts: [error_rate] }, { category: ci-cd } ]";
    let more = again(&passport, with_policy(more)).unwrap();
    assert_eq!(more.decision, Decision::Hold);
    let first = more.requirements.first().unwrap();
    assert_eq!(first.source.as_ref().unwrap().as_str(), "pipeline");

    let failing = decided(says(bad("errors"))).await;
    assert_eq!(failing.decision, Decision::Block);
    let less = "require: [ { source: latency, facts: [error_rate] } ]";
    let less = again(&failing, with_policy(less)).unwrap();
    assert_eq!(less.decision, Decision::Allow);
    let enforced = again(&failing, |it| it.replace("advisory", "enforce")).unwrap();
    assert_eq!(
        (enforced.decision, enforced.mode),
        (Decision::Block, Mode::Enforce)
    );
}

#[tokio::test]
async fn what_was_not_asked_or_is_no_longer_configured_is_never_good() {
    let passport = decided(says(good("errors"))).await;
    let new_source = |file: &str| {
        let source = "latency: { connector: gauge, max_age: 5m }";
        let rules =
            "rules: [ { name: all, that: size(failures) == 1, otherwise: hold, next: see } ]";
        let with_rules = format!(
            "require: [ {{ source: errors, facts: [error_rate] }} ]\n              {rules}"
        );
        with_policy(&with_rules)(file).replace(
            source,
            &format!("{source}\n              memory: {{ connector: gauge }}"),
        )
    };
    let again_with_more = again(&passport, new_source).unwrap();
    assert_eq!(
        again_with_more.decision,
        Decision::Hold,
        "memory was not asked"
    );
    let without = |file: &str| {
        with_policy("require: [ { category: metrics } ]")(file).replace(
            "errors: { connector: gauge, max_age: 5m }",
            "errors: { connector: build }",
        )
    };
    let again_without = again(&passport, without).unwrap();
    let of_build = again_without.requirements.iter();
    let mut of_build = of_build.filter_map(|it| it.source.as_ref());
    assert!(of_build.all(|it| it.as_str() != "errors"));
    let shorter = |file: &str| {
        file.replace(
            "errors: { connector: gauge, max_age: 5m }",
            "errors: { connector: gauge, max_age: 5s }",
        )
    };
    let too_old = again(&passport, shorter).unwrap();
    assert_eq!(too_old.decision, Decision::Hold, "it was ten seconds old");
}

#[tokio::test]
async fn a_scope_that_is_not_configured_has_no_policy() {
    let passport = decided(says(good("errors"))).await;
    assert!(again(&passport, |it| it.replace("checkout-api", "other")).is_none());
}

#[tokio::test]
async fn words_of_a_newer_version_are_noticed() {
    let passport = wire::written(&decided(says(good("errors"))).await);
    assert!(wire::is_known(&passport));
    let mut newer = [(); 5].map(|()| passport.clone());
    newer[0].decision = 99;
    newer[1].mode = 99;
    newer[2].requirements[0].state = 99;
    newer[3].requirements[0].consequence = 99;
    newer[4].evidence[0].facts[0].status = 99;
    assert!(newer.iter().all(|it| !wire::is_known(it)));
}
