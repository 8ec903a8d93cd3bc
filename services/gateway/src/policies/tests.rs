use passport_evidence::Scope;
use passport_policy::gate::{Consequence, FactAt, Mode, Severity, Wanted};
use passport_service_kit::config::{Context, Loaded, SourceChecks, load_bytes};
use serde_json::Value;

use super::{Effective, Policies, problems};

/// Any source will do.
struct Anything;

impl SourceChecks for Anything {
    fn check(&self, _: &str, _: &Value, _: &Context<'_>) -> Vec<passport_evidence::Problem> {
        Vec::new()
    }
}

/// A workspace, a service and an environment with these policies, and three sources.
fn loaded(workspace: &str, service: &str, environment: &str) -> Loaded {
    let file = format!(
        "workspaces:\n  acme:\n    {workspace}\n    services:\n      shop:\n        {service}\n        \
         environments:\n          live:\n            {environment}\n            sources:\n              \
         ci: {{ connector: a }}\n              prom: {{ connector: b }}\n              \
         cluster: {{ connector: c }}\n"
    );
    load_bytes("passport.yaml", file.as_bytes(), &Anything)
        .unwrap_or_else(|report| panic!("{report}"))
}

fn effective(workspace: &str, service: &str, environment: &str) -> Effective {
    let loaded = loaded(workspace, service, environment);
    assert_eq!(problems(&loaded.settings), []);
    let scope = Scope {
        workspace: "acme".parse().unwrap(),
        service: "shop".parse().unwrap(),
        environment: "live".parse().unwrap(),
    };
    let policies = Policies::of(&loaded).unwrap();
    Effective::clone(policies.of_scope(&scope).unwrap())
}

fn told(workspace: &str, service: &str, environment: &str) -> Vec<String> {
    let loaded = loaded(workspace, service, environment);
    let problems = problems(&loaded.settings);
    problems
        .iter()
        .map(|it| format!("{}: {}", it.path, it.reason))
        .collect()
}

fn at(source: &str, fact: &str) -> FactAt {
    FactAt {
        source: source.parse().unwrap(),
        fact: passport_evidence::FactName::new(fact).unwrap(),
    }
}

#[test]
fn further_in_it_only_gets_tighter() {
    let Effective { policy, .. } = effective(
        "policy: { require: [ { category: metrics } ], max_age: { prom: 2m }, bind: [revision], \
         least_live_sources: 2, approvals: 1 }\n    mode: advisory",
        "policy: { max_age: { prom: 5m, ci: 1h }, least_live_sources: 1 }",
        "policy: { require: [ { source: ci, facts: [pipeline_status] } ], max_age: { ci: 30m }, \
         bind: [artifact_digest] }\n            mode: shadow",
    );
    assert_eq!(policy.mode, Mode::Advisory);
    assert_eq!(policy.requirements.len(), 2);
    assert!(policy.binds.revision && policy.binds.artifact_digest);
    assert_eq!((policy.least_live_sources, policy.approvals), (2, 1));
    let ages: Vec<_> = policy
        .max_age
        .iter()
        .map(|(name, age)| (name.as_str(), age.as_secs()))
        .collect();
    assert_eq!(ages, [("ci", 1_800), ("prom", 120)]);
}

#[test]
fn a_requirement_goes_only_where_it_says_that_it_may() {
    let inner = "policy: { require: [ { source: ci, severity: warns } ] }";
    let stays = effective(
        "policy: { require: [ { source: ci } ] }",
        "mode: shadow",
        inner,
    );
    let severities = |of: &Effective| {
        of.policy
            .requirements
            .iter()
            .map(|it| it.severity)
            .collect::<Vec<_>>()
    };
    assert_eq!(severities(&stays), [Severity::Blocks, Severity::Warns]);
    let outer = "policy: { require: [ { source: ci, replaceable: true }, { source: prom } ] }";
    let goes = effective(outer, "mode: shadow", inner);
    assert_eq!(severities(&goes), [Severity::Blocks, Severity::Warns]);
    let named: Vec<_> = goes
        .policy
        .requirements
        .iter()
        .map(|it| it.of.clone())
        .collect();
    assert_eq!(
        named,
        ["prom", "ci"].map(|name| Wanted::Source(name.parse().unwrap()))
    );
}

#[test]
fn only_what_every_level_lets_be_waived_can_be_and_for_the_shortest_time() {
    let outer = "policy: { waivers: { of: [ { source: prom, fact: error_rate }, { source: ci, fact: \
                 pipeline_status } ], longest: 12h } }";
    let inner = "policy: { waivers: { of: [ { source: prom, fact: error_rate } ], longest: 24h, \
                 second_actor: true } }";
    let rules = effective(outer, "mode: shadow", inner).policy.waivers;
    assert_eq!(rules.of, [at("prom", "error_rate")]);
    assert_eq!(rules.longest.unwrap().num_hours(), 12);
    assert!(rules.second_actor);
    let said = told(inner, outer, "mode: shadow");
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with("workspaces.acme.services.shop.policy.waivers.of[1]: can't be waived")
    );
}

#[test]
fn what_no_schema_sees_is_told_with_its_place() {
    let rule = |name: &str, that: &str| {
        format!(
            "policy: {{ rules: [ {{ name: {name}, that: '{that}', otherwise: hold, next: wait }} ] }}"
        )
    };
    let said = told(&rule("quiet", "size(facts"), "mode: shadow", "mode: shadow");
    assert!(
        said[0].starts_with("workspaces.acme.policy.rules[0].that: is no expression"),
        "{said:?}"
    );
    let said = told(
        &rule("quiet", "true"),
        "mode: shadow",
        &rule("quiet", "false"),
    );
    assert!(
        said[0].contains("environments.live.policy.rules[0].name: is the name of a rule"),
        "{said:?}"
    );
    let chain = "policy: { one_artifact: [ { source: ci, fact: built } ] }";
    let said = told("mode: shadow", chain, "mode: shadow");
    assert!(
        said[0].starts_with("workspaces.acme.services.shop.policy.one_artifact: names one"),
        "{said:?}"
    );
    let rest = "policy: { one_artifact: [ { source: cluster, fact: running } ] }";
    assert_eq!(effective(chain, "mode: shadow", rest).policy.chain.len(), 2);
}

#[test]
fn equal_policies_have_one_digest_wherever_they_stand() {
    let requires = "policy: { require: [ { source: ci, warning: canary } ] }";
    let one = effective(requires, "mode: shadow", "mode: shadow");
    let other = effective("mode: shadow", "mode: shadow", requires);
    assert_eq!(one.digest, other.digest);
    assert_eq!(
        one.policy.requirements[0].means.warning,
        Consequence::Canary
    );
    let looser = "policy: { require: [ { source: ci, warning: allow } ] }";
    assert_ne!(
        one.digest,
        effective(looser, "mode: shadow", "mode: shadow").digest
    );
}
