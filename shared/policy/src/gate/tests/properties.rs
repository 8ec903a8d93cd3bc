//! What holds for every policy and all evidence.

use std::collections::BTreeMap;

use std::collections::BTreeSet;

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::made::*;
use crate::gate::{
    Approval, Binds, Consequence, Decision, FactAt, GatePolicy, Means, Mode, Outlook, Requirement,
    RequirementResult, Severity, State, Waiver, WaiverRules, Wanted,
};
use chrono::TimeDelta;
use passport_evidence::{Category, Evidence, Fact, FailureCode, Origin, SourceName, Status};

const SOURCES: [&str; 4] = ["ci", "k8s", "prom", "scan"];
const FACTS: [&str; 3] = ["build", "error_rate", "tests"];
const CATEGORIES: [Category; 2] = [Category::CiCd, Category::Metrics];

/// Facts of a source, as they are written before they are evidence.
#[derive(Debug, Clone)]
pub(super) struct Told {
    source: &'static str,
    origin: Origin,
    facts: Vec<(&'static str, Option<&'static str>, Status, i64)>,
}

impl Told {
    fn evidence(&self) -> Evidence {
        let facts = self.facts.iter().map(|(name, item, status, age)| {
            let fact = fact(name, *status, *age);
            item.map_or(fact.clone(), |item| fact.about(item))
        });
        evidence_of(self.source, self.origin, facts.collect())
    }
}

fn statuses() -> impl Strategy<Value = Status> {
    // Mostly good, or hardly any release would go.
    prop_oneof![6 => Just(Status::Passed), 1 => select(Status::ALL.to_vec())]
}

fn told() -> impl Strategy<Value = Told> {
    let ages = prop_oneof![8 => 0..200_i64, 1 => 250..400_i64];
    let items = prop_oneof![4 => Just(None), 1 => select(vec![Some("eu"), Some("us")])];
    let facts = vec((select(FACTS.to_vec()), items, statuses(), ages), 1..5);
    let origins = prop_oneof![
        8 => Just(Origin::Pulled),
        2 => Just(Origin::Delivered),
        1 => Just(Origin::Declared)
    ];
    (select(SOURCES.to_vec()), origins, facts).prop_map(|(source, origin, facts)| Told {
        source,
        origin,
        facts,
    })
}

fn consequences(from: Consequence) -> impl Strategy<Value = Consequence> {
    let all = [
        Consequence::Allow,
        Consequence::Canary,
        Consequence::Approve,
        Consequence::Hold,
        Consequence::Block,
    ];
    select(all.into_iter().filter(|it| *it >= from).collect::<Vec<_>>())
}

fn means() -> impl Strategy<Value = Means> {
    // What is configured below hold is held all the same.
    let any = || consequences(Consequence::Allow);
    (any(), any(), any(), any()).prop_map(|(warning, pending, unknown, not_applicable)| Means {
        warning,
        pending,
        unknown,
        not_applicable,
    })
}

fn requirements() -> impl Strategy<Value = Requirement> {
    let wanted = prop_oneof![
        3 => select(SOURCES.to_vec()).prop_map(|it| Wanted::Source(source(it))),
        1 => select(CATEGORIES.to_vec()).prop_map(Wanted::Category),
    ];
    let facts = prop_oneof![
        1 => Just(Vec::new()),
        2 => vec(select(FACTS.to_vec()), 1..3),
    ];
    let severity = prop_oneof![5 => Just(Severity::Blocks), 1 => Just(Severity::Warns)];
    (wanted, facts, severity, means(), any::<bool>()).prop_map(
        |(of, facts, severity, means, accept_declared)| Requirement {
            of,
            facts: facts.into_iter().map(fact_name).collect(),
            severity,
            means,
            accept_declared,
        },
    )
}

fn places() -> impl Strategy<Value = FactAt> {
    (select(SOURCES.to_vec()), select(FACTS.to_vec())).prop_map(|(source, fact)| at(source, fact))
}

