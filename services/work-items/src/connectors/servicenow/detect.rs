//! Services whose releases are changes in ServiceNow.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, table,
};

/// Actions and tasks of pipelines ("DevOps Change Velocity").
const STEPS: [&str; 3] = [
    "uses: ServiceNow/servicenow-devops-",
    "uses: servicenow/servicenow-devops-",
    "task: ServiceNow-DevOps-",
];
/// Resources of Terraform.
const RESOURCE: &str = "resource \"servicenow_";
/// Ends the host of an instance.
const DOMAIN: &str = ".service-now.com";

/// One candidate, if anything in the repository says that ServiceNow is used.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = files.iter().filter_map(reason);
    Detected::because(why, proposal(files))
        .into_iter()
        .collect()
}

fn reason(file: &RepositoryFile) -> Option<Why> {
    let step = |line: &str| {
        let line = line.trim_start_matches("- ");
        STEPS.iter().any(|it| line.starts_with(it))
    };
    let declares = |line: &str| line.starts_with(RESOURCE);
    match (file.is_yaml(), file.name().ends_with(".tf")) {
        (true, _) => file.why(step, "a step of a pipeline that speaks with ServiceNow"),
        (false, true) => file.why(declares, "resources of ServiceNow in Terraform"),
        (false, false) => None,
    }
}

fn proposal(files: &RepositoryFiles) -> Proposal {
    let lines = files.yaml().flat_map(|file| file.text().lines());
    let mut found = lines.filter_map(instance);
    let first = found.next();
    let one = first.filter(|first| found.all(|it| it == *first));
    let endpoint = one.map(|it| format!("https://{it}{DOMAIN}"));
    let wanted = "the instance, such as https://acme.service-now.com";
    let change = "number of the change, such as CHG0030412, or use correlation_id";
    Proposal::named("change")
        .with("endpoint", Setting::or_blank(endpoint.as_deref(), wanted))
        .with(
            "credential",
            table([("token", table([("env", "SERVICENOW_TOKEN".into())]))]),
        )
        .with("scope", table([("change", blank(change))]))
}

/// Name of the instance whose address stands in a line.
fn instance(line: &str) -> Option<&str> {
    let (before, _) = line.split_once(DOMAIN)?;
    let (_, name) = before.rsplit_once("https://")?;
    let is_name = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    (!name.is_empty() && name.len() <= 60 && name.chars().all(is_name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(path: &str, text: &str) -> Option<serde_json::Value> {
        let files = [(path.to_owned(), text.to_owned())];
        let found = detect(&files.into_iter().collect());
        let of = |it: &Detected| {
            let mut settings = it.proposal.settings.iter();
            let (_, endpoint) = settings.find(|(key, _)| key == "endpoint").unwrap();
            serde_json::to_value(endpoint).unwrap()
        };
        found.first().map(of)
    }

    #[test]
    fn a_step_of_a_pipeline_names_the_instance() {
        let step = "steps:\n  - uses: ServiceNow/servicenow-devops-change@v4\n    with:\n";
        let one = format!("{step}      instance-url: https://acme.service-now.com\n");
        let found = endpoint(".github/workflows/release.yml", &one).unwrap();
        assert_eq!(found, "https://acme.service-now.com");
        let two = format!("{one}# https://other.service-now.com\n");
        for text in [step, two.as_str()] {
            let found = endpoint("release.yml", text).unwrap();
            assert!(found.as_str().unwrap().starts_with("FILL IN: "), "{text}");
        }
    }

    #[test]
    fn terraform_and_azure_leave_a_blank() {
        for (path, text) in [
            ("main.tf", "resource \"servicenow_business_rule\" \"x\" {\n"),
            (
                "azure-pipelines.yml",
                "- task: ServiceNow-DevOps-Server-Gate@1\n",
            ),
        ] {
            let found = endpoint(path, text).unwrap();
            assert!(found.as_str().unwrap().starts_with("FILL IN: "), "{path}");
        }
    }

    #[test]
    fn other_files_are_no_candidate() {
        for (path, text) in [
            ("README.md", "uses: ServiceNow/servicenow-devops-change@v4"),
            ("a.yaml", "# see https://acme.service-now.com"),
            ("main.tf", "# resource \"servicenow_x\""),
        ] {
            assert_eq!(endpoint(path, text), None, "{path}");
        }
    }
}
