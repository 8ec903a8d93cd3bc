use chrono::TimeDelta;
use passport_evidence::{
    Actors, ClaimedFact, EnvironmentName, Excerpts, Fact, FactName, Freshness, Limits, Origin,
    Provenance, Quantity, Reason, ServiceName, Status, Threshold, Value, WorkspaceId,
    evidence::Frame, freshness::SKEW,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

fn age(seconds: u64) -> MaxAge {
    MaxAge::from_secs(seconds).unwrap()
}

fn scope(workspace: &str) -> Scope {
    Scope {
        workspace: WorkspaceId::new(workspace).unwrap(),
        service: ServiceName::new("checkout-api").unwrap(),
        environment: EnvironmentName::new("production").unwrap(),
    }
}

fn subject(revision: &str) -> Option<Subject> {
    Some(Subject {
        revision: Some(revision.to_owned()),
        ..Subject::default()
    })
}

fn expected() -> ExpectedSource {
    ExpectedSource {
        scope: scope("acme"),
        source: SourceName::new("prom").unwrap(),
        connector: "prometheus".to_owned(),
        max_age: age(300),
        subject: subject("abc"),
    }
}

fn claimed(facts: Vec<ClaimedFact>) -> ClaimedEvidence {
    ClaimedEvidence {
        frame: Frame {
            connector: "prometheus".to_owned(),
            scope: scope("acme"),
            source: SourceName::new("prom").unwrap(),
            subject: subject("abc"),
            provenance: Provenance {
                origin: Origin::Pulled,
                collected_at: now(),
                failed_refresh: None,
            },
        },
        max_age: age(300),
        observed_at: None,
        facts,
    }
}

fn passed(seconds_old: i64) -> ClaimedFact {
    let limits = Limits::from("< 1%".parse::<Threshold>().unwrap());
    let value = Value::Exact(Quantity::parse("0.02%").unwrap());
    let at = now() - TimeDelta::seconds(seconds_old);
    Fact::measured(FactName::fixed("error_rate"), value, &limits)
        .observed(Some(at))
        .into()
}

fn statuses(evidence: &Evidence) -> Vec<Status> {
    evidence.facts().iter().map(Fact::status).collect()
}

fn refused(change: impl FnOnce(&mut ClaimedEvidence)) -> Failure {
    let mut claim = claimed(vec![passed(0)]);
    change(&mut claim);
    enforce(claim, &expected(), now(), None).unwrap_err()
}

// === whether it answers the question ===

#[test]
fn what_was_asked_is_admitted() {
    let evidence = enforce(claimed(vec![passed(300)]), &expected(), now(), None).unwrap();
    assert_eq!(statuses(&evidence), [Status::Passed]);
}

#[test]
fn evidence_of_another_scope_source_connector_or_subject_is_out_of_scope() {
    let failures = [
        ("scope", refused(|it| it.frame.scope = scope("globex"))),
        (
            "source",
            refused(|it| it.frame.source = SourceName::new("other").unwrap()),
        ),
        (
            "connector",
            refused(|it| it.frame.connector = "loki".to_owned()),
        ),
        ("subject", refused(|it| it.frame.subject = subject("def"))),
    ];
    for (what, failure) in failures {
        assert_eq!(failure.code, FailureCode::OutOfScope);
        assert!(failure.message.contains(what), "{}", failure.message);
    }
}

#[test]
fn a_failure_names_what_was_planned_and_nothing_that_was_claimed() {
    let failure = refused(|it| it.frame.connector = "<script>".to_owned());
    assert_eq!(failure.connector, "prometheus");
    assert_eq!(failure.source, expected().source);
    assert!(!failure.message.contains("script"));
}

#[test]
fn evidence_about_no_subject_answers_a_question_about_one_and_not_the_reverse() {
    let mut about_none = claimed(vec![passed(0)]);
    about_none.frame.subject = None;
    assert!(enforce(about_none, &expected(), now(), None).is_ok());

    let about_nothing = ExpectedSource {
        subject: None,
        ..expected()
    };
    assert!(enforce(claimed(vec![passed(0)]), &about_nothing, now(), None).is_err());
}

// === how long it may be relied on ===

#[test]
fn a_claim_of_a_longer_life_is_cut_to_the_source_s_own() {
    let mut claim = claimed(vec![passed(301)]);
    claim.max_age = age(86_400);
    let evidence = enforce(claim, &expected(), now(), None).unwrap();
    assert_eq!(evidence.freshness().max_age, age(300));
    assert_eq!(evidence.facts()[0].reason(), Some(Reason::Stale));
}

#[test]
fn the_tightest_max_age_decides() {
    let claim = || claimed(vec![passed(61)]);
    let evidence = enforce(claim(), &expected(), now(), Some(age(60))).unwrap();
    assert_eq!(statuses(&evidence), [Status::Unknown]);
    let evidence = enforce(claim(), &expected(), now(), Some(age(86_400))).unwrap();
    assert_eq!(evidence.freshness().max_age, age(300));
    assert_eq!(
        tightest(age(300), [None, Some(age(20)), Some(age(40))]),
        age(20)
    );
    assert_eq!(tightest(age(10), [None, Some(age(20))]), age(10));
}

// === whatever is claimed ===

fn values() -> impl Strategy<Value = Value> {
    let text = select(&["0.02%", "7%", "142ms", ">= 3", "success", "a,b", ""][..]);
    text.prop_map(Value::parse)
}

fn thresholds() -> impl Strategy<Value = Threshold> {
    let text = select(&["< 1%", "< 500ms", ">= 3", "= success", "in a, b", "!= x"][..]);
    text.prop_map(|text| text.parse().unwrap())
}

prop_compose! {
    fn claims()(
        name in "[a-z]{1,8}",
        status in select(&Status::ALL[..]),
        value in option::of(values()),
        threshold in option::of(thresholds()),
        reason in option::of(select(&Reason::ALL[..])),
        seconds_old in option::weighted(0.9, -200_i64..800),
    ) -> ClaimedFact {
        ClaimedFact {
            name: FactName::new(&name).unwrap(),
            status,
            value,
            threshold,
            item: None,
            reason,
            observed_at: seconds_old.map(|seconds| now() - TimeDelta::seconds(seconds)),
            link: None,
            excerpts: Excerpts::default(),
            query: None,
            baseline: None,
            actors: Actors::default(),
        }
    }
}

prop_compose! {
    fn claims_of_evidence()(
        facts in vec(claims(), 0..6), max_age in 1_u64..1_000,
    ) -> ClaimedEvidence {
        ClaimedEvidence { max_age: age(max_age), ..claimed(facts) }
    }
}

fn max_ages() -> impl Strategy<Value = Option<MaxAge>> {
    option::of((1_u64..1_000).prop_map(age))
}

fn count_passed<'a>(statuses: impl IntoIterator<Item = &'a Status>) -> usize {
    let statuses = statuses.into_iter();
    statuses.filter(|status| **status == Status::Passed).count()
}

