//! What Playwright's JSON reporter writes (its page "Reporters"; types in `testReporter.d.ts`).

use passport_connector_sdk::Object;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    connectors::mobile_webview::summary::{Flaw, Of, Tests, Writes},
    strict_json::Bounds,
};

#[derive(Deserialize)]
struct Report {
    config: Option<Object<Config>>,
    suites: Vec<Object<Suite>>,
    errors: Vec<IgnoredAny>,
    stats: Object<Stats>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    update_snapshots: Option<String>,
    shard: Option<Object<Shard>>,
}

#[derive(Deserialize)]
struct Shard {
    total: u64,
}

#[derive(Deserialize)]
struct Stats {
    expected: u64,
    unexpected: u64,
    flaky: u64,
    skipped: u64,
}

#[derive(Deserialize)]
struct Suite {
    suites: Option<Vec<Object<Suite>>>,
    specs: Vec<Object<Spec>>,
}

#[derive(Deserialize)]
struct Spec {
    ok: bool,
    tests: Vec<Object<Test>>,
}

#[derive(Deserialize)]
struct Test {
    status: String,
    results: Vec<Object<Attempt>>,
}

#[derive(Deserialize)]
struct Attempt {
    /// Null where the attempt did not end.
    status: Option<String>,
}

/// What is listed of single tests.
#[derive(Default)]
struct Listed {
    unexpected: u64,
    flaky: u64,
    not_ok: bool,
    odd: Option<Flaw>,
}

const BOUNDS: Bounds = Bounds {
    lists: &["errors", "results", "specs", "suites", "tests"],
    items: 200_000,
};

/// Adds a report. Of the summary and the list of a report the worse one counts.
pub fn add(of: &mut Of<Tests>, file: &[u8]) -> Result<(), Flaw> {
    let report: Report = super::object(file, &BOUNDS)?;
    let mut listed = Listed::default();
    listed.add_suites(&report.suites);
    let Object(stats) = &report.stats;
    let unexpected = stats.unexpected.max(listed.unexpected);
    let found = &mut of.found;
    found.expected = found.expected.saturating_add(stats.expected);
    found.unexpected = found.unexpected.saturating_add(unexpected);
    let flaky = stats.flaky.max(listed.flaky);
    found.flaky = found.flaky.saturating_add(flaky);
    found.skipped = found.skipped.saturating_add(stats.skipped);
    found.errors = found.errors.saturating_add(report.errors.len() as u64);
    found.writes = found.writes.max(writes(&report));
    of.files += 1;
    if listed.not_ok && unexpected == 0 {
        of.flaws.insert(Flaw::Contradictory);
    }
    if report.is_of_one_shard() {
        of.flaws.insert(Flaw::Partial);
    }
    listed.odd.map_or(Ok(()), Err)
}

/// After the page "TestConfig", `updateSnapshots`. All but `none` may write what is compared with.
fn writes(report: &Report) -> Writes {
    let config = report.config.as_ref();
    match config.and_then(|it| it.update_snapshots.as_deref()) {
        Some("none") => Writes::Never,
        // Without the option newer reports say `default`, which writes what is missing.
        Some("all" | "changed" | "missing" | "default") => Writes::Maybe,
        Some(_) | None => Writes::Unrecognized,
    }
}

// === impl Report ===

impl Report {
    /// Reports of single shards are to be merged before they are uploaded.
    fn is_of_one_shard(&self) -> bool {
        let shard = self.config.as_ref().and_then(|it| it.shard.as_ref());
        shard.is_some_and(|it| it.total != 1)
    }
}

// === impl Listed ===

impl Listed {
    fn add_suites(&mut self, suites: &[Object<Suite>]) {
        for suite in suites {
            self.add_suites(suite.suites.as_deref().unwrap_or_default());
            for spec in &suite.specs {
                self.not_ok |= !spec.ok;
                spec.tests.iter().for_each(|it| self.add(it));
            }
        }
    }

    fn add(&mut self, test: &Test) {
        match test.status.as_str() {
            "expected" | "skipped" => {}
            "unexpected" => self.unexpected += 1,
            "flaky" => self.flaky += 1,
            _ => self.odd = Some(Flaw::State),
        }
        // The run was ended before it was through.
        let is_cut =
            |it: &Object<Attempt>| matches!(it.status.as_deref(), None | Some("interrupted"));
        if test.results.iter().any(is_cut) {
            self.odd = self.odd.or(Some(Flaw::Partial));
        }
    }
}
