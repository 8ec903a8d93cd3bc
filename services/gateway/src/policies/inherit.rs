//! From the outermost policy inwards: each makes the ones before it tighter.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use passport_evidence::{Problem, Scope};
use passport_policy::gate::{FactAt, GatePolicy, Mode, Requirement, WaiverRules};
use passport_service_kit::config::{model, path};

use super::read;
use crate::configured::{Unusable, scope};

/// The policies that hold for one scope, the outermost first.
pub(super) struct OfScope<'a> {
    names: [&'a str; 3],
    levels: [Level<'a>; 3],
}

/// One policy and where it stands.
struct Level<'a> {
    path: String,
    policy: &'a model::Policy,
    mode: model::Mode,
}

/// Every scope of a file.
pub(super) fn scopes(settings: &model::Settings) -> impl Iterator<Item = OfScope<'_>> {
    settings.workspaces.iter().flat_map(|(workspace, of)| {
        let at = path::key("workspaces", workspace.as_str());
        let outer = Level::of(&at, &of.policy, of.mode);
        of.services.iter().flat_map(move |(service, of)| {
            let at = path::key(&path::key(&at, "services"), service.as_str());
            let (outer, middle) = (outer.clone(), Level::of(&at, &of.policy, of.mode));
            of.environments.iter().map(move |(environment, of)| {
                let at = path::key(&path::key(&at, "environments"), environment.as_str());
                let inner = Level::of(&at, &of.policy, of.mode);
                OfScope {
                    names: [workspace.as_str(), service.as_str(), environment.as_str()],
                    levels: [outer.clone(), middle.clone(), inner],
                }
            })
        })
    })
}

// === impl Level ===

impl<'a> Level<'a> {
    fn of(holder: &str, policy: &'a model::Policy, mode: model::Mode) -> Self {
        Self {
            path: path::key(holder, "policy"),
            policy,
            mode,
        }
    }
}

impl Clone for Level<'_> {
    fn clone(&self) -> Self {
        Self {
            path: self.path.clone(),
            ..*self
        }
    }
}

// === impl OfScope ===

