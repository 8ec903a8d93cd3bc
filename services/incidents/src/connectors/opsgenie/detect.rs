//! Services whose alerts go to Opsgenie.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, plain, table,
};

/// Annotations of a service in a catalogue (Backstage, "Opsgenie plugin").
const ANNOTATIONS: [&str; 2] = ["opsgenie.com/team", "opsgenie.com/component-selector"];
/// Receivers of Prometheus' Alertmanager.
const RECEIVER: &str = "opsgenie_configs:";
/// Resources of Terraform.
const RESOURCES: [&str; 3] = [
    "resource \"opsgenie_service\"",
    "resource \"opsgenie_team\"",
    "resource \"opsgenie_api_integration\"",
];

/// One candidate, if anything in the repository says that Opsgenie is used.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = files.iter().flat_map(reasons);
    Detected::because(why, proposal(files))
        .into_iter()
        .collect()
}

fn reasons(file: &RepositoryFile) -> Vec<Why> {
    let annotated = |line: &str| ANNOTATIONS.iter().any(|it| value(line, it).is_some());
    let receives = |line: &str| line.trim_start_matches("- ").starts_with(RECEIVER);
    let declares = |line: &str| RESOURCES.iter().any(|it| line.starts_with(it));
    let found = match (file.is_yaml(), file.name().ends_with(".tf")) {
        (true, _) => [
            file.why(annotated, "a service of Opsgenie in a catalogue"),
            file.why(receives, "alerts that go to Opsgenie"),
        ],
        (false, true) => [
            file.why(declares, "resources of Opsgenie in Terraform"),
            None,
        ],
        (false, false) => [None, None],
    };
    found.into_iter().flatten().collect()
}

fn proposal(files: &RepositoryFiles) -> Proposal {
    let lines = files.yaml().flat_map(|file| file.text().lines());
    let mut teams = lines.filter_map(|line| value(line.trim(), "opsgenie.com/team"));
    let first = teams.next();
    let is_one = teams.all(|it| Some(it) == first);
    let team = first.and_then(plain).filter(|_| is_one);
    let scope = match team {
        Some(team) => table([("team", team.into())]),
        None => table([(
            "tag",
            Setting::or_blank(
                None,
                "the tag of the service's alerts, such as service:checkout-api",
            ),
        )]),
    };
    Proposal::named("alerts")
        .with_credential("OPSGENIE_KEY")
        .with("scope", scope)
}

/// The value of an annotation.
fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let line = line.trim_start_matches(['"', '\'']).strip_prefix(name)?;
    let value = line
        .trim_start_matches(['"', '\''])
        .trim_start()
        .strip_prefix(':')?;
    let value = value.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(path: &str, text: &str) -> Option<serde_json::Value> {
        let files = [(path.to_owned(), text.to_owned())];
        let found = detect(&files.into_iter().collect());
        let scope = |it: &Detected| {
            let mut settings = it.proposal.settings.iter();
            let (_, scope) = settings.find(|(key, _)| key == "scope").unwrap();
            serde_json::to_value(scope).unwrap()
        };
        found.first().map(scope)
    }

    #[test]
    fn a_catalogue_names_the_team() {
        let text = "metadata:\n  annotations:\n    opsgenie.com/team: payments\n";
        let found = scope("catalog-info.yaml", text);
        assert_eq!(found, Some(serde_json::json!({"team": "payments"})));
        let two = format!("{text}---\n{}", text.replace("payments", "search"));
        let found = scope("catalog-info.yaml", &two).unwrap();
        assert!(found["tag"].as_str().unwrap().starts_with("FILL IN: "));
    }

    #[test]
    fn alerts_and_terraform_leave_a_blank() {
        for (path, text) in [
            (
                "alertmanager.yml",
                "receivers:\n- opsgenie_configs:\n  - api_key: s\n",
            ),
            ("main.tf", "resource \"opsgenie_team\" \"payments\" {\n"),
            ("c.yaml", "opsgenie.com/component-selector: 'tag:\"x\"'\n"),
        ] {
            let found = scope(path, text).unwrap();
            assert!(
                found["tag"].as_str().unwrap().starts_with("FILL IN: "),
                "{path}"
            );
        }
    }

    #[test]
    fn other_files_are_no_candidate() {
        for (path, text) in [
            ("README.md", "opsgenie.com/team: payments"),
            ("a.yaml", "# opsgenie_configs: none"),
            ("main.tf", "# resource \"opsgenie_team\""),
        ] {
            assert_eq!(scope(path, text), None, "{path}");
        }
    }
}
