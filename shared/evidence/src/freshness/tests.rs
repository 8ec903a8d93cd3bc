use proptest::prelude::*;

use super::*;
use crate::{
    fact::Limits,
    quantity::Quantity,
    state::{Meaning, StateTable},
    threshold::Threshold,
    value::Value,
};

const NAME: FactName = FactName::fixed("build");
const TABLE: StateTable = StateTable::new(&[("good", Meaning::Passed)]);

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

fn five_minutes() -> MaxAge {
    MaxAge::from_secs(300).unwrap()
}

fn passed(age: Option<i64>) -> Fact {
    let at = age.map(|seconds| now() - TimeDelta::seconds(seconds));
    Fact::state(NAME, "good", &TABLE).observed(at)
}

fn after_refresh(fact: Fact) -> (Status, Option<Reason>) {
    let fact = refresh_one(fact, five_minutes(), now());
    (fact.status(), fact.reason())
}

#[test]
fn what_is_young_enough_stays() {
    assert_eq!(after_refresh(passed(Some(0))), (Status::Passed, None));
    assert_eq!(after_refresh(passed(Some(300))), (Status::Passed, None));
}

#[test]
fn what_is_too_old_too_far_ahead_or_without_a_time_is_unknown() {
    assert_eq!(
        after_refresh(passed(Some(301))),
        (Status::Unknown, Some(Reason::Stale))
    );
    assert_eq!(
        after_refresh(passed(Some(-61))),
        (Status::Unknown, Some(Reason::Future))
    );
    assert_eq!(
        after_refresh(passed(None)),
        (Status::Unknown, Some(Reason::NoTime))
    );
}

#[test]
fn a_time_a_little_ahead_of_the_clock_is_taken_as_now() {
    let fact = refresh_one(passed(Some(-60)), five_minutes(), now());
    assert_eq!(
        (fact.status(), fact.observed_at()),
        (Status::Passed, Some(now()))
    );
}

#[test]
fn a_failure_without_a_time_stays_one_and_an_old_failure_proves_nothing_now() {
    let limits = Limits::from("< 1".parse::<Threshold>().unwrap());
    let failed = || Fact::measured(NAME, Value::Exact(Quantity::count(3)), &limits);
    assert_eq!(after_refresh(failed()).0, Status::Failed);
    let old = failed().observed(Some(now() - TimeDelta::hours(1)));
    assert_eq!(after_refresh(old), (Status::Unknown, Some(Reason::Stale)));
}

#[test]
fn a_credential_counts_as_checked_for_a_day_and_says_nothing_of_the_age_of_data() {
    let check = Fact {
        name: CREDENTIAL_SCOPE,
        ..passed(Some(3_600))
    };
    let facts = refresh(vec![check, passed(Some(10))], five_minutes(), now());
    assert!(facts.iter().all(|fact| fact.status() == Status::Passed));
    assert_eq!(oldest(&facts), Some(now() - TimeDelta::seconds(10)));
}

#[test]
fn the_evidence_is_as_old_as_its_oldest_usable_fact() {
    let facts = refresh(
        vec![
            passed(Some(10)),
            passed(Some(200)),
            passed(Some(900)),
            passed(None),
        ],
        five_minutes(),
        now(),
    );
    assert_eq!(oldest(&facts), Some(now() - TimeDelta::seconds(200)));
    let all_stale = refresh(vec![passed(Some(900))], five_minutes(), now());
    assert_eq!(oldest(&all_stale), Some(now() - TimeDelta::seconds(900)));
    assert_eq!(oldest(&[]), None);
}

#[test]
fn a_max_age_is_in_whole_seconds_above_zero() {
    assert_eq!(MaxAge::from_secs(0), None);
    assert_eq!(MaxAge::from_duration(Duration::from_millis(1500)), None);
    assert_eq!(
        MaxAge::from_duration(Duration::from_secs(90)).map(MaxAge::as_secs),
        Some(90)
    );
}

proptest! {
    #[test]
    fn nothing_passes_outside_its_age(age in -10_000i64..10_000, max in 1u64..5_000) {
        let max_age = MaxAge::from_secs(max).unwrap();
        let fact = refresh_one(passed(Some(age)), max_age, now());
        let fresh = age <= max as i64 && age >= -60;
        prop_assert_eq!(fact.status() == Status::Passed, fresh);
    }

    #[test]
    fn getting_older_never_makes_a_fact_pass(age in -10_000i64..10_000, later in 0i64..10_000) {
        let once = refresh_one(passed(Some(age)), five_minutes(), now());
        let again = refresh_one(once.clone(), five_minutes(), now() + TimeDelta::seconds(later));
        prop_assert!(once.status() == Status::Passed || again.status() != Status::Passed);
    }
}
