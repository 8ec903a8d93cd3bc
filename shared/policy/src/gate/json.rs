//! The JSON of a policy as it holds for a scope. Equal policies have equal JSON, of which the digest
//! stands in every record that rests on the policy.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::{
    policy::{FactAt, GatePolicy, Requirement, Severity, Wanted},
    rules::Rule,
};

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Policy")]
struct PolicyJson {
    /// `shadow`, `advisory` or `enforce`.
    mode: &'static str,
    require: Vec<RequirementJson>,
    /// Tighter max ages by source.
    max_age_seconds: BTreeMap<String, u64>,
    /// What whoever asks has to name of the release.
    bind: Vec<&'static str>,
    /// Facts that have to name one and the same artifact.
    one_artifact: Vec<FactAtJson>,
    least_live_sources: usize,
    approvals: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    runs: Option<FactAtJson>,
    waivers: WaiversJson,
    rules: Vec<RuleJson>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Requirement")]
struct RequirementJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<&'static str>,
    /// Empty: all that are judged, at least one.
    facts: Vec<String>,
    /// `blocks` or `warns`.
    severity: &'static str,
    warning: &'static str,
    pending: &'static str,
    unknown: &'static str,
    not_applicable: &'static str,
    accept_declared: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "FactOfSource")]
struct FactAtJson {
    source: String,
    fact: String,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WaiverRules")]
struct WaiversJson {
    /// Facts that can be waived.
    of: Vec<FactAtJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_seconds: Option<i64>,
    second_actor: bool,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Rule")]
struct RuleJson {
    name: String,
    /// What has to be true.
    that: String,
    /// What follows where it is not.
    otherwise: &'static str,
    /// What to do then.
    next: String,
}

impl Serialize for GatePolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PolicyJson::from(self).serialize(serializer)
    }
}

impl JsonSchema for GatePolicy {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        PolicyJson::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        PolicyJson::json_schema(generator)
    }
}

impl From<&GatePolicy> for PolicyJson {
    fn from(policy: &GatePolicy) -> Self {
        let ages = policy.max_age.iter();
        let bound = [
            (policy.binds.revision, "revision"),
            (policy.binds.artifact_digest, "artifact_digest"),
        ];
        let bound = bound.into_iter().filter(|(is_bound, _)| *is_bound);
        Self {
            mode: policy.mode.as_str(),
            require: policy.requirements.iter().map(Into::into).collect(),
            max_age_seconds: ages
                .map(|(name, age)| (name.to_string(), age.as_secs().into()))
                .collect(),
            bind: bound.map(|(_, name)| name).collect(),
            one_artifact: policy.chain.iter().map(Into::into).collect(),
            least_live_sources: policy.least_live_sources,
            approvals: policy.approvals,
            runs: policy.runs.as_ref().map(Into::into),
            waivers: WaiversJson {
                of: policy.waivers.of.iter().map(Into::into).collect(),
                longest_seconds: policy.waivers.longest.map(|it| it.num_seconds()),
                second_actor: policy.waivers.second_actor,
            },
            rules: policy.rules.iter().map(Into::into).collect(),
        }
    }
}

impl From<&Requirement> for RequirementJson {
    fn from(required: &Requirement) -> Self {
        let (source, category) = match &required.of {
            Wanted::Source(name) => (Some(name.to_string()), None),
            Wanted::Category(category) => (None, Some(category.as_str())),
        };
        let means = required.means;
        Self {
            source,
            category,
            facts: required.facts.iter().map(ToString::to_string).collect(),
            severity: match required.severity {
                Severity::Blocks => "blocks",
                Severity::Warns => "warns",
            },
            warning: means.warning.as_str(),
            pending: means.of_pending().as_str(),
            unknown: means.of_unknown().as_str(),
            not_applicable: means.not_applicable.as_str(),
            accept_declared: required.takes_declared(),
        }
    }
}

impl From<&FactAt> for FactAtJson {
    fn from(at: &FactAt) -> Self {
        Self {
            source: at.source.to_string(),
            fact: at.fact.to_string(),
        }
    }
}

impl From<&Rule> for RuleJson {
    fn from(rule: &Rule) -> Self {
        Self {
            name: rule.name().to_owned(),
            that: rule.that().to_owned(),
            otherwise: rule.otherwise().as_str(),
            next: rule.next().to_owned(),
        }
    }
}
