//! Services whose metrics a Prometheus scrapes, or could.

use passport_connector_sdk::{
    detect::{
        Detected, Node, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain,
        table,
    },
    settings::is_narrow_value,
};

/// Kinds of the Prometheus operator that say what is scraped.
const MONITORS: [&str; 2] = ["ServiceMonitor", "PodMonitor"];
/// Kinds and keys that say that something is scraped.
const SIGNS: [(&str, &str); 5] = [
    ("kind: ServiceMonitor", "a ServiceMonitor"),
    ("kind: PodMonitor", "a PodMonitor"),
    ("kind: PrometheusRule", "rules of Prometheus"),
    (
        "prometheus.io/scrape:",
        "an annotation that asks to be scraped",
    ),
    ("scrape_configs:", "a configuration of Prometheus"),
];

/// Libraries that expose metrics, and where they are named.
const LIBRARIES: [(&[&str], &str); 7] = [
    (&["package.json"], "prom-client"),
    (&["go.mod"], "github.com/prometheus/client_golang"),
    (&["Cargo.toml"], "prometheus"),
    (&["Cargo.toml"], "metrics-exporter-prometheus"),
    (
        &["requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg"],
        "prometheus-client",
    ),
    (
        &["requirements.txt", "pyproject.toml", "Pipfile"],
        "prometheus_client",
    ),
    (
        &[
            "pom.xml",
            "build.gradle",
            "build.gradle.kts",
            "libs.versions.toml",
        ],
        "micrometer-registry-prometheus",
    ),
];

/// How many targets do not answer: the one query that is the same for every service.
const DOWN: &str = "count(up{${scope}} == 0)";
const UP: &str = "count(up{${scope}})";

/// One candidate, if anything in the repository says that it is scraped.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = manifests(files).into_iter().chain(libraries(files));
    Detected::because(why, proposal(namespace(files)))
        .into_iter()
        .collect()
}

fn manifests(files: &RepositoryFiles) -> Vec<Why> {
    let signs = |file| SIGNS.iter().filter_map(move |sign| told(file, sign));
    files.yaml().flat_map(signs).collect()
}

fn told(file: &RepositoryFile, (sign, what): &(&str, &str)) -> Option<Why> {
    file.why(|line| line.starts_with(sign), *what)
}

fn libraries(files: &RepositoryFiles) -> Vec<Why> {
    let what = "a library that exposes metrics to Prometheus";
    let found = LIBRARIES.iter();
    found
        .flat_map(|(lists, library)| files.depending(lists, library, what))
        .collect()
}

/// The namespace of the monitors, if they have one and the same.
fn namespace(files: &RepositoryFiles) -> Option<&str> {
    let documents = files.yaml().flat_map(|file| file.documents());
    let is_monitor = |it: &&Node| {
        it.text_at(&["kind"])
            .is_some_and(|it| MONITORS.contains(&it))
    };
    let mut names = documents
        .filter(is_monitor)
        .map(|it| it.text_at(&["metadata", "namespace"]));
    let first = names.next()??;
    let is_narrow = is_narrow_value(first) && plain(first).is_some();
    (is_narrow && names.all(|it| it == Some(first))).then_some(first)
}

fn proposal(namespace: Option<&str>) -> Proposal {
    let labels = table([
        (
            "namespace",
            Setting::or_blank(
                namespace,
                "the namespace, as the label of the service's series says it",
            ),
        ),
        (
            "service",
            blank(
                "the value of a label that only this service's series have; rename the key if it is another",
            ),
        ),
    ]);
    let queries = table([
        (
            "error_rate",
            table([
                (
                    "promql",
                    blank("failed requests divided by all, with ${scope} in every selector"),
                ),
                ("unit", "ratio".into()),
                ("threshold", "< 1%".into()),
            ]),
        ),
        (
            "scrape_targets_down",
            table([
                ("promql", DOWN.into()),
                ("unit", "count".into()),
                ("absent", "zero".into()),
                (
                    "volume",
                    table([("promql", UP.into()), ("min", 1_u32.into())]),
                ),
            ]),
        ),
    ]);
    Proposal::named("prometheus")
        .with(
            "endpoint",
            blank("the server, such as https://prometheus.example.com"),
        )
        .with_credential("PROMETHEUS_TOKEN")
        .with("scope", table([("labels", labels)]))
        .with("queries", queries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> RepositoryFiles {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        files.iter().map(owned).collect()
    }

    fn monitor(namespace: &str) -> String {
        format!("kind: ServiceMonitor\nmetadata:\n  name: api\n  namespace: {namespace}\n")
    }

    fn namespace_of(found: &[Detected]) -> String {
        let scope = &found[0].proposal.settings[2];
        let scope = serde_json::to_value(&scope.1).unwrap();
        scope["labels"]["namespace"].as_str().unwrap().to_owned()
    }

    #[test]
    fn a_monitor_tells_its_namespace() {
        let found = detect(&files(&[("deploy/monitor.yaml", &monitor("shop"))]));
        assert_eq!(namespace_of(&found), "shop");
        assert_eq!((found[0].why[0].line, found.len()), (1, 1));
    }

    #[test]
    fn two_namespaces_and_one_that_is_not_narrow_are_a_blank() {
        let two = format!("{}---\n{}", monitor("shop"), monitor("other"));
        for text in [
            two.as_str(),
            &monitor("'{{ .Values.namespace }}'"),
            &monitor("'*'"),
        ] {
            let found = detect(&files(&[("a.yaml", text)]));
            assert!(namespace_of(&found).starts_with("FILL IN: "), "{text}");
        }
    }

    #[test]
    fn templates_that_are_no_yaml_are_known_by_their_lines() {
        let text = "{{- if .Values.monitor }}\nkind: PodMonitor\n{{- end }}\n";
        let found = detect(&files(&[("chart/templates/monitor.yaml", text)]));
        assert_eq!(found[0].why[0].line, 2);
    }

    #[test]
    fn libraries_are_known_in_lists_of_dependencies() {
        for (path, text) in [
            (
                "package.json",
                "{\"dependencies\": {\"prom-client\": \"^15\"}}",
            ),
            (
                "api/go.mod",
                "require github.com/prometheus/client_golang v1.20.0",
            ),
            ("Cargo.toml", "prometheus = \"0.14\""),
            ("requirements.txt", "prometheus-client==0.21"),
            (
                "pom.xml",
                "<artifactId>micrometer-registry-prometheus</artifactId>",
            ),
        ] {
            assert_eq!(detect(&files(&[(path, text)])).len(), 1, "{path}");
        }
        assert_eq!(
            detect(&files(&[("README.md", "kind: ServiceMonitor prom-client")])),
            []
        );
        assert_eq!(
            detect(&files(&[(
                "package.json",
                "{\"name\": \"my-prom-client\"}"
            )])),
            []
        );
    }
}
