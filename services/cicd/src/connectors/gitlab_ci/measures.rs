//! Figures of a pipeline: its tests and its coverage. Pure.

use passport_evidence::{Fact, FactName, Quantity, Reason, Status, Threshold, Unit};
use serde_json::value::RawValue;

use super::model::TestSummary;

pub const TEST_REPORT: FactName = FactName::fixed("test_report");
pub const COVERAGE: FactName = FactName::fixed("coverage");
/// Longest text that is read as a share.
const MAX_DIGITS: usize = 32;

/// Failed and broken tests. Where the total and its suites differ, the larger number counts.
pub fn test_report(read: &Result<TestSummary, Reason>, is_going_on: bool) -> Fact {
    let none: Option<Threshold> = "= 0".parse().ok();
    let unknown = |reason| Fact::unknown(TEST_REPORT, reason).wanting(none.clone());
    let summary = match read {
        Ok(summary) => summary,
        Err(reason) => return unknown(*reason),
    };
    let total = &summary.total;
    let suites = &summary.test_suites;
    let of_suites = suites
        .iter()
        .map(|it| it.failed_count.saturating_add(it.error_count));
    let of_suites = of_suites.fold(0, u64::saturating_add);
    let bad = total.failed.saturating_add(total.error).max(of_suites);
    let is_broken = total.suite_error.is_some() || suites.iter().any(|it| it.suite_error.is_some());
    match (&none, bad) {
        (Some(none), 1..) => Fact::measured(
            TEST_REPORT,
            Quantity::count(bad).into(),
            &none.clone().into(),
        ),
        (_, _) if is_going_on => going_on(TEST_REPORT).wanting(none),
        // Tests that were all skipped prove nothing.
        (Some(none), 0) if total.count.min(total.success) > 0 && !is_broken => {
            Fact::measured(TEST_REPORT, Quantity::count(0).into(), &none.clone().into())
        }
        (_, _) => unknown(Reason::NoData),
    }
}

/// The coverage of a pipeline; until it has ended, more of it may come.
pub fn coverage(
    read: Result<Option<&RawValue>, Reason>,
    wanted: Option<&Threshold>,
    is_going_on: bool,
) -> Fact {
    let share = match read {
        Ok(Some(share)) => percent(share).map(Some),
        Ok(None) => Ok(None),
        Err(reason) => Err(reason),
    };
    let fact = match (share, wanted) {
        (Ok(Some(share)), Some(wanted)) => {
            Fact::measured(COVERAGE, share.into(), &wanted.clone().into())
        }
        (Ok(Some(share)), None) => {
            Fact::not_applicable(COVERAGE, Reason::Informational).showing(share)
        }
        (Ok(None), Some(_)) => Fact::unknown(COVERAGE, Reason::NoData),
        (Ok(None), None) => Fact::not_applicable(COVERAGE, Reason::Informational),
        (Err(reason), _) => Fact::unknown(COVERAGE, reason),
    };
    let is_judged = wanted.is_some() && fact.status() != Status::Unknown;
    let fact = match is_judged && is_going_on {
        true => going_on(COVERAGE),
        false => fact,
    };
    fact.wanting(wanted.cloned())
}

fn going_on(name: FactName) -> Fact {
    Fact::pending(name, Reason::InProgress)
}

