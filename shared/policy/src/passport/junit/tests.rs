use quick_junit::{NonSuccessKind, Report, TestCaseStatus};

use super::junit;
use crate::{
    gate::{Consequence, RequirementResult, State, tests::made},
    passport::{Passport, tests::passport},
};

/// What a reader of JUnit sees of a requirement of which this became.
fn case_of(change: impl FnOnce(&mut RequirementResult)) -> quick_junit::TestCase {
    let mut requirement = passport().requirements[0].clone();
    requirement.explanation = "it is \"2%\" <now> & ]]> \u{1b}[31mred\u{0}".to_owned();
    change(&mut requirement);
    let passport = Passport {
        requirements: vec![requirement],
        ..passport()
    };
    let mut read = Report::deserialize_from_str(&junit(&passport)).unwrap();
    let mut suite = read.test_suites.pop().unwrap();
    assert!(read.test_suites.is_empty());
    assert_eq!(suite.tests, 1);
    suite.test_cases.pop().unwrap()
}

fn became(state: State, consequence: Consequence) -> TestCaseStatus {
    let case = case_of(|it| (it.state, it.consequence) = (state, consequence));
    case.status
}

#[test]
fn what_evidence_denies_is_a_failure_and_what_nobody_knows_an_error() {
    let cases = [
        (State::Violated, Consequence::Block, NonSuccessKind::Failure),
        (State::Warned, Consequence::Approve, NonSuccessKind::Failure),
        (State::Warned, Consequence::Hold, NonSuccessKind::Failure),
        (State::Missing, Consequence::Hold, NonSuccessKind::Error),
        (State::Missing, Consequence::Approve, NonSuccessKind::Error),
    ];
    for (state, consequence, wanted) in cases {
        let TestCaseStatus::NonSuccess {
            kind,
            message,
            ty,
            description,
            ..
        } = became(state, consequence)
        else {
            panic!("{state:?} with {consequence:?} passed");
        };
        assert_eq!(kind, wanted);
        assert_eq!(ty.unwrap().as_str(), consequence.as_str());
        assert_eq!(message.unwrap().as_str(), "it is \"2%\" <now> & ]]> red");
        assert!(description.unwrap().as_str().contains("next: "));
    }
}

#[test]
fn what_may_go_on_passes_and_a_warning_is_told() {
    for consequence in [Consequence::Allow, Consequence::Canary] {
        let case = case_of(|it| (it.state, it.consequence) = (State::Warned, consequence));
        assert!(matches!(case.status, TestCaseStatus::Success { .. }));
        assert!(case.system_out.unwrap().as_str().contains("2%"));
    }
    let satisfied =
        case_of(|it| (it.state, it.consequence) = (State::Satisfied, Consequence::Allow));
    assert!(matches!(satisfied.status, TestCaseStatus::Success { .. }));
    assert_eq!(satisfied.system_out, None);
}

#[test]
fn what_was_waived_is_skipped_and_names_the_waiver() {
    let case = case_of(|it| {
        (it.state, it.consequence) = (State::Waived, Consequence::Allow);
        it.waiver_id = Some("w-1".to_owned());
    });
    let TestCaseStatus::Skipped { message, .. } = case.status else {
        panic!("{:?}", case.status);
    };
    assert!(message.unwrap().as_str().contains("waiver: w-1"));
}

#[test]
fn who_waived_it_and_who_approved_is_told() {
    let mut passport = passport();
    passport.waivers[0].second_actor = Some(made::person("bob"));
    let waiver = passport.waivers[0].id.clone();
    let first = &mut passport.requirements[0];
    (first.state, first.waiver_id) = (State::Waived, Some(waiver));
    let told = junit(&passport);
    assert!(
        told.contains(
            "by ada (https://login.example.com) and bob (https://login.example.com): known"
        ),
        "{told}"
    );
    let read = Report::deserialize_from_str(&told).unwrap();
    let approved = read.test_suites[0].properties.iter();
    let mut approved = approved.filter(|it| it.name.as_str() == "approvedBy");
    let by = approved.next().unwrap().value.as_str().to_owned();
    assert_eq!(by, "bob (https://login.example.com)");
}

#[test]
fn every_requirement_is_one_test_case_in_order() {
    let passport = passport();
    let read = Report::deserialize_from_str(&junit(&passport)).unwrap();
    let suite = &read.test_suites[0];
    assert_eq!(
        suite.name.as_str(),
        "release gate of acme/checkout-api/production"
    );
    assert_eq!(suite.test_cases.len(), passport.requirements.len());
    assert_eq!((suite.failures, suite.errors), (1, 0));
    let first = &suite.test_cases[0];
    assert_eq!(
        first.classname.as_ref().unwrap().as_str(),
        "acme/checkout-api/production"
    );
    assert!(first.name.as_str().ends_with(": latency of prom"));
}

/// Also where it counts: nobody takes it for what a provider was asked.
#[test]
fn somebodys_word_is_told_as_such_where_it_passes() {
    let said = |origin| {
        let mut requirement = passport().requirements[0].clone();
        requirement.state = State::Satisfied;
        requirement.source = Some(made::source("hand"));
        requirement.fact = Some(made::fact_name("tested"));
        requirement.explanation = "tested passed of hand, which is somebody's word".to_owned();
        let facts = vec![made::fact("tested", passport_evidence::Status::Passed, 1)];
        let passport = Passport {
            requirements: vec![requirement],
            evidence: vec![made::evidence_of("hand", origin, facts)],
            ..passport()
        };
        let mut read = Report::deserialize_from_str(&junit(&passport)).unwrap();
        let case = read.test_suites.pop().unwrap().test_cases.pop().unwrap();
        assert!(matches!(case.status, TestCaseStatus::Success { .. }));
        case.system_out.map(|it| it.as_str().to_owned())
    };
    let declared = said(passport_evidence::Origin::Declared).unwrap();
    assert!(declared.contains("somebody's word"), "{declared}");
    assert_eq!(said(passport_evidence::Origin::Pulled), None);
}