impl OfScope<'_> {
    pub fn scope(&self) -> Result<Scope, Unusable> {
        let [workspace, service, environment] = self.names;
        Ok(scope(workspace, service, environment)?)
    }

    /// Where the innermost stands.
    pub fn path(&self) -> String {
        let [.., inner] = &self.levels;
        inner.path.clone()
    }

    pub fn policy(&self) -> Result<GatePolicy, Unusable> {
        let mut whole = GatePolicy {
            requirements: self.requirements()?,
            ..GatePolicy::default()
        };
        for level in &self.levels {
            let policy = level.policy;
            whole.mode = whole.mode.max(mode(level.mode));
            whole.binds.revision |= policy.bind.contains(&model::Bind::Revision);
            whole.binds.artifact_digest |= policy.bind.contains(&model::Bind::ArtifactDigest);
            for at in &policy.one_artifact {
                push_new(&mut whole.chain, read::fact_at(at)?);
            }
            let least = usize::try_from(policy.least_live_sources).unwrap_or(usize::MAX);
            whole.least_live_sources = whole.least_live_sources.max(least);
            let approvals = usize::try_from(policy.approvals).unwrap_or(usize::MAX);
            whole.approvals = whole.approvals.max(approvals);
            if let Some(at) = &policy.runs {
                whole.runs = Some(read::fact_at(at)?);
            }
            for (name, age) in &policy.max_age {
                let (name, age) = (read::source(name)?, read::max_age(*age, &level.path)?);
                let tightest = whole.max_age.entry(name).or_insert(age);
                *tightest = age.min(*tightest);
            }
            for (at, rule) in policy.rules.iter().enumerate() {
                let unusable = |_| Unusable::Policy(rule_path(level, at, "that"));
                whole.rules.push(read::rule(rule).map_err(unusable)?);
            }
        }
        whole.waivers = self.waivers()?;
        Ok(whole)
    }

    /// What is required further out goes only where it said that it may.
    fn requirements(&self) -> Result<Vec<Requirement>, Unusable> {
        let mut whole: Vec<(Requirement, bool)> = Vec::new();
        for level in &self.levels {
            let own = level.policy.require.iter();
            let own = own.map(|it| Ok((read::requirement(it)?, it.replaceable)));
            let own = own.collect::<Result<Vec<_>, Unusable>>()?;
            whole.retain(|(outer, may_go)| {
                let is_replaced = own.iter().any(|(it, _)| it.of == outer.of);
                !(*may_go && is_replaced)
            });
            whole.extend(own);
        }
        Ok(whole.into_iter().map(|(it, _)| it).collect())
    }

    /// Only what every level that speaks of waivers lets be waived, for the shortest time.
    fn waivers(&self) -> Result<WaiverRules, Unusable> {
        let mut rules: Option<WaiverRules> = None;
        for waivers in self
            .levels
            .iter()
            .filter_map(|it| it.policy.waivers.as_ref())
        {
            let of = waivers.of.iter().map(read::fact_at);
            let of = of.collect::<Result<Vec<_>, _>>()?;
            let longest = TimeDelta::from_std(waivers.longest.0).unwrap_or(TimeDelta::MAX);
            rules = Some(match rules {
                None => WaiverRules {
                    of,
                    longest: Some(longest),
                    second_actor: waivers.second_actor,
                },
                Some(outer) => WaiverRules {
                    of: outer.of.into_iter().filter(|it| of.contains(it)).collect(),
                    longest: outer.longest.map(|it| it.min(longest)),
                    second_actor: outer.second_actor || waivers.second_actor,
                },
            });
        }
        Ok(rules.unwrap_or_default())
    }

    /// What is wrong with it that no schema sees.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems: Vec<_> = self.levels.iter().flat_map(bad_rules).collect();
        problems.extend(self.rules_twice());
        problems.extend(self.short_chain());
        problems.extend(self.never_waived());
        problems
    }

    /// A decision names the rule that made it.
    fn rules_twice(&self) -> Vec<Problem> {
        let mut first = BTreeMap::new();
        let mut problems = Vec::new();
        for level in &self.levels {
            for (at, rule) in level.policy.rules.iter().enumerate() {
                let path = rule_path(level, at, "name");
                let known = first
                    .entry(rule.name.as_str())
                    .or_insert_with(|| level.path.clone());
                if *known != level.path {
                    let reason = format!("is the name of a rule of {known} too, which holds here");
                    let fix = "give each rule a name of its own";
                    problems.push(Problem::new(path, reason, fix));
                }
            }
        }
        problems
    }

    /// One fact alone says nothing of where an artifact came from.
    fn short_chain(&self) -> Option<Problem> {
        let all = self.levels.iter().flat_map(|it| &it.policy.one_artifact);
        let mut distinct: Vec<_> = all.collect();
        distinct.sort();
        distinct.dedup();
        let level = self
            .levels
            .iter()
            .find(|it| !it.policy.one_artifact.is_empty())?;
        (distinct.len() < 2).then(|| {
            let reason = "names one fact, which is compared with nothing";
            let fix = "add the fact that names the artifact where it is built, deployed or runs";
            Problem::new(path::key(&level.path, "one_artifact"), reason, fix)
        })
    }

    fn never_waived(&self) -> Vec<Problem> {
        let speaking = self.levels.iter().filter(|it| it.policy.waivers.is_some());
        let mut outer: Option<&Level<'_>> = None;
        let mut problems = Vec::new();
        for level in speaking {
            let own = of_waivers(level);
            let beyond = own
                .iter()
                .enumerate()
                .filter(|(_, at)| outer.is_some_and(|outer| !of_waivers(outer).contains(at)));
            problems.extend(beyond.map(|(at, _)| {
                let at = path::index(&path::key(&path::key(&level.path, "waivers"), "of"), at);
                let outer = outer.map_or("", |it| &it.path);
                let reason = format!("can't be waived here: {outer}.waivers does not let it");
                Problem::new(at, reason, "name it there too, or take it out here")
            }));
            outer = Some(level);
        }
        problems
    }
}

fn of_waivers<'a>(level: &Level<'a>) -> &'a [model::FactAt] {
    level.policy.waivers.as_ref().map_or(&[], |it| &it.of)
}

fn bad_rules(level: &Level<'_>) -> Vec<Problem> {
    let rules = level.policy.rules.iter().enumerate();
    let bad = rules.filter_map(|(at, rule)| {
        let bad = read::rule(rule).err()?;
        let fix = "write an expression of CEL such as `facts.all(f, f.status != \"warning\")`";
        Some(Problem::new(
            rule_path(level, at, "that"),
            bad.to_string(),
            fix,
        ))
    });
    bad.collect()
}

fn rule_path(level: &Level<'_>, at: usize, key: &str) -> String {
    path::key(&path::index(&path::key(&level.path, "rules"), at), key)
}

fn push_new(chain: &mut Vec<FactAt>, at: FactAt) {
    if !chain.contains(&at) {
        chain.push(at);
    }
}

fn mode(mode: model::Mode) -> Mode {
    match mode {
        model::Mode::Shadow => Mode::Shadow,
        model::Mode::Advisory => Mode::Advisory,
        model::Mode::Enforce => Mode::Enforce,
    }
}