proptest! {
    #[test]
    fn nothing_passes_that_was_not_claimed_to(
        claim in claims_of_evidence(), caller in max_ages(),
    ) {
        let before: Vec<Status> = claim.facts.iter().map(|fact| fact.status).collect();
        let evidence = enforce(claim, &expected(), now(), caller).unwrap();
        let after = statuses(&evidence);
        prop_assert!(count_passed(&after) <= count_passed(&before));
        for (before, after) in before.iter().zip(&after) {
            prop_assert!(*after != Status::Passed || *before == Status::Passed);
        }
    }

    #[test]
    fn nothing_passes_that_is_stale_from_the_future_or_without_a_time(
        claim in claims_of_evidence(), caller in max_ages(),
    ) {
        let limits = [Some(claim.max_age), caller, Some(expected().max_age)];
        let limit = limits.into_iter().flatten().min().unwrap();
        let times: Vec<_> = claim.facts.iter().map(|fact| fact.observed_at).collect();
        let evidence = enforce(claim, &expected(), now(), caller).unwrap();
        for (fact, time) in evidence.facts().iter().zip(times) {
            let is_fresh = time.is_some_and(|time| {
                time <= now() + SKEW && now() - time <= limit.as_delta()
            });
            prop_assert!(is_fresh || fact.status() != Status::Passed);
        }
        prop_assert_eq!(evidence.freshness().max_age, limit);
    }

    #[test]
    fn facts_are_neither_lost_nor_moved(claim in claims_of_evidence()) {
        let names: Vec<_> = claim.facts.iter().map(|fact| fact.name.clone()).collect();
        let evidence = enforce(claim, &expected(), now(), None).unwrap();
        let kept: Vec<_> = evidence.facts().iter().map(|fact| fact.name().clone()).collect();
        prop_assert_eq!(kept, names);
    }

    #[test]
    fn enforcing_twice_changes_nothing(claim in claims_of_evidence(), caller in max_ages()) {
        let once = enforce(claim, &expected(), now(), caller).unwrap();
        let twice = enforce(once.clone().into(), &expected(), now(), caller).unwrap();
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn what_passes_now_has_only_less_to_show_later(
        claim in claims_of_evidence(), later in 0_i64..1_000,
    ) {
        let then = now() + TimeDelta::seconds(later);
        let at_once = enforce(claim.clone(), &expected(), now(), None).unwrap();
        let afterwards = enforce(at_once.clone().into(), &expected(), then, None).unwrap();
        prop_assert!(
            count_passed(&statuses(&afterwards)) <= count_passed(&statuses(&at_once))
        );
        let Freshness { max_age, .. } = afterwards.freshness();
        prop_assert_eq!(max_age, at_once.freshness().max_age);
    }
}