fn policies() -> impl Strategy<Value = GatePolicy> {
    let waivers = (vec(places(), 0..4), any::<bool>()).prop_map(|(of, second_actor)| WaiverRules {
        of,
        longest: None,
        second_actor,
    });
    let binds = any::<(bool, bool)>().prop_map(|(revision, artifact_digest)| Binds {
        revision,
        artifact_digest,
    });
    (
        vec(requirements(), 0..4),
        select(Mode::ALL.to_vec()),
        binds,
        0..3_usize,
        prop_oneof![4 => Just(0_usize), 1 => 1..3_usize],
        option::of(places()),
        waivers,
    )
        .prop_map(
            |(mut requirements, mode, binds, least_live_sources, approvals, runs, waivers)| {
                GatePolicy {
                    requirements: {
                        // Results are told apart by what was asked.
                        let mut words = BTreeSet::new();
                        requirements.retain(|it| words.insert(it.words()));
                        requirements
                    },
                    mode,
                    binds,
                    chain: Vec::new(),
                    least_live_sources,
                    approvals,
                    runs,
                    waivers,
                    rules: Vec::new(),
                    max_age: BTreeMap::new(),
                }
            },
        )
}

fn waivers() -> impl Strategy<Value = Waiver> {
    let items = select(vec![None, None, None, Some("eu")]);
    (places(), items, any::<bool>(), 0..4_u8).prop_map(|(of, item, second, fault)| {
        let mut waiver = waiver(&of, item);
        waiver.second_actor = second.then(|| person("bob"));
        match fault {
            0 => waiver.expires_at = now(),
            1 => waiver.subject.revision = None,
            _ => {}
        }
        waiver
    })
}

fn approvals() -> impl Strategy<Value = Approval> {
    (select(vec!["ada", "bob", "eve"]), -60..600_i64).prop_map(|(name, seconds)| Approval {
        id: format!("a-{name}-{seconds}"),
        expires_at: now() + TimeDelta::seconds(seconds),
        ..approval(name)
    })
}

/// What is told, beside all else that a decision is made of.
pub(super) fn given() -> impl Strategy<Value = (Vec<Told>, Given)> {
    let failures = vec(
        (select(SOURCES.to_vec()), select(FailureCode::ALL.to_vec())),
        0..2,
    );
    (
        policies(),
        vec(told(), 0..5),
        prop_oneof![3 => Just(Vec::new()), 1 => failures],
        vec(waivers(), 0..4),
        vec(approvals(), 0..4),
        any::<bool>(),
    )
        .prop_map(
            |(policy, told, failures, waivers, approvals, has_subject)| {
                let planned = SOURCES.iter().enumerate();
                let planned = planned.map(|(n, name)| (source(name), CATEGORIES[n % 2]));
                let given = Given {
                    policy,
                    subject: has_subject.then(subject),
                    planned: planned.collect(),
                    evidence: told.iter().map(Told::evidence).collect(),
                    failures: failures
                        .into_iter()
                        .map(|(name, code)| failure(name, code))
                        .collect(),
                    waivers,
                    approvals,
                };
                (told, given)
            },
        )
}

/// Something that takes away from what is known.
#[derive(Debug, Clone, Copy)]
enum Loss {
    /// A source says nothing any more.
    Gone,
    /// All that it says is older.
    Older(i64),
    /// One of its facts is worse.
    Worse(usize, Status),
    /// It can't answer.
    Fails(FailureCode),
}

fn losses() -> impl Strategy<Value = Loss> {
    prop_oneof![
        Just(Loss::Gone),
        (1..600_i64).prop_map(Loss::Older),
        (0..5_usize, select(Status::ALL.to_vec())).prop_map(|(at, to)| Loss::Worse(at, to)),
        select(FailureCode::ALL.to_vec()).prop_map(Loss::Fails),
    ]
}

