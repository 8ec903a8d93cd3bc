//! Services whose people are called by PagerDuty.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, table,
};

/// The annotation of a service in a catalogue (Backstage, "PagerDuty plugin").
const ANNOTATION: &str = "pagerduty.com/service-id";
/// Receivers of Prometheus' Alertmanager.
const RECEIVER: &str = "pagerduty_configs:";
/// Resources of Terraform.
const RESOURCE: &str = "resource \"pagerduty_service\"";

/// One candidate, if anything in the repository says that PagerDuty is used.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = files.iter().flat_map(reasons);
    Detected::because(why, proposal(files))
        .into_iter()
        .collect()
}

fn reasons(file: &RepositoryFile) -> Vec<Why> {
    let found = match (file.is_yaml(), file.name().ends_with(".tf")) {
        (true, _) => [
            file.why(
                |line| id(line).is_some(),
                "a service of PagerDuty in a catalogue",
            ),
            file.why(
                |line| line.trim_start_matches("- ").starts_with(RECEIVER),
                "alerts that go to PagerDuty",
            ),
        ],
        (false, true) => [
            file.why(
                |line| line.starts_with(RESOURCE),
                "a service of PagerDuty in Terraform",
            ),
            None,
        ],
        (false, false) => [None, None],
    };
    found.into_iter().flatten().collect()
}

fn proposal(files: &RepositoryFiles) -> Proposal {
    let lines = files.yaml().flat_map(|file| file.text().lines());
    let mut ids: Vec<_> = lines.filter_map(|line| id(line.trim())).collect();
    ids.sort_unstable();
    ids.dedup();
    let services: Setting = match ids.is_empty() {
        true => std::iter::once(blank("id of the service, as it stands in its address")).collect(),
        false => ids.into_iter().take(20).collect(),
    };
    Proposal::named("incidents")
        .with_credential("PAGERDUTY_KEY")
        .with("scope", table([("services", services)]))
}

/// The id in an annotation.
fn id(line: &str) -> Option<&str> {
    let line = line
        .trim_start_matches(['"', '\''])
        .strip_prefix(ANNOTATION)?;
    let value = line
        .trim_start_matches(['"', '\''])
        .trim_start()
        .strip_prefix(':')?;
    let value = value.trim().trim_matches(['"', '\'']);
    let is_inner = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit();
    let is_id = (4..=32).contains(&value.len()) && value.bytes().all(is_inner);
    is_id.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn services(path: &str, text: &str) -> Option<serde_json::Value> {
        let files = [(path.to_owned(), text.to_owned())];
        let found = detect(&files.into_iter().collect());
        let scope = |it: &Detected| {
            let mut settings = it.proposal.settings.iter();
            let (_, scope) = settings.find(|(key, _)| key == "scope").unwrap();
            serde_json::to_value(scope).unwrap()["services"].clone()
        };
        found.first().map(scope)
    }

    #[test]
    fn a_catalogue_names_the_service() {
        for text in [
            "metadata:\n  annotations:\n    pagerduty.com/service-id: PCHK001\n",
            "metadata:\n  annotations:\n    'pagerduty.com/service-id': \"PCHK001\"\n",
        ] {
            let found = services("catalog-info.yaml", text);
            assert_eq!(found, Some(serde_json::json!(["PCHK001"])), "{text}");
        }
    }

    #[test]
    fn alerts_and_terraform_leave_a_blank() {
        for (path, text) in [
            (
                "alertmanager.yml",
                "receivers:\n- name: x\n  pagerduty_configs:\n  - routing_key: s\n",
            ),
            ("main.tf", "resource \"pagerduty_service\" \"checkout\" {\n"),
        ] {
            let found = services(path, text).unwrap();
            assert!(
                found[0].as_str().unwrap().starts_with("FILL IN: "),
                "{path}"
            );
        }
    }

    #[test]
    fn other_files_are_no_candidate() {
        for (path, text) in [
            ("README.md", "pagerduty.com/service-id: PCHK001"),
            ("a.yaml", "# pagerduty_configs: none"),
            ("a.yaml", "pagerduty.com/service-id: $SECRET"),
            ("main.tf", "# resource \"pagerduty_service\""),
        ] {
            assert_eq!(services(path, text), None, "{path}");
        }
    }
}