/// GitLab writes `"83.2"`, and of old `83.2`: either way as it stands, as what is rounded on the way may come to
/// lie on the other side of a threshold.
fn percent(share: &RawValue) -> Result<Quantity, Reason> {
    let text = match share.get().starts_with('"') {
        true => serde_json::from_str(share.get()).map_err(|_| Reason::NotANumber)?,
        false => share.get().to_owned(),
    };
    let plain = |it: char| it.is_ascii_digit() || matches!(it, '.' | '-');
    if !text.chars().all(plain) || text.len() > MAX_DIGITS {
        return Err(Reason::NotANumber);
    }
    let bare = Quantity::parse(&text).map_err(|_| Reason::NotANumber)?;
    match bare.within(Some(&0.into()), Some(&100.into())) {
        true => Ok(Quantity::new(bare.number().clone(), Unit::Percent)),
        false => Err(Reason::OutOfDomain),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn tests(summary: Value, is_going_on: bool) -> (Status, Option<Reason>) {
        let summary = serde_json::from_value(summary).map_err(|_| Reason::UnexpectedShape);
        let fact = test_report(&summary, is_going_on);
        (fact.status(), fact.reason())
    }

    fn summary(count: u64, failed: u64, error: u64, suite_error: Value) -> Value {
        json!({
            "total": {"count": count, "success": count, "failed": failed, "error": error},
            "test_suites": [{
                "failed_count": failed, "error_count": error, "suite_error": suite_error,
            }],
        })
    }

    #[test]
    fn a_report_passes_only_with_tests_and_without_failures() {
        let missed = (Status::Failed, Some(Reason::ThresholdMissed));
        let no_data = (Status::Unknown, Some(Reason::NoData));
        let in_progress = (Status::Pending, Some(Reason::InProgress));
        for (report, goes_on, expected) in [
            (summary(9, 0, 0, json!(null)), false, (Status::Passed, None)),
            (summary(9, 0, 0, json!(null)), true, in_progress),
            (summary(9, 1, 0, json!(null)), false, missed),
            (summary(9, 0, 1, json!(null)), true, missed),
            (summary(9, 2, 0, json!("broken")), false, missed),
            (summary(9, 0, 0, json!("broken")), false, no_data),
            (summary(0, 0, 0, json!(null)), false, no_data),
            (
                json!({"total": {"count": 5, "success": 0, "failed": 0, "error": 0, "skipped": 5}, "test_suites": []}),
                false,
                no_data,
            ),
            (summary(9, u64::MAX, u64::MAX, json!(null)), false, missed),
            (
                json!({"total": {"count": 9, "success": 9, "failed": 0, "error": 0}}),
                false,
                (Status::Unknown, Some(Reason::UnexpectedShape)),
            ),
        ] {
            assert_eq!(tests(report.clone(), goes_on), expected, "{report}");
        }
        let hidden = json!({
            "total": {"count": 9, "success": 9, "failed": 0, "error": 0},
            "test_suites": [{"failed_count": 3, "error_count": 0}],
        });
        assert_eq!(tests(hidden, false), missed);
    }

    #[test]
    fn coverage_is_a_share_or_nothing() {
        let wanted: Threshold = ">= 80%".parse().unwrap();
        for (share, status, reason) in [
            (json!("83.2"), Status::Passed, None),
            (json!(80), Status::Passed, None),
            (json!("79.9"), Status::Failed, Some(Reason::ThresholdMissed)),
            (json!("101"), Status::Unknown, Some(Reason::OutOfDomain)),
            (json!("-1"), Status::Unknown, Some(Reason::OutOfDomain)),
            (json!("NaN"), Status::Unknown, Some(Reason::NotANumber)),
            (json!("83.2%"), Status::Unknown, Some(Reason::NotANumber)),
            (json!(1e300), Status::Unknown, Some(Reason::NotANumber)),
            (
                json!("9".repeat(99)),
                Status::Unknown,
                Some(Reason::NotANumber),
            ),
            (json!(null), Status::Unknown, Some(Reason::NoData)),
        ] {
            let read: Option<Box<RawValue>> = serde_json::from_value(share.clone()).unwrap();
            let fact = coverage(Ok(read.as_deref()), Some(&wanted), false);
            assert_eq!((fact.status(), fact.reason()), (status, reason), "{share}");
            let fact = coverage(Ok(read.as_deref()), Some(&wanted), true);
            assert_ne!(fact.status(), Status::Passed, "{share}");
        }
    }

    #[test]
    fn coverage_keeps_all_its_digits() {
        let wanted: Threshold = ">= 80%".parse().unwrap();
        for share in [
            "79.99999999999999999999",
            "\"79.99999999999999999999\"",
            "7.99999999999999999999e1",
            "[80]",
            "true",
            "{\"value\":80}",
            "\"\\u0038\\u0031%\"",
        ] {
            let read: Box<RawValue> = serde_json::from_str(share).unwrap();
            let fact = coverage(Ok(Some(&read)), Some(&wanted), false);
            assert_ne!(fact.status(), Status::Passed, "{share}");
        }
    }
}
