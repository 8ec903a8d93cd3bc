//! Services of compose files.

use passport_connector_sdk::detect::{
    Detected, Entry, Node, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain,
    table,
};

/// As Compose looks for them.
const FILES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];
/// Most services of one repository that are proposed.
const MAX_FOUND: usize = 50;

/// A candidate for each service.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let documents = files
        .named(&FILES)
        .flat_map(|file| file.documents().iter().map(move |it| (file, it)));
    let found = documents.flat_map(|(file, document)| of_document(file, document));
    found.take(MAX_FOUND).collect()
}

fn of_document(file: &RepositoryFile, document: &Node) -> Vec<Detected> {
    let project = document.text_at(&["name"]).and_then(name);
    let services = document.get("services");
    let entries = services.map_or(&[][..], Node::entries).iter();
    let found = entries.filter_map(|it| of_service(file, it, project));
    found.collect()
}

fn of_service(file: &RepositoryFile, service: &Entry, project: Option<&str>) -> Option<Detected> {
    let found = name(&service.key)?;
    let why = Why::new(file, service.line, format!("the service {found}"));
    Detected::because([why], proposal(found, project, replicas(&service.node)))
}

/// A name as Compose allows it: no expression, no path.
fn name(text: &str) -> Option<&str> {
    plain(text).filter(|it| it.is_ascii() && !it.contains(['/', ' ', '+']))
}

/// How many containers are wanted, where it is written out.
fn replicas(service: &Node) -> Option<u32> {
    let text = service.text_at(&["deploy", "replicas"]);
    let text = text.or(service.text_at(&["scale"]));
    text?.parse().ok().filter(|it| *it > 0)
}

fn proposal(service: &str, project: Option<&str>, replicas: Option<u32>) -> Proposal {
    let wanted = "the Compose project: usually the name of the folder that it is started in";
    let scope = table([
        ("project", Setting::or_blank(project, wanted)),
        ("service", service.into()),
    ]);
    let endpoint =
        "the socket of a proxy that only lets reads through, such as unix:///run/docker-read.sock";
    Proposal::named(&format!("compose-{service}"))
        .with("endpoint", blank(endpoint))
        .with("scope", scope)
        .with_any("expected_replicas", replicas)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn detected(path: &str, text: &str) -> Vec<Detected> {
        let files = [(path.to_owned(), text.to_owned())];
        detect(&files.into_iter().collect())
    }

    fn settings(found: &Detected) -> Vec<serde_json::Value> {
        let settings = found.proposal.settings.iter().skip(1);
        settings
            .map(|(_, it)| serde_json::to_value(it).unwrap())
            .collect()
    }

    #[test]
    fn each_service_is_a_candidate() {
        let text = "name: shop\nservices:\n  api:\n    image: a\n    deploy: { replicas: 3 }\n  db: {}\n  '${X}': {}\n";
        let found = detected("deploy/compose.yaml", text);
        let wanted = json!({"project": "shop", "service": "api"});
        assert_eq!(settings(&found[0]), [wanted, json!(3)]);
        assert_eq!((found[0].why[0].line, found[1].why[0].line), (3, 6));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_project_that_is_not_named_is_left_to_a_person() {
        let found = detected("docker-compose.yml", "services:\n  api:\n    scale: 0\n");
        assert_eq!(found[0].proposal.settings[1].1.blanks(), 1);
        assert_eq!(found[0].proposal.settings.len(), 2);
    }

    #[test]
    fn another_file_or_form_is_none() {
        for (path, text) in [
            ("values.yaml", "services:\n  api: {}\n"),
            ("compose.yaml", "services: [api]\n"),
            ("compose.yaml", "api:\n  image: a\n"),
            ("compose.yaml", ": {{"),
        ] {
            assert_eq!(detected(path, text), [], "{path} {text}");
        }
    }
}
