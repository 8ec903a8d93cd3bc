//! Services that New Relic watches.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

/// Configurations of the agents.
const CONFIGURATIONS: [&str; 5] = [
    "newrelic.yml",
    "newrelic.js",
    "newrelic.cjs",
    "newrelic.ini",
    "newrelic.config",
];
/// Variables that the agents read.
const VARIABLES: [&str; 3] = [
    "NEW_RELIC_APP_NAME",
    "NEW_RELIC_LICENSE_KEY",
    "NEW_RELIC_ENVIRONMENT",
];

/// Agents as libraries, and where they are named.
const LIBRARIES: [(&[&str], &str); 7] = [
    (&["package.json"], "newrelic"),
    (
        &["requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg"],
        "newrelic",
    ),
    (&["Gemfile"], "newrelic_rpm"),
    (&["go.mod"], "github.com/newrelic/go-agent/v3"),
    (
        &[
            "pom.xml",
            "build.gradle",
            "build.gradle.kts",
            "libs.versions.toml",
        ],
        "newrelic-agent",
    ),
    (
        &[
            "pom.xml",
            "build.gradle",
            "build.gradle.kts",
            "libs.versions.toml",
        ],
        "newrelic-api",
    ),
    (
        &["packages.config", "Directory.Packages.props"],
        "NewRelic.Agent",
    ),
];

/// The query that is the same for every service of an agent.
const ERROR_RATE: &str = "SELECT percentage(count(*), WHERE error IS true) AS 'value', count(*) AS 'n', \
    latest(timestamp) AS 'ts' FROM Transaction WHERE ${scope} SINCE 5 minutes ago";

/// One candidate, if anything in the repository says that it is watched.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = configurations(files)
        .chain(variables(files))
        .chain(libraries(files));
    Detected::because(why, proposal(name(files)))
        .into_iter()
        .collect()
}

fn configurations(files: &RepositoryFiles) -> impl Iterator<Item = Why> {
    let found = files.named(&CONFIGURATIONS);
    found.map(|file| Why::new(file, 1, "a configuration of New Relic's agent"))
}

fn variables(files: &RepositoryFiles) -> impl Iterator<Item = Why> {
    files.yaml().filter_map(variable)
}

/// As an entry of a list, a key, or an assignment.
fn variable(file: &RepositoryFile) -> Option<Why> {
    let names = |line: &str| {
        let line = line.trim_start_matches("- ").trim_start_matches("name: ");
        VARIABLES.iter().any(|name| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '=']))
        })
    };
    file.why(names, "a variable of New Relic's agents")
}

fn libraries(files: &RepositoryFiles) -> Vec<Why> {
    let what = "an agent of New Relic";
    let found = LIBRARIES.iter();
    found
        .flat_map(|(lists, library)| files.depending(lists, library, what))
        .collect()
}

/// The application's name, if every configuration that has one has the same. A name after a `;` is a further one.
fn name(files: &RepositoryFiles) -> Option<&str> {
    let documents = files
        .named(&["newrelic.yml"])
        .flat_map(|file| file.documents());
    let mut names = documents.filter_map(|it| it.text_at(&["common", "app_name"]));
    let first = names.next()?;
    (plain(first).is_some() && names.all(|it| it == first)).then_some(first)
}

fn proposal(name: Option<&str>) -> Proposal {
    let attributes = table([
        (
            "appName",
            Setting::or_blank(name, "the application's name in New Relic"),
        ),
        (
            "environment",
            blank(
                "the value of an attribute that tells the environment; rename the key if it is another",
            ),
        ),
    ]);
    let scope = table([
        ("account", blank("the number of the account")),
        ("attributes", attributes),
    ]);
    let queries = table([(
        "error_rate",
        table([
            ("nrql", ERROR_RATE.into()),
            ("unit", "percent".into()),
            ("min_volume", 50_u32.into()),
            ("threshold", "< 1%".into()),
        ]),
    )]);
    Proposal::named("new-relic")
        .with_credential("NEW_RELIC_USER_KEY")
        .with("scope", scope)
        .with("queries", queries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<Detected> {
        detect(&[(path.to_owned(), text.to_owned())].into_iter().collect())
    }

    fn name_of(found: &[Detected]) -> String {
        let scope = &found[0].proposal.settings[1];
        let scope = serde_json::to_value(&scope.1).unwrap();
        scope["attributes"]["appName"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_configuration_tells_the_name() {
        let text =
            "common: &default\n  license_key: '<%= ENV[\"X\"] %>'\n  app_name: checkout-api\n";
        assert_eq!(name_of(&found("config/newrelic.yml", text)), "checkout-api");
        for text in [
            "common:\n  app_name: a;b\n",
            "common:\n  app_name: '{{ name }}'\n",
            "",
        ] {
            assert!(
                name_of(&found("newrelic.yml", text)).starts_with("FILL IN: "),
                "{text}"
            );
        }
    }

    #[test]
    fn agents_and_variables_are_known() {
        for (path, text) in [
            (
                "package.json",
                "{\"dependencies\": {\"newrelic\": \"^12\"}}",
            ),
            ("Gemfile", "gem 'newrelic_rpm'"),
            ("go.mod", "require github.com/newrelic/go-agent/v3 v3.40.0"),
            (
                "compose.yaml",
                "services:\n  api:\n    environment:\n      NEW_RELIC_APP_NAME: api\n",
            ),
            ("app/newrelic.js", "'use strict'"),
        ] {
            assert_eq!(found(path, text).len(), 1, "{path}");
        }
        assert_eq!(found("README.md", "NEW_RELIC_APP_NAME: newrelic"), []);
    }
}
