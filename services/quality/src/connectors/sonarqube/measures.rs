//! Measures beside the gate. Pure.

use passport_evidence::{Fact, FactName, Limits, Reason, Threshold};

use super::{
    model::{Component, Measure, Period},
    number,
    settings::{Measures, Scope, Target},
};

const MEASURE: FactName = FactName::fixed("measure");
/// Metrics of new code start so.
const NEW: &str = "new_";
/// Of the old periods, that of new code.
const NEW_CODE: u32 = 1;

/// Whether measures are of the target. The main branch may go unnamed.
pub fn are_of(component: &Component, scope: &Scope) -> bool {
    let (branch, pull_request) = match &scope.target {
        Target::Branch(name) => (Some(name), None),
        Target::PullRequest(key) => (None, Some(key)),
    };
    let is_unnamed = component.branch.is_none() && component.pull_request.is_none();
    let is_it = match branch {
        // Without a name it is the main branch, which may be the one that is meant.
        Some(_) => {
            component.pull_request.is_none() && (is_unnamed || component.branch.as_ref() == branch)
        }
        None => component.branch.is_none() && component.pull_request.as_ref() == pull_request,
    };
    component.key == scope.project_key && is_it
}

/// A fact for each metric that is wanted.
pub fn facts(wanted: &Measures, read: &Result<Vec<Measure>, Reason>) -> Vec<Fact> {
    let judge = |(metric, threshold): (&String, &Option<Threshold>)| {
        let limits = Limits {
            threshold: threshold.clone(),
            ..Limits::default()
        };
        let fact = match found(metric, read) {
            Err(reason) => Fact::unknown(MEASURE, reason).wanting(threshold.clone()),
            Ok(value) => Fact::measured(MEASURE, value, &limits),
        };
        fact.about(metric.clone())
    };
    wanted.iter().map(judge).collect()
}

/// A metric that is missing was not measured, which is no zero.
fn found(
    metric: &str,
    read: &Result<Vec<Measure>, Reason>,
) -> Result<passport_evidence::Value, Reason> {
    let all = read.as_ref().map_err(|reason| *reason)?;
    let mut named = all.iter().filter(|it| it.metric == metric);
    let measure = named.next().ok_or(Reason::NoData)?;
    if named.next().is_some() {
        return Err(Reason::Ambiguous);
    }
    let text = match metric.starts_with(NEW) {
        true => of_new_code(measure)?,
        false => measure.value.as_deref(),
    };
    let text = text.ok_or(Reason::NoData)?;
    number::value(metric, text).ok_or(Reason::NotANumber)
}

fn of_new_code(measure: &Measure) -> Result<Option<&str>, Reason> {
    let old = measure.periods.iter().flatten();
    let old = old.filter(|it| it.index == Some(NEW_CODE));
    let mut all = measure.period.iter().chain(old).map(said);
    let first = all.next().flatten();
    match all.all(|it| it == first) {
        true => Ok(first),
        false => Err(Reason::Ambiguous),
    }
}

fn said(period: &Period) -> Option<&str> {
    period.value.as_deref()
}
