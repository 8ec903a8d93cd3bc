//! Repositories whose code asks LaunchDarkly for flags.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFiles, Why, blank, plain, table,
};

/// Lists of dependencies.
const LISTS: [&str; 11] = [
    "package.json",
    "requirements.txt",
    "pyproject.toml",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "Cargo.toml",
    "composer.json",
    "Podfile",
];
/// Libraries, and what is told of them.
const LIBRARIES: [(&str, &str); 10] = [
    (
        "@launchdarkly/node-server-sdk",
        "the server library for Node.js",
    ),
    (
        "launchdarkly-node-server-sdk",
        "the server library for Node.js",
    ),
    (
        "launchdarkly-js-client-sdk",
        "the client library for browsers",
    ),
    (
        "launchdarkly-react-client-sdk",
        "the client library for React",
    ),
    (
        "github.com/launchdarkly/go-server-sdk",
        "the server library for Go",
    ),
    (
        "launchdarkly-java-server-sdk",
        "the server library for Java",
    ),
    ("launchdarkly-server-sdk", "a server library"),
    ("launchdarkly/server-sdk", "the server library for PHP"),
    (
        "launchdarkly-android-client-sdk",
        "the client library for Android",
    ),
    ("LaunchDarkly", "the client library for iOS"),
];
/// Where the tool that finds flags in code is configured.
const CODE_REFERENCES: &str = ".launchdarkly/coderefs.yaml";
/// Most files that are told of.
const MAX_FOUND: usize = 5;

/// One candidate for the whole repository: nothing in it says which flag a release is about.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let configured = files.get(CODE_REFERENCES);
    let configured = configured.map(|it| Why::new(it, 1, "where flags in code are looked for"));
    let depending = LIBRARIES
        .iter()
        .flat_map(|(library, what)| files.depending(&LISTS, library, what));
    let mut why: Vec<_> = configured.into_iter().chain(depending).collect();
    why.sort();
    why.dedup_by(|one, other| (&one.file, one.line) == (&other.file, other.line));
    why.truncate(MAX_FOUND);
    Detected::because(why, proposal(project(files)))
        .into_iter()
        .collect()
}

/// The project that the configuration of code references names.
fn project(files: &RepositoryFiles) -> Option<&str> {
    let documents = files.get(CODE_REFERENCES)?.documents();
    let name = documents.first()?.text_at(&["projKey"])?;
    plain(name).filter(|it| !it.contains(['/', ' ', '+']))
}

fn proposal(project: Option<&str>) -> Proposal {
    use passport_connector_sdk::detect::Setting;
    let scope = table([
        ("project", Setting::or_blank(project, "key of the project")),
        ("environment", blank("key of the environment")),
        ("flag", blank("key of the flag that the release is about")),
    ]);
    Proposal::named("launchdarkly")
        .with_credential("LAUNCHDARKLY_TOKEN")
        .with("scope", scope)
        .with("intent", "on")
        .with("expected_variation", true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(files: &[(&str, &str)]) -> Vec<Detected> {
        let files = files.iter();
        detect(
            &files
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_library_is_a_reason() {
        for (path, text, line) in [
            (
                "web/package.json",
                "{\n\"launchdarkly-js-client-sdk\": \"^3\"}",
                2,
            ),
            (
                "go.mod",
                "module a\n\trequire github.com/launchdarkly/go-server-sdk/v7 v7.1",
                2,
            ),
            ("requirements.txt", "launchdarkly-server-sdk==9.0", 1),
        ] {
            let found = detected(&[(path, text)]);
            assert_eq!(found.len(), 1, "{path}");
            assert_eq!(
                (found[0].why[0].file.as_str(), found[0].why[0].line),
                (path, line)
            );
        }
    }

    #[test]
    fn the_project_of_code_references_is_proposed() {
        let found = detected(&[(CODE_REFERENCES, "projKey: shop\n")]);
        let scope = serde_json::to_value(&found[0].proposal.settings[1].1).unwrap();
        assert_eq!(scope["project"], "shop");
        assert_eq!(found[0].proposal.settings[1].1.blanks(), 2);
    }

    #[test]
    fn a_word_in_passing_is_none() {
        assert_eq!(
            detected(&[("README.md", "we use launchdarkly-server-sdk")]),
            []
        );
        assert_eq!(
            detected(&[("package.json", "{\"name\": \"no-flags\"}")]),
            []
        );
    }
}
