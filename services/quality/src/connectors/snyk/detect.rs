//! Tests that a pipeline already makes with Snyk.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFiles, Setting, Why, blank, table,
};

use crate::pipelines::{commands, steps};

const ACTION: &str = "snyk/actions";
const POLICY: &str = ".snyk";
/// What the command can be told to look at.
const TESTS: [&str; 5] = ["test", "monitor", "container", "code", "iac"];

/// One candidate, if anything in the repository says that Snyk watches it.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let steps = steps(files, ACTION);
    let steps = steps
        .iter()
        .map(|it| Why::new(it.file, it.line, "a step tests with Snyk"));
    let lines = commands(files, "snyk", &TESTS);
    let lines = lines
        .iter()
        .map(|it| Why::new(it.file, it.line, "a command tests with Snyk"));
    let policies = files
        .named(&[POLICY])
        .map(|it| Why::new(it, 1, "a policy of Snyk"));
    let why: Vec<_> = steps.chain(lines).chain(policies).collect();
    Detected::because(why, proposal()).into_iter().collect()
}

/// Which projects Snyk keeps of a repository, only Snyk knows.
fn proposal() -> Proposal {
    let project = blank("UUID of the project, an item of this list for each");
    let scope = table([
        ("org_id", blank("UUID of the organization, in its settings")),
        ("project_ids", Setting::List(vec![project])),
    ]);
    Proposal::named("snyk")
        .with_credential("SNYK_TOKEN")
        .with("scope", scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(files: &[(&str, &str)]) -> Vec<(String, usize)> {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        let found = detect(&files.iter().map(owned).collect());
        let why = found.into_iter().flat_map(|it| it.why);
        why.map(|it| (it.file, it.line)).collect()
    }

    #[test]
    fn steps_commands_and_policies_are_one_candidate() {
        let workflow = "jobs:\n  a:\n    steps:\n      - uses: snyk/actions/node@master\n      - run: snyk monitor\n";
        let found = places(&[
            (".github/workflows/a.yml", workflow),
            (".snyk", "ignore: {}"),
        ]);
        let wanted = [
            (".github/workflows/a.yml", 4),
            (".github/workflows/a.yml", 5),
            (".snyk", 1),
        ];
        assert_eq!(found, wanted.map(|(file, line)| (file.to_owned(), line)));
    }

    #[test]
    fn nothing_of_it_is_no_candidate() {
        let text =
            "jobs: {a: {steps: [{uses: 'snyk/actions-of-mine@v1'}, {run: snyk --version}]}}\n";
        assert_eq!(
            places(&[
                (".github/workflows/a.yml", text),
                ("README.md", "snyk test")
            ]),
            []
        );
    }
}
