//! Whatever rules a token has, only those that allow no more than its source needs are narrow.

use passport_connector_sdk::credential_scope::Breadth;
use proptest::{prelude::*, sample::subsequence};

use crate::connectors::nomad::acl::rules::Rights;

const GENERATED: u32 = 20_000;
const OWN: &str = "namespace \"shop\" { policy = \"read\" }";
/// Rules that allow nothing beyond reading jobs of `shop`.
const HARMLESS: [&str; 5] = [
    "namespace \"shop\" { capabilities = [\"list-jobs\", \"parse-job\"] }",
    "namespace \"*\" { policy = \"deny\" }",
    "agent { policy = \"deny\" }",
    "namespace \"shop\" { capabilities = [\"read-job-scaling\"] } # scales nothing",
    "namespace \"shop\" { variables { path \"*\" { capabilities = [\"deny\"] } } }",
];
/// Rules that allow more, or can't be understood.
const TOO_MUCH: [&str; 15] = [
    "namespace { policy = \"read\" }",
    "namespace \"shop-2\" { policy = \"read\" }",
    "namespace \"sh*\" { capabilities = [\"read-job\"] }",
    "namespace = { \"other\" = { policy = \"read\" } }",
    "namespace \"shop\" { capabilities = [\"alloc-exec\"] }",
    "namespace \"shop\" { policy = \"Write\" }",
    "namespace \"shop\" { policy = [\"read\"] }",
    "namespace \"shop\" { capabilities = \"read-job\" }",
    "namespace \"shop\" \"x\" { policy = \"read\" }",
    "namespace \"shop\" { secrets { path \"*\" { } } policy = \"read\" }",
    "namespace \"shop\" { variables { path \"*\" { capabilities = [\"write\"] } } }",
    "node_pool \"gpu\" { policy = \"read\" }",
    "host_volume \"data\" { policy = \"write\" }",
    "operator { capabilities = [\"snapshot-save\"] }",
    "sentinel { policy = \"read\" }",
];

fn breadth(rules: &str) -> Breadth {
    let mut rights = Rights::of_namespace("shop");
    rights.add_rules(rules);
    rights.breadth()
}

#[test]
fn each_rule_that_allows_too_much_is_told() {
    for rule in TOO_MUCH {
        let breadth = breadth(&format!("{OWN}\n{rule}"));
        assert_ne!(breadth, Breadth::Narrow, "{rule}");
    }
    for rule in HARMLESS {
        assert_eq!(
            breadth(&format!("{OWN}\n{rule}")),
            Breadth::Narrow,
            "{rule}"
        );
    }
    assert_eq!(breadth(HARMLESS[1]), Breadth::Unverifiable);
}

#[test]
fn a_rule_without_a_label_is_for_the_default_namespace() {
    for (rules, expected) in [
        ("namespace { policy = \"read\" }", Breadth::Narrow),
        (
            "namespace { capabilities = [\"submit-job\"] }",
            Breadth::WriteCapable,
        ),
        (r#"{"namespace": {"policy": "read"}}"#, Breadth::Narrow),
        (
            r#"{"namespace": {"policy": {"policy": "read"}}}"#,
            Breadth::Broad,
        ),
    ] {
        let mut rights = Rights::of_namespace("default");
        rights.add_rules(rules);
        assert_eq!(rights.breadth(), expected, "{rules}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(GENERATED))]

    #[test]
    fn rules_are_narrow_only_together(
        harmless in subsequence(HARMLESS.to_vec(), 0..=HARMLESS.len()),
        too_much in subsequence(TOO_MUCH.to_vec(), 0..=2),
    ) {
        let all: Vec<_> = [OWN].into_iter().chain(harmless).chain(too_much.clone()).collect();
        let is_narrow = breadth(&all.join("\n")) == Breadth::Narrow;
        prop_assert_eq!(is_narrow, too_much.is_empty());
    }

    #[test]
    fn no_text_is_more_than_it_says(text in "[a-z{}\\[\\]=\", \\n#/*$\\\\]{0,60}") {
        prop_assert_ne!(breadth(&text), Breadth::Narrow);
    }

    #[test]
    fn cut_rules_are_never_narrow(at in 1..OWN.len()) {
        prop_assert_ne!(breadth(&OWN[..at]), Breadth::Narrow);
    }
}
