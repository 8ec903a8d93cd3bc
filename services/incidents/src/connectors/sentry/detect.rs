//! Services that report their errors to Sentry.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

/// Where Sentry's own tools find what they work on.
const SETTINGS: [&str; 2] = [".sentryclirc", "sentry.properties"];
const OF_JAVA: [&str; 4] = [
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "libs.versions.toml",
];
const OF_PYTHON: [&str; 4] = ["requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg"];

/// Libraries that report errors to Sentry, and where they are named.
const LIBRARIES: [(&[&str], &str); 13] = [
    (&["package.json"], "@sentry/node"),
    (&["package.json"], "@sentry/browser"),
    (&["package.json"], "@sentry/react"),
    (&["package.json"], "@sentry/nextjs"),
    (&["package.json"], "@sentry/vue"),
    (&["package.json"], "@sentry/angular"),
    (&OF_PYTHON, "sentry-sdk"),
    (&["go.mod"], "github.com/getsentry/sentry-go"),
    (&["Cargo.toml"], "sentry"),
    (&["Gemfile"], "sentry-ruby"),
    (&["composer.json"], "sentry/sentry"),
    (&OF_JAVA, "sentry-spring-boot-starter-jakarta"),
    (&OF_JAVA, "sentry-spring-boot-starter"),
];

/// One candidate, if anything in the repository says that it reports to Sentry.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = settings(files).into_iter().chain(libraries(files));
    Detected::because(why, proposal(files))
        .into_iter()
        .collect()
}

fn settings(files: &RepositoryFiles) -> Vec<Why> {
    let what = "settings of Sentry's tools";
    let names_project = |line: &str| value(line, "project").is_some();
    let found = files.named(&SETTINGS);
    found
        .filter_map(|file| file.why(names_project, what))
        .collect()
}

fn libraries(files: &RepositoryFiles) -> Vec<Why> {
    let what = "a library that reports errors to Sentry";
    let found = LIBRARIES.iter();
    found
        .flat_map(|(lists, library)| files.depending(lists, library, what))
        .collect()
}

fn proposal(files: &RepositoryFiles) -> Proposal {
    let named = |key| {
        let mut found = files.named(&SETTINGS).filter_map(|file| named(file, key));
        let first = found.next()?;
        found.all(|it| it == first).then_some(first)
    };
    let scope = table([
        (
            "organization",
            Setting::or_blank(named("org"), "slug of the organization"),
        ),
        (
            "project",
            Setting::or_blank(named("project"), "slug of the project"),
        ),
        (
            "environment",
            blank("the environment that the service itself sends to Sentry"),
        ),
        (
            "release",
            blank("version as the service sends it, such as checkout-api@${subject.version}"),
        ),
    ]);
    Proposal::named("errors")
        .with_credential("SENTRY_TOKEN")
        .with("scope", scope)
}

fn named<'a>(file: &'a RepositoryFile, key: &str) -> Option<&'a str> {
    let found = file.text().lines().find_map(|line| value(line.trim(), key));
    found.and_then(plain).filter(|it| !it.contains([' ', '/']))
}

/// `org=x` of a section `[defaults]`, or `defaults.org=x`.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let line = line.strip_prefix("defaults.").unwrap_or(line);
    let value = line.strip_prefix(key)?.trim_start().strip_prefix('=')?;
    Some(value.trim()).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(files: &[(&str, &str)]) -> Vec<(usize, serde_json::Value)> {
        let files = files.iter();
        let files = files.map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        let scope = |it: &Detected| {
            let mut settings = it.proposal.settings.iter();
            let (_, scope) = settings.find(|(key, _)| key == "scope").unwrap();
            (it.why.len(), serde_json::to_value(scope).unwrap())
        };
        detect(&files.collect()).iter().map(scope).collect()
    }

    #[test]
    fn settings_of_its_tools_name_organization_and_project() {
        let ini = "[defaults]\nurl = https://sentry.io/\norg = acme\nproject=checkout-api\n";
        let properties = "defaults.org=acme\ndefaults.project=checkout-api\nauth.token=sntrys_x\n";
        for (path, text) in [(".sentryclirc", ini), ("app/sentry.properties", properties)] {
            let found = detected(&[(path, text)]);
            assert_eq!(found[0].1["organization"], "acme", "{path}");
            assert_eq!(found[0].1["project"], "checkout-api", "{path}");
            assert!(!format!("{found:?}").contains("sntrys_x"));
        }
    }

    #[test]
    fn a_library_is_enough_and_two_projects_leave_a_blank() {
        let found = detected(&[
            (
                "package.json",
                "{\"dependencies\": {\"@sentry/node\": \"9\"}}",
            ),
            ("a/.sentryclirc", "project=a\norg=acme"),
            ("b/.sentryclirc", "project=b\norg=acme"),
        ]);
        assert_eq!(found[0].0, 3);
        assert_eq!(found[0].1["organization"], "acme");
        let project = found[0].1["project"].as_str().unwrap();
        assert!(project.starts_with("FILL IN: "));
    }

    #[test]
    fn other_files_are_no_candidate() {
        for (path, text) in [
            ("README.md", "we use sentry-sdk"),
            ("requirements.txt", "# sentry-sdk was here"),
            ("package.json", "{\"description\": \"not @sentry/nodes\"}"),
            (".sentryclirc", "[auth]\ntoken=sntrys_x"),
        ] {
            assert_eq!(detected(&[(path, text)]), [], "{path}");
        }
    }
}
