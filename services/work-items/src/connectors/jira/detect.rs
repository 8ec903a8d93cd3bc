//! Services whose changes are tickets of Jira.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

use super::names;

/// An annotation of a service in a catalogue (Backstage, "Jira plugin").
const ANNOTATION: &str = "jira/project-key";
/// Steps of a workflow that ask Jira.
const STEPS: &str = "uses: atlassian/gajira-";

/// One candidate, if anything in the repository says that Jira is used.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = files.iter().flat_map(reasons);
    Detected::because(why, proposal(files))
        .into_iter()
        .collect()
}

fn reasons(file: &RepositoryFile) -> Vec<Why> {
    if !file.is_yaml() {
        return Vec::new();
    }
    let annotated = |line: &str| key(line).is_some();
    let asks = |line: &str| line.trim_start_matches("- ").starts_with(STEPS);
    let found = [
        file.why(annotated, "a project of Jira in a catalogue"),
        file.why(asks, "a step that asks Jira"),
    ];
    found.into_iter().flatten().collect()
}

fn proposal(files: &RepositoryFiles) -> Proposal {
    let lines = files.yaml().flat_map(|file| file.text().lines());
    let mut keys = lines.filter_map(|line| key(line.trim()));
    let first = keys.next();
    let is_one = keys.all(|it| Some(it) == first);
    let project = first
        .and_then(plain)
        .filter(|it| is_one && names::is_project(it));
    let project = Setting::or_blank(project, "the project's key, such as PAY");
    let status = blank("id of the status that approves, in quotes");
    Proposal::named("change")
        .with("endpoint", blank("https://SITE.atlassian.net"))
        .with(
            "credential",
            table([
                ("email", table([("env", "JIRA_USER".into())])),
                ("api_token", table([("env", "JIRA_TOKEN".into())])),
            ]),
        )
        .with(
            "scope",
            table([
                ("projects", Setting::List(vec![project])),
                ("fix_version", "${subject.version}".into()),
            ]),
        )
        .with(
            "approval",
            table([("approved_statuses", Setting::List(vec![status]))]),
        )
}

/// The key that an annotation names.
fn key(line: &str) -> Option<&str> {
    let line = line
        .trim_start_matches(['"', '\''])
        .strip_prefix(ANNOTATION)?;
    let value = line.trim_start_matches(['"', '\'']).trim_start();
    let value = value.strip_prefix(':')?.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(path: &str, text: &str) -> Option<serde_json::Value> {
        let files = [(path.to_owned(), text.to_owned())];
        let found = detect(&files.into_iter().collect());
        let scope = |it: &Detected| {
            let mut settings = it.proposal.settings.iter();
            let (_, scope) = settings.find(|(key, _)| key == "scope").unwrap();
            serde_json::to_value(scope).unwrap()["projects"][0].clone()
        };
        found.first().map(scope)
    }

    #[test]
    fn a_catalogue_names_the_project() {
        let text = "metadata:\n  annotations:\n    jira/project-key: PAY\n";
        assert_eq!(project("catalog-info.yaml", text), Some("PAY".into()));
        let two = format!("{text}---\n{}", text.replace("PAY", "OPS"));
        let found = project("catalog-info.yaml", &two).unwrap();
        assert!(found.as_str().unwrap().starts_with("FILL IN: "));
    }

    #[test]
    fn a_workflow_leaves_a_blank_and_other_files_say_nothing() {
        let text = "jobs:\n  x:\n    steps:\n      - uses: atlassian/gajira-login@v3\n";
        let found = project(".github/workflows/a.yml", text).unwrap();
        assert!(found.as_str().unwrap().starts_with("FILL IN: "));
        for (path, text) in [
            ("README.md", "jira/project-key: PAY"),
            ("a.yaml", "# jira/project-key: PAY"),
            ("a.yaml", "jira/project-key:"),
        ] {
            assert_eq!(project(path, text), None, "{path}");
        }
    }
}
