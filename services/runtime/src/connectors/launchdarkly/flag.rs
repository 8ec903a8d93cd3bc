//! The fields of flags that are read, as LaunchDarkly's REST API names them (version 20240415). Of targets
//! and rules nothing is kept that names a user.

use std::collections::BTreeMap;

use passport_connector_sdk::Object;
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// All weights of a rollout together, in thousandths of a percent.
pub const WHOLE: u32 = 100_000;

/// A flag with one environment.
#[derive(Debug, Clone, Deserialize)]
pub struct Flag {
    pub key: String,
    pub archived: bool,
    pub variations: Vec<Object<Variation>>,
    environments: Option<BTreeMap<String, Object<Config>>>,
}

/// What a flag may serve.
#[derive(Debug, Clone, Deserialize)]
pub struct Variation {
    #[serde(rename = "_id")]
    pub id: Option<String>,
    pub value: Value,
}

/// A flag in one environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    pub on: bool,
    pub archived: bool,
    /// When somebody changed it here, in milliseconds since 1970.
    pub last_modified: Option<i64>,
    targets: Vec<Object<Target>>,
    context_targets: Vec<Object<Target>>,
    pub rules: Vec<Object<Rule>>,
    pub prerequisites: Vec<Object<Prerequisite>>,
    /// What is served to whom no target and no rule is meant for.
    pub fallthrough: Option<Object<Serve>>,
    /// What is served while it is off; `None`: what the code says.
    pub off_variation: Option<usize>,
    #[serde(rename = "_access")]
    access: Option<Object<Access>>,
}

/// One variation, or shares of several.
#[derive(Debug, Clone, Deserialize)]
pub struct Serve {
    pub variation: Option<usize>,
    pub rollout: Option<Object<Rollout>>,
}

/// Shares of several variations.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rollout {
    pub variations: Vec<Object<Weighted>>,
    /// Present where it is an experiment.
    pub experiment_allocation: Option<IgnoredAny>,
}

/// The share of a variation.
#[derive(Debug, Clone, Deserialize)]
pub struct Weighted {
    pub variation: usize,
    /// Thousandths of a percent.
    pub weight: i64,
}

/// What contexts with certain attributes get.
#[derive(Debug, Clone, Deserialize)]
pub struct Rule {
    pub disabled: Option<bool>,
    #[serde(flatten)]
    pub serve: Serve,
}

/// What certain contexts get. Their keys are counted only.
#[derive(Debug, Clone, Deserialize)]
pub struct Target {
    values: Vec<IgnoredAny>,
    pub variation: usize,
}

/// What another flag has to serve.
#[derive(Debug, Clone, Deserialize)]
pub struct Prerequisite {
    pub key: String,
    pub variation: usize,
}

/// What the credential may do with the flag.
#[derive(Debug, Clone, Deserialize)]
struct Access {
    allowed: Option<Vec<Object<Allowed>>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Allowed {
    action: String,
}

// === impl Flag ===

impl Flag {
    /// The flag in an environment.
    pub fn in_environment(&self, key: &str) -> Option<&Config> {
        self.environments.as_ref()?.get(key).map(|it| &it.0)
    }

    /// Whether it is said that the credential may do more with it than see it.
    pub fn may_be_changed(&self) -> bool {
        let configs = self.environments.iter().flat_map(BTreeMap::values);
        let access = configs.filter_map(|it| it.access.as_ref());
        let mut allowed = access.flat_map(|it| it.allowed.iter().flatten());
        allowed.any(|it| it.action != "viewProject")
    }
}

// === impl Config ===

impl Config {
    /// Whether contexts are named, or a rule is on, that get this, or what nobody can tell.
    pub fn may_serve(&self, variation: usize) -> bool {
        let targets = self.targets.iter().chain(&self.context_targets);
        let mut targets = targets.filter(|it| !it.values.is_empty());
        let mut rules = self.rules.iter().filter(|it| it.disabled != Some(true));
        targets.any(|it| it.variation == variation) || rules.any(|it| it.serve.may_be(variation))
    }

    /// Whether contexts are named, or a rule is on, that get something else than this.
    pub fn has_others_than(&self, expected: Option<usize>) -> bool {
        let targets = self.targets.iter().chain(&self.context_targets);
        let mut targets = targets.filter(|it| !it.values.is_empty());
        let mut rules = self.rules.iter().filter(|it| it.disabled != Some(true));
        targets.any(|it| expected != Some(it.variation))
            || rules.any(|it| !it.serve.is_only(expected))
    }
}

// === impl Serve ===

impl Serve {
    /// The share of each variation; `None`: it can't be told.
    pub fn shares(&self) -> Option<Vec<(usize, i64)>> {
        match (self.variation, &self.rollout) {
            (Some(variation), None) => Some(vec![(variation, WHOLE.into())]),
            (None, Some(rollout)) => {
                let weighted = rollout.variations.iter();
                Some(weighted.map(|it| (it.variation, it.weight)).collect())
            }
            (Some(_), Some(_)) | (None, None) => None,
        }
    }

    /// Whether it serves this to anybody, as far as that can be told.
    fn may_be(&self, variation: usize) -> bool {
        let shares = self.shares();
        shares.is_none_or(|it| {
            it.iter()
                .any(|(at, weight)| *at == variation && *weight != 0)
        })
    }

    /// Whether it serves this and nothing else.
    fn is_only(&self, expected: Option<usize>) -> bool {
        let shares = self.shares().unwrap_or_default();
        let mut served = shares.iter().filter(|(_, weight)| *weight != 0).peekable();
        served.peek().is_some() && served.all(|(it, _)| expected == Some(*it))
    }

    /// Whether it is part of an experiment.
    pub fn is_experiment(&self) -> bool {
        let rollout = self.rollout.as_ref();
        rollout.is_some_and(|it| it.experiment_allocation.is_some())
    }
}
