//! Objects of Flux that a repository declares.

use passport_connector_sdk::detect::{
    Detected, Node, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

/// Kinds that say that something was rolled out, and their groups.
const KINDS: [(&str, &str); 2] = [
    ("kustomize.toolkit.fluxcd.io/", "Kustomization"),
    ("helm.toolkit.fluxcd.io/", "HelmRelease"),
];
/// Most objects of one repository that are proposed.
const MAX_FOUND: usize = 50;

/// A candidate for each object.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let documents = files
        .yaml()
        .flat_map(|file| file.documents().iter().map(move |it| (file, it)));
    let found = documents.filter_map(|(file, document)| of_object(file, document));
    found.take(MAX_FOUND).collect()
}

fn of_object(file: &RepositoryFile, document: &Node) -> Option<Detected> {
    let version = document.text_at(&["apiVersion"])?;
    let written = document.entry("kind")?;
    let is_it = |(group, kind): &&(&str, &'static str)| {
        version.starts_with(group) && written.node.text() == Some(kind)
    };
    let (_, kind) = KINDS.iter().find(is_it)?;
    let name = document.text_at(&["metadata", "name"]).and_then(name);
    let namespace = document
        .text_at(&["metadata", "namespace"])
        .and_then(self::name);
    let told = match name {
        Some(name) => format!("the {kind} {name}"),
        None => format!("a {kind}"),
    };
    let why = Why::new(file, written.line, told);
    Detected::because([why], proposal(kind, namespace, name))
}

/// A name as Kubernetes allows it: no pattern, no path.
fn name(text: &str) -> Option<&str> {
    plain(text).filter(|it| !it.contains(['/', ' ', '+']))
}

fn proposal(kind: &'static str, namespace: Option<&str>, name: Option<&str>) -> Proposal {
    let scope = table([
        ("kind", kind.into()),
        (
            "namespace",
            Setting::or_blank(namespace, "namespace of the object"),
        ),
        ("name", Setting::or_blank(name, "name of the object")),
    ]);
    Proposal::named(&format!("flux-{}", name.unwrap_or(kind)))
        .with(
            "endpoint",
            blank("the API server of the cluster, such as https://kube.example.com:6443"),
        )
        .with_credential("FLUX_READER_TOKEN")
        .with("scope", scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str) -> Vec<Detected> {
        detect(
            &[("clusters/app.yaml".to_owned(), text.to_owned())]
                .into_iter()
                .collect(),
        )
    }

    #[test]
    fn each_object_is_a_candidate() {
        let text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: api, namespace: flux-system}\n---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: db}\n";
        let found = detected(text);
        let scope = |nth: usize| serde_json::to_value(&found[nth].proposal.settings[2].1).unwrap();
        let wanted =
            serde_json::json!({"kind": "Kustomization", "namespace": "flux-system", "name": "api"});
        assert_eq!(scope(0), wanted);
        assert_eq!(scope(1)["namespace"], "FILL IN: namespace of the object");
        assert_eq!((found[0].why[0].line, found[1].why[0].line), (2, 6));
    }

    #[test]
    fn the_kustomization_of_kustomize_itself_and_sources_are_none() {
        for text in [
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
            "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: a}\n",
            "kind: HelmRelease\n",
        ] {
            assert_eq!(detected(text), [], "{text}");
        }
    }
}
