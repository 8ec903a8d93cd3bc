//! Whatever is lost, doubled or changed of a report of an image, of a cluster, in SARIF or in an older form,
//! nothing passes that it does not say.

use passport_evidence::{Fact, Status};
use proptest::prelude::*;
use serde_json::Value;

use super::{
    fed,
    form_oracle::{
        cluster_may_pass, image_may_pass, list_may_pass, oldest_may_pass, sarif_may_pass,
    },
    form_reports::{CLUSTERS, IMAGES, LISTS, OLDEST, Reports, SARIF},
    mutated::mutated,
};

/// Of each form.
const CHANGED: u32 = 100_000;

/// What passed and may not have.
fn unearned(
    facts: Vec<Fact>,
    report: &Value,
    may_pass: fn(&Value, &Fact) -> bool,
) -> Result<(), String> {
    let mut passed = facts.iter().filter(|it| it.status() == Status::Passed);
    match passed.find(|it| !may_pass(report, it)) {
        None => Ok(()),
        Some(fact) => Err(format!("{fact:?} of {report}")),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn of_an_image_nothing_passes_that_is_not_said(report in mutated(&IMAGES)) {
        let facts = fed::of_image(report.to_string());
        prop_assert_eq!(unearned(facts, &report, image_may_pass), Ok(()));
    }

    #[test]
    fn of_a_cluster_nothing_passes_that_is_not_said(report in mutated(&CLUSTERS)) {
        let facts = fed::of_resource(report.to_string());
        prop_assert_eq!(unearned(facts, &report, cluster_may_pass), Ok(()));
    }

    #[test]
    fn of_a_list_nothing_passes_that_is_not_said(report in mutated(&LISTS)) {
        let facts = fed::of_image(report.to_string());
        prop_assert_eq!(unearned(facts, &report, list_may_pass), Ok(()));
    }

    #[test]
    fn of_the_oldest_form_nothing_passes(report in mutated(&OLDEST)) {
        let facts = fed::of_image(report.to_string());
        prop_assert_eq!(unearned(facts, &report, oldest_may_pass), Ok(()));
    }

    #[test]
    fn of_sarif_nothing_passes_that_is_not_said(report in mutated(&SARIF)) {
        let facts = fed::of_image(report.to_string());
        prop_assert_eq!(unearned(facts, &report, sarif_may_pass), Ok(()));
    }
}

/// Of each form as it was, what passes; the observers let that through.
#[test]
fn what_was_not_changed_passes_what_it_says() {
    type Form = (
        &'static Reports,
        fn(String) -> Vec<Fact>,
        fn(&Value, &Fact) -> bool,
        usize,
    );
    let forms: [Form; 5] = [
        (&IMAGES, fed::of_image, image_may_pass, 6),
        (&CLUSTERS, fed::of_resource, cluster_may_pass, 6),
        (&LISTS, fed::of_image, list_may_pass, 3),
        (&OLDEST, fed::of_image, oldest_may_pass, 0),
        (&SARIF, fed::of_image, sarif_may_pass, 4),
    ];
    for (reports, judge, may_pass, most) in forms {
        let passed = reports.iter().map(|report| {
            let facts = judge(report.to_string());
            let count = facts
                .iter()
                .filter(|it| it.status() == Status::Passed)
                .count();
            assert_eq!(unearned(facts, report, may_pass), Ok(()));
            count
        });
        let found = passed.max().unwrap_or_default();
        assert!(found >= most, "{found} of {most}: {}", reports[0]);
    }
}
