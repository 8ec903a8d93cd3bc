use super::*;
use crate::{claimed::ClaimedFact, quantity::Quantity};

const NAME: FactName = FactName::fixed("error_rate");
const TABLE: StateTable = StateTable::new(&[
    ("success", Meaning::Passed),
    ("failure", Meaning::Failed(Reason::BadState)),
]);

fn limits(threshold: &str) -> Limits {
    Limits::from(threshold.parse::<Threshold>().unwrap())
}

fn percent(text: &str) -> Value {
    Value::Exact(Quantity::parse(text).unwrap())
}

#[test]
fn a_measured_value_is_judged_against_its_threshold() {
    assert_eq!(
        Fact::measured(NAME, percent("0.02%"), &limits("< 1%")).status(),
        Status::Passed
    );
    let failed = Fact::measured(NAME, percent("1%"), &limits("< 1%"));
    assert_eq!(
        (failed.status(), failed.reason()),
        (Status::Failed, Some(Reason::ThresholdMissed))
    );
}

#[test]
fn without_a_threshold_nothing_is_judged() {
    let fact = Fact::measured(NAME, percent("0.02%"), &Limits::default());
    assert_eq!(fact.status(), Status::NotApplicable);
    assert_eq!(fact.reason(), Some(Reason::Informational));
}

#[test]
fn missing_only_the_warning_threshold_is_a_warning() {
    let limits = Limits {
        threshold: "< 1%".parse().ok(),
        warn_threshold: "< 0.1%".parse().ok(),
    };
    let fact = Fact::measured(NAME, percent("0.5%"), &limits);
    assert_eq!(
        (fact.status(), fact.reason()),
        (Status::Warning, Some(Reason::ThresholdMissed))
    );
}

#[test]
fn a_state_that_is_not_in_the_table_is_unknown() {
    let fact = Fact::state(NAME, "SUCCESS", &TABLE);
    assert_eq!(fact.status(), Status::Unknown);
    assert_eq!(fact.reason(), Some(Reason::UnrecognizedState));
}

#[test]
fn a_pass_that_does_not_meet_what_was_wanted_is_none() {
    let fact = Fact::state(NAME, "success", &TABLE).wanting(Some(Threshold::equals("neutral")));
    assert_eq!(fact.reason(), Some(Reason::Contradictory));
    let fact = Fact::state(NAME, "success", &TABLE).wanting(Some(Threshold::equals("success")));
    assert_eq!(fact.status(), Status::Passed);
}

#[test]
fn doubt_takes_a_pass_away_and_leaves_a_failure() {
    let passed = Fact::state(NAME, "success", &TABLE).doubt(Reason::PartialResponse);
    assert_eq!(passed.status(), Status::Unknown);
    let failed = Fact::state(NAME, "failure", &TABLE).doubt(Reason::PartialResponse);
    assert_eq!(failed.status(), Status::Failed);
}

#[test]
fn a_warning_about_a_state_is_admitted_as_it_is() {
    const BREADTH: StateTable = StateTable::new(&[("broad", Meaning::Warning(Reason::TooBroad))]);
    let fact = Fact::state(NAME, "broad", &BREADTH).wanting(Some(Threshold::equals("narrow")));
    assert_eq!(fact.status(), Status::Warning);
    assert_eq!(ClaimedFact::from(fact.clone()).admit(), fact);
}

#[test]
fn a_warning_that_misses_its_own_threshold_is_contradictory() {
    let mut claim = ClaimedFact::from(Fact::measured(NAME, percent("2%"), &limits("< 1%")));
    claim.status = Status::Warning;
    assert_eq!(claim.admit().reason(), Some(Reason::Contradictory));
}

#[test]
fn the_heaviest_part_decides_a_folded_fact() {
    let passed = Fact::state(NAME, "success", &TABLE);
    let unknown = Fact::unknown(NAME, Reason::NoData);
    let failed = Fact::state(NAME, "failure", &TABLE);
    let fold = |parts: &[&Fact]| {
        let parts: Vec<Fact> = parts.iter().map(|part| (*part).clone()).collect();
        Fact::fold(NAME, &parts).status()
    };
    assert_eq!(fold(&[]), Status::Unknown);
    assert_eq!(fold(&[&passed, &passed]), Status::Passed);
    assert_eq!(fold(&[&passed, &unknown]), Status::Unknown);
    assert_eq!(fold(&[&failed, &unknown, &passed]), Status::Failed);
}

#[test]
fn a_folded_fact_without_one_time_has_no_time() {
    let at = chrono::DateTime::from_timestamp(1_777_800_600, 0);
    let timed = Fact::state(NAME, "success", &TABLE).observed(at);
    let timeless = Fact::state(NAME, "success", &TABLE);
    assert_eq!(
        Fact::fold(NAME, &[timed.clone(), timeless]).observed_at(),
        None
    );
    assert_eq!(Fact::fold(NAME, &[timed.clone(), timed]).observed_at(), at);
}

#[test]
fn a_claim_against_its_own_threshold_is_contradictory() {
    let honest = Fact::measured(NAME, percent("2%"), &limits("< 1%"));
    let mut claim = ClaimedFact::from(honest);
    claim.status = Status::Passed;
    assert_eq!(claim.clone().admit().reason(), Some(Reason::Contradictory));
    claim.reason = None;
    assert_eq!(claim.clone().admit().reason(), Some(Reason::Contradictory));
    claim.value = None;
    assert_eq!(claim.clone().admit().status(), Status::Unknown);
    claim.value = Some(percent("0.5%"));
    assert_eq!(claim.admit().status(), Status::Passed);
}

#[test]
fn nobody_stands_behind_what_may_be_about_something_else() {
    let actor = crate::actor::Actor {
        role: crate::actor::Role::Approver,
        id: crate::actor::ActorId::of_keyed_hash([7; 32]),
    };
    let actors: Actors = [actor].into_iter().collect();
    let fact = Fact::state(NAME, "success", &TABLE).involving(actors.clone());
    for reason in [Reason::OtherSubject, Reason::FilterNotApplied] {
        assert!(fact.clone().contradict(reason).actors().is_empty());
        assert!(fact.clone().doubt(reason).actors().is_empty());
    }
    for reason in [Reason::Stale, Reason::Contradictory, Reason::Incomplete] {
        assert_eq!(*fact.clone().doubt(reason).actors(), actors);
    }
    // A fold says only what is behind the part that decides.
    let parts = [fact, Fact::state(NAME, "failure", &TABLE)];
    assert!(Fact::fold(NAME, &parts).actors().is_empty());
}
