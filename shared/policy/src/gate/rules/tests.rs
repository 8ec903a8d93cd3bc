use passport_evidence::{FailureCode, Origin, Status};
use proptest::prelude::*;

use super::{BadRule, Rule};
use crate::gate::{
    Consequence, Decision, GatePolicy, Requirement, State, Wanted,
    tests::made::{self, Given},
};

fn rule(that: &str) -> Result<Rule, BadRule> {
    Rule::compile("quiet", that, Consequence::Block, "make it quiet")
}

/// A release that may go but for its rules.
fn good(rules: Vec<Rule>) -> Given {
    let prom = made::source("prom");
    let facts = ["error_rate", "latency"];
    let facts = facts.map(|name| made::fact(name, Status::Passed, 30));
    Given {
        policy: GatePolicy {
            requirements: vec![Requirement::of(Wanted::Source(prom.clone()), [])],
            rules,
            ..GatePolicy::default()
        },
        subject: Some(made::subject()),
        planned: [(prom, passport_evidence::Category::Metrics)].into(),
        evidence: vec![made::evidence_of("prom", Origin::Pulled, facts.into())],
        failures: Vec::new(),
        waivers: Vec::new(),
        approvals: Vec::new(),
    }
}

fn decided(that: &str) -> Decision {
    good(vec![rule(that).unwrap()]).decide().decision
}

#[test]
fn a_rule_that_is_so_changes_nothing() {
    let rules = [
        "true",
        "facts.all(f, f.status == \"passed\")",
        "facts.exists(f, f.name == \"error_rate\" && f.value < 0.01)",
        "facts.filter(f, f.source == \"prom\").size() == 2",
        "facts.all(f, f.age_seconds < 60 && f.origin == \"pulled\")",
        "size(failures) == 0",
        "scope.environment == \"production\" && subject.version.startsWith(\"1.\")",
        "facts.all(f, facts.exists(g, g.name != f.name))",
    ];
    for that in rules {
        assert_eq!(decided(that), Decision::Allow, "{that}");
    }
}

#[test]
fn a_rule_that_is_not_so_has_the_consequence_that_it_names() {
    let consequences = [
        (Consequence::Allow, Decision::Allow),
        (Consequence::Canary, Decision::AllowWithCanary),
        (Consequence::Approve, Decision::RequireApproval),
        (Consequence::Hold, Decision::Hold),
        (Consequence::Block, Decision::Block),
    ];
    for (consequence, decision) in consequences {
        let rule = Rule::compile("quiet", "size(facts) > 2", consequence, "wait").unwrap();
        let decided = good(vec![rule]).decide();
        assert_eq!(decided.decision, decision);
        let result = decided
            .requirements
            .iter()
            .find(|it| it.requirement.starts_with("rule quiet"));
        assert_eq!(result.unwrap().next_action.as_deref(), Some("wait"));
    }
}

#[test]
fn what_a_rule_cannot_tell_is_never_good_enough() {
    let given = |consequence| {
        // True of the facts that it is tried over, whatever else it says.
        let that = "facts[0].name == \"fact\" || facts[9].value > 1.0";
        good(vec![
            Rule::compile("ninth", that, consequence, "wait").unwrap(),
        ])
    };
    for consequence in [Consequence::Allow, Consequence::Canary, Consequence::Hold] {
        let decided = given(consequence).decide();
        assert_eq!(decided.decision, Decision::Hold);
        assert_eq!(decided.requirements[0].state, State::Missing);
    }
    assert_eq!(given(Consequence::Block).decide().decision, Decision::Block);
}

#[test]
fn what_is_no_rule_is_told_when_it_is_compiled() {
    assert!(matches!(rule("size(facts"), Err(BadRule::Syntax(_))));
    assert_eq!(
        rule("evidence.size() > 1"),
        Err(BadRule::Unknown {
            name: "evidence".to_owned()
        })
    );
    assert_eq!(rule("size(facts)"), Err(BadRule::NoTruth));
    assert!(matches!(
        rule("size(facts) > \"a\""),
        Err(BadRule::Fails(_))
    ));
    assert!(matches!(
        rule("facts.all(f, f.colour == \"red\")"),
        Err(BadRule::Fails(_))
    ));
    assert!(matches!(rule("shout(facts)"), Err(BadRule::Fails(_))));
    let deep = "facts.all(a, facts.all(b, facts.all(c, a.name == c.name || b == c)))";
    assert_eq!(rule(deep), Err(BadRule::Deep));
}

#[test]
fn a_rule_that_would_take_long_is_not_evaluated() {
    let pairs = rule("facts.all(f, facts.exists(g, g.name == f.name))").unwrap();
    let mut given = good(vec![pairs]);
    assert_eq!(given.decide().decision, Decision::Allow);
    let many = (0..2_000).map(|at| made::fact(&format!("fact_{at}"), Status::Passed, 30));
    given.evidence = vec![made::evidence_of("prom", Origin::Pulled, many.collect())];
    let decided = given.decide();
    assert_eq!(decided.decision, Decision::Block);
    assert!(decided.requirements[0].explanation.contains("too long"));
}

#[test]
fn failures_can_be_spoken_of() {
    let mut given = good(vec![
        rule("!failures.exists(f, f.code == \"DENIED\")").unwrap(),
    ]);
    given.failures = vec![made::failure("ci", FailureCode::Denied)];
    assert_eq!(given.decide().decision, Decision::Block);
}

proptest! {
    #[test]
    fn any_text_is_a_rule_or_a_refusal(text in "\\PC{0,60}") {
        let _ = rule(&text);
    }

    #[test]
    fn anything_like_a_rule_is_one_or_a_refusal(
        words in prop::collection::vec(
            prop::sample::select(vec![
                "facts", ".all(f,", "f.value", "<", "0.5", ")", "(", "&&", "!", "size(", "\"a\"",
                "subject", ".version", "?", ":", "[0]", "null", "in", "{", "}", "- 1", ".map(x,",
            ]),
            0..14,
        ),
    ) {
        let _ = rule(&words.join(" "));
    }

    #[test]
    fn a_rule_never_makes_a_decision_milder(status in prop::sample::select(vec![
        Status::Failed, Status::Warning, Status::Pending, Status::Unknown, Status::NotApplicable,
    ])) {
        let with = |rules| {
            let mut given = good(rules);
            let facts = vec![made::fact("error_rate", status, 30)];
            given.evidence = vec![made::evidence_of("prom", Origin::Pulled, facts)];
            given.decide()
        };
        let (plain, ruled) = (with(Vec::new()), with(vec![rule("true").unwrap()]));
        prop_assert_eq!(plain.decision, ruled.decision);
    }
}

#[test]
fn what_a_rule_lets_go_ends_with_the_first_fact_that_it_may_speak_of() {
    let without = good(Vec::new());
    let with = |given: &Given| {
        let mut given = given.clone();
        let older = vec![made::fact("coverage", Status::Passed, 200)];
        given
            .evidence
            .push(made::evidence_of("quality", Origin::Pulled, older));
        given.decide()
    };
    let (plain, ruled) = (
        with(&without),
        with(&good(vec![rule("size(facts) > 2").unwrap()])),
    );
    assert_eq!(plain.decision, ruled.decision);
    assert_eq!(ruled.valid_until, Some(made::before(200 - 300)));
    assert!(plain.valid_until > ruled.valid_until);
}
