//! What is wrong with a metric that a source names.

use passport_evidence::MaxAge;

use super::{ask::Stretch, settings::MetricSettings};

/// Most dimensions of a metric.
const MAX_DIMENSIONS: usize = 30;
/// Longest name, and longest value of a dimension.
const MAX_NAME: usize = 255;
const MAX_VALUE: usize = 1_024;
/// Periods under a minute, in seconds.
const SHORT_PERIODS: [u32; 4] = [1, 5, 10, 30];

/// What is wrong with a metric: at which key, why, and what to do.
type Wrong = (&'static str, &'static str, &'static str);

/// Whether it is one metric, and its number can be as fresh as it is said to be: what a period tells is true of its
/// begin as much as of its end, by which it is dated.
pub fn check(
    metric: &MetricSettings,
    stretch: Stretch,
    max_age: Option<MaxAge>,
) -> Result<(), Wrong> {
    let is_name = |text: &str, longest: usize| {
        (1..=longest).contains(&text.chars().count())
            && !text.contains('*')
            && !text.contains(char::is_control)
    };
    let dimensions = &metric.dimensions;
    let are_values =
        |(name, value): (&String, &String)| is_name(name, MAX_NAME) && is_name(value, MAX_VALUE);
    if !(1..=MAX_DIMENSIONS).contains(&dimensions.len()) || !dimensions.iter().all(are_values) {
        let reason =
            "is no set of 1 to 30 dimensions with exact values: without one it is the account's";
        let fix = "name every dimension of the one metric";
        return Err(("metric.dimensions", reason, fix));
    }
    if !is_name(&metric.namespace, MAX_NAME) || metric.namespace.starts_with(':') {
        return Err((
            "metric.namespace",
            "names none",
            "write it, such as AWS/ECS",
        ));
    }
    if !is_name(&metric.name, MAX_NAME) {
        return Err(("metric.name", "names none", "write the metric's exact name"));
    }
    let inner = |it: u8| it.is_ascii_alphanumeric() || b".()%:".contains(&it);
    let stat = metric.stat.as_bytes();
    if !(1..=MAX_NAME).contains(&stat.len()) || !stat.iter().all(|it| inner(*it)) {
        return Err((
            "metric.stat",
            "names no statistic",
            "write Sum, Average, or p95",
        ));
    }
    let period = metric.period.as_secs();
    if !SHORT_PERIODS.contains(&period) && !period.is_multiple_of(60) {
        let fix = "write 1s, 5s, 10s, 30s, or whole minutes";
        return Err(("metric.period", "is no period of CloudWatch", fix));
    }
    if max_age.is_some_and(|it| period > it.as_secs()) {
        return Err((
            "metric.period",
            "is longer than the source's max_age, so that most of what it tells is older",
            "write a shorter period, or a longer max_age",
        ));
    }
    match stretch.window < period.saturating_add(stretch.settle) {
        true => Err((
            "window",
            "is too short to hold one settled period",
            "write at least the period and the settle time",
        )),
        false => Ok(()),
    }
}