/// Whether one status can come of another by a loss: a policy may take a warning for good enough, so that
/// only what was as good can become one, and what is not judged at all says less only than a pass.
fn is_loss(from: Status, to: Status) -> bool {
    match to {
        Status::Passed => from == Status::Passed,
        Status::Warning => matches!(from, Status::Passed | Status::Warning),
        Status::NotApplicable => matches!(from, Status::Passed | Status::NotApplicable),
        Status::Failed | Status::Unknown | Status::Pending => true,
    }
}

/// The same with a loss at one source.
fn with_loss(told: &[Told], given: &Given, name: &'static str, loss: Loss) -> Given {
    let mut told = told.to_vec();
    let mut given = given.clone();
    match loss {
        Loss::Gone => told.retain(|it| it.source != name),
        Loss::Older(seconds) => {
            for it in told.iter_mut().filter(|it| it.source == name) {
                it.facts.iter_mut().for_each(|fact| fact.3 += seconds);
            }
        }
        Loss::Worse(at, to) => {
            for it in told.iter_mut().filter(|it| it.source == name) {
                let at = at % it.facts.len();
                // What is too old says nothing any more, whatever it said.
                let counts = given.policy.aged(it.evidence(), now());
                if is_loss(counts.facts()[at].status(), to) {
                    it.facts[at].2 = to;
                }
            }
        }
        Loss::Fails(code) => {
            told.retain(|it| it.source != name);
            given.failures.push(failure(name, code));
        }
    }
    given.evidence = told.iter().map(Told::evidence).collect();
    given
}

/// A fact that blocks a release: it is required, failed, fresh, and nobody may waive it.
fn blocks(given: &Given) -> Option<SourceName> {
    let required = given.policy.requirements.iter();
    let required = required.filter(|it| it.severity == Severity::Blocks);
    let named = required.filter_map(|it| match &it.of {
        Wanted::Source(name) => Some((name, it)),
        Wanted::Category(_) => None,
    });
    let mut failing = named.filter(|(name, it)| {
        let evidence = given
            .evidence
            .iter()
            .filter(|evidence| evidence.source == **name);
        let evidence = evidence.filter(|evidence| evidence.provenance.origin != Origin::Declared);
        let mut facts = evidence.flat_map(Evidence::facts);
        facts.any(|fact: &Fact| {
            let is_wanted = it.facts.is_empty() || it.facts.contains(fact.name());
            is_wanted && fact.status() == Status::Failed
        })
    });
    failing.next().map(|(name, _)| name.clone())
}

fn permissiveness(decision: Decision) -> u8 {
    match decision {
        Decision::Allow => 2,
        Decision::AllowWithCanary => 1,
        Decision::RequireApproval
        | Decision::Hold
        | Decision::Block
        | Decision::RollbackRecommended => 0,
    }
}

fn says_no(decision: Decision) -> bool {
    matches!(decision, Decision::Block | Decision::RollbackRecommended)
}

