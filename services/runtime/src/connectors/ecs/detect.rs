//! Services that a repository deploys: steps of workflows, stacks of CloudFormation, and Terraform.

use passport_connector_sdk::detect::{
    Detected, Node, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

/// The action that deploys a task definition to a service.
const ACTION: &str = "aws-actions/amazon-ecs-deploy-task-definition";
/// The action that names the region.
const CREDENTIALS: &str = "aws-actions/configure-aws-credentials";
const RESOURCE: &str = "AWS::ECS::Service";
const TERRAFORM: &str = "resource \"aws_ecs_service\"";
/// Most services of one repository that are proposed.
const MAX_FOUND: usize = 50;

/// A candidate for each service.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let declared = files.yaml().flat_map(|file| {
        let documents = file.documents().iter();
        documents.flat_map(move |document| of_document(file, document))
    });
    let terraform = files.iter().filter(|it| it.path().ends_with(".tf"));
    let terraform = terraform.filter_map(|file| {
        let why = file.why(|line| line.starts_with(TERRAFORM), "a service of ECS")?;
        Detected::because([why], proposal(Place::default()))
    });
    declared.chain(terraform).take(MAX_FOUND).collect()
}

/// What a file says of where a service is.
#[derive(Default, Clone, Copy)]
struct Place<'a> {
    region: Option<&'a str>,
    cluster: Option<&'a str>,
    service: Option<&'a str>,
}

fn of_document(file: &RepositoryFile, document: &Node) -> Vec<Detected> {
    let mappings = document.mappings();
    let region = mappings.iter().find_map(|it| {
        let is_it = it.text_at(&["uses"])?.starts_with(CREDENTIALS);
        it.text_at(&["with", "aws-region"]).filter(|_| is_it)
    });
    let found = mappings.into_iter().filter_map(|it| {
        let (line, place) = of_step(it, region).or_else(|| of_resource(it))?;
        let what = match place.service {
            Some(service) => format!("the service {service} of ECS"),
            None => "a service of ECS".to_owned(),
        };
        Detected::because([Why::new(file, line, what)], proposal(place))
    });
    found.collect()
}

/// A step that deploys.
fn of_step<'a>(step: &'a Node, region: Option<&'a str>) -> Option<(usize, Place<'a>)> {
    let uses = step.entry("uses")?;
    let is_it = uses.node.text()?.starts_with(ACTION);
    let place = Place {
        region: region.and_then(name),
        cluster: step.text_at(&["with", "cluster"]).and_then(name),
        service: step.text_at(&["with", "service"]).and_then(name),
    };
    is_it.then_some((uses.line, place))
}

/// A resource of a stack.
fn of_resource(resource: &Node) -> Option<(usize, Place<'_>)> {
    let kind = resource.entry("Type")?;
    let of = |key| resource.text_at(&["Properties", key]).and_then(name);
    let place = Place {
        region: None,
        cluster: of("Cluster"),
        service: of("ServiceName"),
    };
    (kind.node.text()? == RESOURCE).then_some((kind.line, place))
}

/// A name as ECS allows it: no expression, no path.
fn name(text: &str) -> Option<&str> {
    plain(text).filter(|it| super::scope::is_name(it))
}

fn proposal(place: Place<'_>) -> Proposal {
    let scope = table([
        (
            "region",
            Setting::or_blank(place.region, "the region, such as eu-west-1"),
        ),
        (
            "account_id",
            blank("the account's twelve digits, in quotes"),
        ),
        (
            "cluster",
            Setting::or_blank(place.cluster, "name of the cluster"),
        ),
        (
            "service",
            Setting::or_blank(place.service, "name of the service"),
        ),
    ]);
    let web_identity = table([
        (
            "token",
            table([("file", blank("the file that holds the token"))]),
        ),
        (
            "role_arn",
            blank("ARN of a role that may describe this one service"),
        ),
    ]);
    Proposal::named(&format!("ecs-{}", place.service.unwrap_or("service")))
        .with("credential", table([("web_identity", web_identity)]))
        .with("scope", scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(path: &str, text: &str) -> Vec<Detected> {
        detect(&[(path.to_owned(), text.to_owned())].into_iter().collect())
    }

    fn scope(found: &[Detected]) -> String {
        serde_json::to_string(&found[0].proposal.settings[1].1).unwrap()
    }

    #[test]
    fn a_step_that_deploys_gives_its_service_away() {
        let text = "jobs:\n  deploy:\n    steps:\n    - uses: aws-actions/configure-aws-credentials@v5\n      with: { aws-region: eu-west-1 }\n    - uses: aws-actions/amazon-ecs-deploy-task-definition@v2\n      with: { service: checkout-api, cluster: shop-prod }\n";
        let found = detected(".github/workflows/deploy.yml", text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].proposal.name, "ecs-checkout-api");
        assert_eq!(found[0].why[0].line, 6);
        let scope = scope(&found);
        for told in ["eu-west-1", "shop-prod", "checkout-api"] {
            assert!(scope.contains(told), "{scope}");
        }
    }

    #[test]
    fn expressions_and_references_are_left_blank() {
        let text = "steps:\n- uses: aws-actions/amazon-ecs-deploy-task-definition@v2\n  with: { service: '${{ env.SERVICE }}' }\n";
        let found = detected("deploy.yaml", text);
        assert_eq!(found.len(), 1);
        assert!(!scope(&found).contains("env.SERVICE"));
        let text = "Resources:\n  Api:\n    Type: AWS::ECS::Service\n    Properties:\n      ServiceName: checkout-api\n      Cluster: !Ref Cluster\n";
        let found = detected("stack.yaml", text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].proposal.name, "ecs-checkout-api");
    }

    #[test]
    fn terraform_gives_away_that_there_is_one() {
        let text = "resource \"aws_ecs_service\" \"api\" {\n  name = \"checkout-api\"\n}\n";
        assert_eq!(detected("infra/main.tf", text).len(), 1);
    }

    #[test]
    fn other_steps_and_resources_give_nothing_away() {
        let text =
            "steps:\n- uses: actions/checkout@v5\nResources:\n  A: { Type: 'AWS::ECS::Cluster' }\n";
        assert!(detected("a.yaml", text).is_empty());
        assert!(detected("a.tf", "# aws_ecs_service\n").is_empty());
    }
}
