//! Suites of Playwright, whose results could be uploaded.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFiles, Setting, Why, blank, table,
};

/// Where Playwright's runner finds what it does ("Test configuration").
const SETTINGS: [&str; 6] = [
    "playwright.config.ts",
    "playwright.config.js",
    "playwright.config.mts",
    "playwright.config.mjs",
    "playwright.config.cts",
    "playwright.config.cjs",
];
const RUNNER: &str = "@playwright/test";

/// One candidate, if the repository has a suite. What it runs on, and which hosts it asks, no file tells.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let settings = files.named(&SETTINGS);
    let settings = settings.map(|it| Why::new(it, 1, "settings of Playwright's runner"));
    let runner = files.depending(&["package.json"], RUNNER, "Playwright's runner");
    let why: Vec<_> = settings.chain(runner).collect();
    Detected::because(why, proposal()).into_iter().collect()
}

fn proposal() -> Proposal {
    let scope = table([
        (
            "producer",
            blank("the producer that the bundle's manifest names"),
        ),
        ("platform", blank("android, ios or web")),
    ]);
    let hosts = Setting::List(vec![blank(
        "a host that the suite asks, such as api.example.com",
    )]);
    Proposal::named("webview")
        .with("scope", scope)
        .with("allowed_hosts", hosts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(files: &[(&str, &str)]) -> Vec<Detected> {
        let files = files.iter();
        let files = files.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        detect(&files.collect())
    }

    #[test]
    fn a_suite_is_a_candidate_with_blanks_for_what_no_file_tells() {
        let package = "{\"devDependencies\": {\n\"@playwright/test\": \"1.65.0\"}}";
        for (files, reasons) in [
            (vec![("e2e/playwright.config.ts", "export default {}")], 1),
            (vec![("package.json", package)], 1),
            (
                vec![("package.json", package), ("playwright.config.mjs", "")],
                2,
            ),
        ] {
            let found = detected(&files);
            assert_eq!(found.len(), 1, "{files:?}");
            assert_eq!(found[0].why.len(), reasons, "{files:?}");
            let settings = found[0].proposal.settings.iter();
            assert_eq!(settings.map(|(_, it)| it.blanks()).sum::<usize>(), 3);
        }
    }

    #[test]
    fn other_files_are_no_candidate() {
        for (path, text) in [
            ("README.md", "we use @playwright/test"),
            (
                "package.json",
                "{\"description\": \"not @playwright/tests\"}",
            ),
            ("playwright.config.json", "{}"),
        ] {
            assert_eq!(detected(&[(path, text)]), [], "{path}");
        }
    }
}
