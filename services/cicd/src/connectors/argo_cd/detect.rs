//! Applications that a repository declares.

use passport_connector_sdk::detect::{
    Detected, Node, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

const GROUP: &str = "argoproj.io/";
const KIND: &str = "Application";
/// Most applications of one repository that are proposed.
const MAX_FOUND: usize = 50;

/// A candidate for each application.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let documents = files
        .yaml()
        .flat_map(|file| file.documents().iter().map(move |it| (file, it)));
    let found = documents.filter_map(|(file, document)| of_application(file, document));
    found.take(MAX_FOUND).collect()
}

fn of_application(file: &RepositoryFile, document: &Node) -> Option<Detected> {
    let is_of_group = document.text_at(&["apiVersion"])?.starts_with(GROUP);
    let kind = document.entry("kind")?;
    if !is_of_group || kind.node.text() != Some(KIND) {
        return None;
    }
    let name = document.text_at(&["metadata", "name"]).and_then(name);
    let project = document.text_at(&["spec", "project"]).and_then(self::name);
    let told = match name {
        Some(name) => format!("the application {name}"),
        None => "an application".to_owned(),
    };
    Detected::because([Why::new(file, kind.line, told)], proposal(name, project))
}

/// A name as Kubernetes allows it: no pattern, no path.
fn name(text: &str) -> Option<&str> {
    plain(text).filter(|it| !it.contains(['/', ' ', '+']))
}

fn proposal(name: Option<&str>, project: Option<&str>) -> Proposal {
    let scope = table([
        (
            "project",
            Setting::or_blank(project, "the project of the application"),
        ),
        (
            "application",
            Setting::or_blank(name, "name of the application"),
        ),
    ]);
    Proposal::named(&format!("argo-{}", name.unwrap_or("cd")))
        .with(
            "endpoint",
            blank("the server with its root path, such as https://argocd.example.com"),
        )
        .with_credential("ARGOCD_TOKEN")
        .with("scope", scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> Vec<Detected> {
        detect(
            &[("deploy/app.yaml".to_owned(), text.to_owned())]
                .into_iter()
                .collect(),
        )
    }

    fn scope(found: &Detected) -> serde_json::Value {
        serde_json::to_value(&found.proposal.settings[2].1).unwrap()
    }

    #[test]
    fn each_application_is_a_candidate() {
        let text = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: api}\nspec: {project: shop}\n---\napiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: '*'}\n";
        let found = detected(text);
        assert_eq!(
            scope(&found[0]),
            serde_json::json!({"project": "shop", "application": "api"})
        );
        assert_eq!((found[0].why[0].line, found[1].why[0].line), (2, 7));
        assert_eq!(found[1].proposal.settings[2].1.blanks(), 2);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn another_kind_or_group_is_none() {
        for text in [
            "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\n",
            "apiVersion: app.k8s.io/v1beta1\nkind: Application\n",
            "kind: Application\n",
            "apiVersion: argoproj.io/v1alpha1\nkind: {{ .Kind }}\n  a",
        ] {
            assert_eq!(detected(text), [], "{text}");
        }
    }
}
