//! Log groups that a repository declares, or sends its lines to: stacks of CloudFormation, task definitions
//! of ECS, and Terraform.

use passport_connector_sdk::detect::{
    Detected, Node, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, table,
};

const RESOURCE: &str = "AWS::Logs::LogGroup";
/// Where a container's log driver names its group and region.
const GROUP: &str = "awslogs-group";
const REGION: &str = "awslogs-region";
const TERRAFORM: &str = "resource \"aws_cloudwatch_log_group\"";
/// Most log groups of one repository that are proposed.
const MAX_FOUND: usize = 50;
/// Longest name of one.
const MAX_NAME: usize = 200;

/// A candidate for each log group.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let declaring = files
        .iter()
        .filter(|it| it.is_yaml() || it.path().ends_with(".json"));
    let declared = declaring.flat_map(|file| {
        let mappings = file.documents().iter().flat_map(Node::mappings);
        mappings.filter_map(move |it| of_mapping(file, it))
    });
    let terraform = files.iter().filter(|it| it.path().ends_with(".tf"));
    let terraform = terraform.filter_map(|file| {
        let why = file.why(|line| line.starts_with(TERRAFORM), "a log group")?;
        Detected::because([why], proposal(None, None))
    });
    declared.chain(terraform).take(MAX_FOUND).collect()
}

fn of_mapping(file: &RepositoryFile, mapping: &Node) -> Option<Detected> {
    let (line, name, region) = match mapping.entry(GROUP) {
        Some(entry) => (entry.line, entry.node.text(), mapping.text_at(&[REGION])),
        None => {
            let kind = mapping.entry("Type")?;
            let name = mapping.text_at(&["Properties", "LogGroupName"]);
            (kind.node.text()? == RESOURCE).then_some((kind.line, name, None))?
        }
    };
    let name = name.and_then(group);
    let region = region.filter(|it| passport_aws_api::is_region(it));
    let what = match name {
        Some(name) => format!("the log group {name}"),
        None => "a log group".to_owned(),
    };
    Detected::because([Why::new(file, line, what)], proposal(name, region))
}

/// A name without an expression.
fn group(text: &str) -> Option<&str> {
    let inner = |it: u8| it.is_ascii_alphanumeric() || b"._-/".contains(&it);
    let is_name = (1..=MAX_NAME).contains(&text.len()) && text.bytes().all(inner);
    is_name.then_some(text)
}

fn proposal(name: Option<&str>, region: Option<&str>) -> Proposal {
    let fields = table([(
        "service",
        blank("the value that the field `service` of this service's lines has"),
    )]);
    let scope = table([
        (
            "region",
            Setting::or_blank(region, "the region, such as eu-central-1"),
        ),
        (
            "log_groups",
            [Setting::or_blank(name, "name of the log group")]
                .into_iter()
                .collect(),
        ),
        ("fields", fields),
    ]);
    let web_identity = table([
        (
            "token",
            table([("file", blank("the file that holds the token"))]),
        ),
        (
            "role_arn",
            blank("ARN of a role that may query this one log group"),
        ),
    ]);
    let errors = table([
        ("insights", "filter ${scope} and level = \"ERROR\"".into()),
        ("threshold", blank("how many are too many, such as `< 100`")),
    ]);
    Proposal::named("cloudwatch-logs")
        .with("credential", table([("web_identity", web_identity)]))
        .with("scope", scope)
        .with("queries", table([("error_log_count", errors)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(path: &str, text: &str) -> Vec<Detected> {
        detect(&[(path.to_owned(), text.to_owned())].into_iter().collect())
    }

    fn settings(found: &[Detected]) -> String {
        serde_json::to_string(&found[0].proposal.settings[1].1).unwrap()
    }

    #[test]
    fn a_container_that_sends_its_lines_gives_its_group_away() {
        let text = r#"{"containerDefinitions": [{"name": "api", "logConfiguration": {"logDriver": "awslogs",
            "options": {"awslogs-group": "/ecs/prod/checkout-api", "awslogs-region": "eu-central-1"}}}]}"#;
        let found = detected("deploy/task.json", text);
        assert_eq!(found.len(), 1);
        let settings = settings(&found);
        assert!(settings.contains("/ecs/prod/checkout-api") && settings.contains("eu-central-1"));
    }

    #[test]
    fn a_stack_and_terraform_give_groups_away_and_expressions_stay_blank() {
        let text = "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties: { LogGroupName: '${Stage}/x' }\n";
        let found = detected("stack.yaml", text);
        assert_eq!((found.len(), found[0].why[0].line), (1, 3));
        assert!(!settings(&found).contains("Stage"));
        let text = "resource \"aws_cloudwatch_log_group\" \"api\" {}\n";
        assert_eq!(detected("logs.tf", text).len(), 1);
        assert!(detected("other.yaml", "Type: AWS::SNS::Topic\n").is_empty());
    }
}