fn shuffled<T: Clone>(all: &[T], by: usize) -> Vec<T> {
    let mut all: Vec<_> = all.iter().chain(all.first()).cloned().collect();
    let middle = by % all.len().max(1);
    all.rotate_left(middle);
    all.reverse();
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_loss_never_lets_a_release_go(
        (told, given) in given(), name in select(SOURCES.to_vec()), loss in losses()
    ) {
        let before = given.decide().decision;
        let after = with_loss(&told, &given, name, loss).decide().decision;
        prop_assert!(permissiveness(after) <= permissiveness(before), "{before} became {after}");
    }

    #[test]
    fn what_may_not_go_is_waited_for_or_settled((_, given) in given()) {
        let decided = given.decide();
        let outlook = Outlook::of(&decided.requirements, &given.failures);
        match decided.decision.lets_go() {
            true => prop_assert!(!outlook.is_settled),
            false => prop_assert!(outlook.is_settled || !outlook.waits_for.is_empty()),
        }
        let mut all = decided.requirements.iter();
        let says_no = all.any(|it| it.state == State::Violated);
        prop_assert!(outlook.is_settled || !says_no, "what failed is waited for");
    }

    #[test]
    fn what_still_fails_still_blocks(
        (told, mut given) in given(), name in select(SOURCES.to_vec()), loss in losses()
    ) {
        given.waivers.clear();
        let Some(failing) = blocks(&given) else { return Ok(()) };
        prop_assert!(says_no(given.decide().decision));
        prop_assume!(failing.as_str() != name);
        let after = with_loss(&told, &given, name, loss);
        prop_assert!(says_no(after.decide().decision));
    }

    #[test]
    fn neither_order_nor_repetition_matters((_, given) in given(), by in 0..7_usize) {
        let mut other = given.clone();
        other.evidence = shuffled(&given.evidence, by);
        other.failures = shuffled(&given.failures, by);
        other.waivers = shuffled(&given.waivers, by);
        other.approvals = shuffled(&given.approvals, by);
        let (one, other) = (given.decide(), other.decide());
        prop_assert_eq!(one.decision, other.decision);
        prop_assert_eq!(one.valid_until, other.valid_until);
        prop_assert_eq!(&one.waivers, &other.waivers);
        let kernel = |it: &RequirementResult| (
            it.requirement.clone(), it.state, it.consequence, it.source.clone(), it.fact.clone(),
            it.item.clone(), it.waiver_id.clone(),
        );
        let kernels = |all: &[RequirementResult]| all.iter().map(kernel).collect::<Vec<_>>();
        prop_assert_eq!(kernels(&one.requirements), kernels(&other.requirements));
    }

    #[test]
    fn every_requirement_is_accounted_for_once((_, given) in given()) {
        let policy = &given.policy;
        let mut expected: Vec<_> = policy.requirements.iter().map(Requirement::words).collect();
        let further = usize::from(expected.is_empty())
            + usize::from(policy.least_live_sources > 0)
            + usize::from(policy.binds != Binds::default())
            + usize::from(policy.approvals > 0);
        let decided = given.decide();
        let mut told: Vec<_> = decided.requirements.into_iter().map(|it| it.requirement).collect();
        prop_assert_eq!(told.len(), expected.len() + further);
        told.sort();
        expected.sort();
        for words in expected {
            let at = told.iter().position(|it| *it == words);
            prop_assert!(at.is_some(), "{words}");
            told.remove(at.unwrap_or_default());
        }
    }

    #[test]
    fn a_waiver_accepts_and_never_satisfies((_, given) in given()) {
        let without = Given { waivers: Vec::new(), ..given.clone() }.decide();
        let with = given.decide();
        for result in &with.requirements {
            let same = without.requirements.iter().find(|it| it.requirement == result.requirement);
            let same = same.unwrap();
            if result.state == State::Satisfied {
                prop_assert_eq!(same.state, State::Satisfied);
            }
            if let Some(id) = &result.waiver_id {
                prop_assert_eq!(result.state, State::Waived);
                prop_assert!(with.waivers.contains(id));
            }
        }
        // Taking waivers away never lets a release go.
        prop_assert!(permissiveness(without.decision) <= permissiveness(with.decision));
    }

    #[test]
    fn what_lets_go_names_its_end((_, given) in given()) {
        let decided = given.decide();
        if decided.decision.lets_go() {
            let rests = given.policy.requirements.iter().any(|it| it.severity == Severity::Blocks);
            prop_assert!(!rests || decided.valid_until.is_some_and(|it| it >= now()) || is_only_words(&given));
        } else {
            let stopping = decided.requirements.first().unwrap();
            prop_assert!(stopping.consequence > Consequence::Allow);
            prop_assert!(decided.until_allowed().next().is_some());
        }
    }

    #[test]
    fn an_empty_policy_holds((_, given) in given()) {
        let empty = GatePolicy { requirements: Vec::new(), ..given.policy.clone() };
        let decided = Given { policy: empty, ..given }.decide();
        prop_assert!(!decided.decision.lets_go());
    }
}

/// Nothing but facts that have no meaning here was asked for.
fn is_only_words(given: &Given) -> bool {
    let facts = given.evidence.iter().flat_map(Evidence::facts);
    facts
        .into_iter()
        .all(|fact| fact.status() != Status::Passed)
}
