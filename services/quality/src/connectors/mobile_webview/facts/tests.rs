//! Whether the tests went as expected.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

use crate::connectors::mobile_webview::summary::{Of, Tests};

/// The fact.
pub const NAME: FactName = FactName::fixed("ui_test_result");

const RESULTS: StateTable = StateTable::new(&[
    ("failed", Meaning::Failed(Reason::BadState)),
    ("flaky", Meaning::Warning(Reason::Degraded)),
]);

/// The results of all reports. Where none passed at once, that none failed says nothing.
pub fn fact(reports: &Of<Tests>) -> Fact {
    let tests = &reports.found;
    let doubt = reports.doubt();
    if reports.files == 0 {
        return Fact::unknown(NAME, doubt.unwrap_or(Reason::NoData));
    }
    let found = tests.text();
    let state = |word| Fact::state(NAME, word, &RESULTS).showing(found.as_str());
    let unknown = |reason| Fact::unknown(NAME, reason).showing(found.as_str());
    if tests.unexpected > 0 || tests.errors > 0 {
        return state("failed");
    }
    if let Some(reason) = doubt {
        return unknown(reason);
    }
    if tests.expected == 0 {
        return unknown(Reason::InsufficientSample);
    }
    if tests.flaky > 0 {
        return state("flaky");
    }
    let wanted = Threshold::equals(&tests.as_wanted().text());
    Fact::measured(NAME, found.as_str().into(), &wanted.into())
}

// === impl Tests ===

impl Tests {
    /// The same tests, had each that ran gone as expected at once.
    fn as_wanted(&self) -> Self {
        let ran = [self.expected, self.unexpected, self.flaky];
        Self {
            expected: ran.into_iter().fold(0, u64::saturating_add),
            skipped: self.skipped,
            ..Self::default()
        }
    }

    fn text(&self) -> String {
        let failed = match self.unexpected {
            0 => String::new(),
            failed => format!("{failed} failed, "),
        };
        let errors = match self.errors {
            0 => String::new(),
            errors => format!(", {errors} errors outside of tests"),
        };
        format!(
            "{} passed, {failed}{} flaky, {} skipped{errors}",
            self.expected, self.flaky, self.skipped
        )
    }
}
