//! What a flag serves to whom no target and no rule is meant for, after the pages "Flag evaluation" and
//! "Flag prerequisites".

use passport_evidence::Reason;
use serde_json::Value;

use crate::connectors::launchdarkly::{
    collect::Found,
    flag::{Config, Flag, Prerequisite, WHOLE},
    wanted::Wanted,
};

/// Longest number that is shown.
const MAX_SHOWN: usize = 20;

/// What is served.
#[derive(Debug, Clone)]
pub struct Serving {
    /// Whether the flag is archived, as a whole or in the environment: nobody evaluates it then.
    pub is_archived: bool,
    /// What is served, or why that is not known.
    pub served: Result<Served, Reason>,
}

/// What is served to the default audience.
#[derive(Debug, Clone)]
pub struct Served {
    /// Whether the flag is on, and so is what it depends on.
    pub is_on: bool,
    /// The share of what is expected, in thousandths of a percent; `None`: the shares are no shares.
    pub share: Option<u32>,
    /// What is served, as it is shown: what is expected, if that is among it.
    pub shown: String,
    /// What is expected, as it is shown.
    pub expected: Option<String>,
    /// Whether targets or rules serve something else, of the flag or of what it depends on.
    pub has_others: bool,
    /// Whether it is part of an experiment.
    pub is_experiment: bool,
}

/// Whether what a flag depends on is as it has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Condition {
    is_met: bool,
    has_others: bool,
}

// === impl Serving ===

impl Serving {
    /// Of a flag in an environment.
    pub fn of(found: &Found, environment: &str, wanted: &Wanted) -> Self {
        let flag = &found.flag;
        let config = flag.in_environment(environment);
        Self {
            is_archived: flag.archived || config.is_some_and(|it| it.archived),
            served: config
                .ok_or(Reason::NoData)
                .and_then(|it| served(found, it, environment, wanted)),
        }
    }
}

fn served(
    found: &Found,
    config: &Config,
    environment: &str,
    wanted: &Wanted,
) -> Result<Served, Reason> {
    let flag = &found.flag;
    let expected = wanted.expected_of(flag.variations.iter().map(|it| &it.0))?;
    let condition = match config.on {
        true => conditions(found, config, environment)?,
        false => Condition {
            is_met: false,
            has_others: false,
        },
    };
    let (shares, is_experiment) = match condition.is_met {
        true => {
            let fallthrough = config.fallthrough.as_ref();
            let fallthrough = fallthrough.ok_or(Reason::UnexpectedShape)?;
            let shares = fallthrough.shares().ok_or(Reason::UnexpectedShape)?;
            (shares, fallthrough.is_experiment())
        }
        // Without one the code decides, and nobody here knows what it says.
        false => {
            let off = config.off_variation.ok_or(Reason::NoData)?;
            (vec![(off, WHOLE.into())], false)
        }
    };
    if shares.iter().any(|(at, _)| *at >= flag.variations.len()) {
        return Err(Reason::UnexpectedShape);
    }
    let share = share(&shares, expected);
    let among = |at: &usize| expected == Some(*at);
    let parts = || {
        shares
            .iter()
            .filter(|(_, weight)| *weight > 0)
            .map(|(at, _)| *at)
    };
    let first = parts().find(among).or(parts().next());
    Ok(Served {
        is_on: condition.is_met,
        share,
        shown: first.map_or_else(String::new, |at| shown(flag, at)),
        expected: expected.map(|at| shown(flag, at)),
        has_others: condition.has_others || (condition.is_met && config.has_others_than(expected)),
        is_experiment,
    })
}

/// The share of what is expected, if all shares are such and together are the whole.
fn share(shares: &[(usize, i64)], expected: Option<usize>) -> Option<u32> {
    let weights = shares.iter().map(|(_, weight)| i128::from(*weight));
    let are_shares = shares.iter().all(|(_, weight)| *weight >= 0);
    let sum: i128 = weights.sum();
    let of_expected = shares.iter().filter(|(at, _)| expected == Some(*at));
    let share: i128 = of_expected.map(|(_, weight)| i128::from(*weight)).sum();
    match are_shares && sum == i128::from(WHOLE) {
        true => u32::try_from(share).ok(),
        false => None,
    }
}

/// What all prerequisites add up to.
fn conditions(found: &Found, config: &Config, environment: &str) -> Result<Condition, Reason> {
    let mut all = Condition {
        is_met: true,
        has_others: false,
    };
    for prerequisite in &config.prerequisites {
        let read = found.prerequisites.get(&prerequisite.key);
        let flag = read.ok_or(Reason::Incomplete)?;
        let flag = flag.as_ref().map_err(|it| *it)?;
        let one = condition(flag, prerequisite, environment)?;
        all.is_met &= one.is_met;
        all.has_others |= one.has_others;
    }
    Ok(all)
}

/// What a prerequisite says: it is met where it is on and serves what is wanted of it. One level is read: what
/// it depends on itself is not known.
fn condition(flag: &Flag, wanted: &Prerequisite, environment: &str) -> Result<Condition, Reason> {
    let config = flag.in_environment(environment).ok_or(Reason::NoData)?;
    let unmet = Condition {
        is_met: false,
        has_others: false,
    };
    if !config.on || flag.archived || config.archived {
        return Ok(unmet);
    }
    if !config.prerequisites.is_empty() {
        return Err(Reason::Incomplete);
    }
    let shares = config.fallthrough.as_ref().and_then(|it| it.shares());
    let shares = shares.ok_or(Reason::UnexpectedShape)?;
    let has_others = config.has_others_than(Some(wanted.variation));
    match share(&shares, Some(wanted.variation)) {
        None => Err(Reason::UnexpectedShape),
        Some(WHOLE) => Ok(Condition {
            is_met: true,
            has_others,
        }),
        // It is asked for each context anew: those that a rule or a name serves what is wanted meet it.
        Some(0) => Ok(Condition {
            is_met: false,
            has_others: config.may_serve(wanted.variation),
        }),
        // Some of the audience has it, and nobody says which.
        Some(_) => Err(Reason::Incomplete),
    }
}

/// A variation as it is shown. Texts and objects may hold anything, so that only their place is told.
fn shown(flag: &Flag, at: usize) -> String {
    let value = flag.variations.get(at).map(|it| &it.value);
    match value {
        Some(Value::Bool(value)) => value.to_string(),
        Some(Value::Number(number)) if number.to_string().len() <= MAX_SHOWN => number.to_string(),
        Some(_) | None => format!("variation {at}"),
    }
}
