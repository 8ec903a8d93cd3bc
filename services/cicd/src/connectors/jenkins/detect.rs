//! Pipelines that a repository declares for Jenkins.

use passport_connector_sdk::detect::{
    Detected, Origin, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, table,
};

const FILE: &str = "Jenkinsfile";
/// How a pipeline begins, in both of its forms.
const BEGINNINGS: [&str; 2] = ["pipeline", "node"];

/// A candidate for each file that declares a pipeline. Which job runs it, only the server knows.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let origin = files.origin();
    let declared = files.named(&[FILE]).filter_map(declares);
    let found = declared.filter_map(|why| {
        let reasons = [why]
            .into_iter()
            .chain(origin.as_ref().map(|it| it.why.clone()));
        Detected::because(reasons, proposal(origin.as_ref()))
    });
    found.collect()
}

fn declares(file: &RepositoryFile) -> Option<Why> {
    let begins = |line: &str| {
        let rest = BEGINNINGS.iter().find_map(|word| line.strip_prefix(word));
        rest.is_some_and(|rest| rest.trim_start().starts_with(['{', '(']))
    };
    file.why(begins, "a pipeline of Jenkins")
}

fn proposal(origin: Option<&Origin>) -> Proposal {
    let job = blank(
        "the job: its folders and its name, each an item of this list; of a multibranch job the branch last",
    );
    let remote = origin.map(|it| format!("{}/{}", it.host, it.path));
    let mut scope = vec![("job".into(), Setting::List(vec![job]))];
    scope.extend(remote.map(|it| ("scm_url".into(), it.as_str().into())));
    let credential = table([
        ("username", table([("env", "JENKINS_USER".into())])),
        ("api_token", table([("env", "JENKINS_TOKEN".into())])),
    ]);
    Proposal::named("jenkins")
        .with(
            "endpoint",
            blank("the server with its context path, such as https://ci.example.com/jenkins"),
        )
        .with("credential", credential)
        .with("scope", Setting::Table(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> RepositoryFiles {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        files.iter().map(owned).collect()
    }

    #[test]
    fn both_forms_of_a_pipeline_are_candidates() {
        for (text, line) in [
            ("// of acme\npipeline {\n", 2),
            ("node {\n", 1),
            ("@Library('a') _\n\nnode('linux') {\n", 3),
        ] {
            let found = detect(&files(&[("ci/Jenkinsfile", text)]));
            assert_eq!(found[0].why[0].line, line, "{text}");
        }
        for text in ["", "nodes {", "echo 'pipeline'"] {
            assert_eq!(detect(&files(&[("Jenkinsfile", text)])), [], "{text}");
        }
        assert_eq!(detect(&files(&[("docs/Jenkinsfile.md", "pipeline {")])), []);
    }

    #[test]
    fn the_repository_is_known_and_the_job_is_not() {
        let config = "[remote \"origin\"]\nurl = https://ada:hunter2hunter2@git.example.com/acme/checkout-api.git\n";
        let found = detect(&files(&[
            ("Jenkinsfile", "pipeline {"),
            (".git/config", config),
        ]));
        let scope = serde_json::to_value(&found[0].proposal.settings[2].1).unwrap();
        assert_eq!(scope["scm_url"], "git.example.com/acme/checkout-api");
        assert!(scope["job"][0].as_str().unwrap().starts_with("FILL IN: "));
        assert!(!format!("{found:?}").contains("hunter2"));
    }
}
