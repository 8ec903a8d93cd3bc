//! Services that report their metrics by OpenTelemetry, or could.

use passport_connector_sdk::detect::{
    Detected, Node, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

/// Variables that set up an SDK.
const VARIABLES: &str = "OTEL_";
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";

/// Names of files, beside those of YAML, that set variables.
const OF_VARIABLES: [&str; 2] = ["Dockerfile", "Containerfile"];

/// Libraries that send metrics, and where they are named.
const LIBRARIES: [(&[&str], &str); 8] = [
    (&["package.json"], "@opentelemetry/sdk-metrics"),
    (&["package.json"], "@opentelemetry/sdk-node"),
    (
        &["go.mod"],
        "go.opentelemetry.io/otel/exporters/otlp/otlpmetric",
    ),
    (&["go.mod"], "go.opentelemetry.io/otel/sdk/metric"),
    (&["Cargo.toml"], "opentelemetry-otlp"),
    (
        &["requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg"],
        "opentelemetry-exporter-otlp",
    ),
    (
        &[
            "pom.xml",
            "build.gradle",
            "build.gradle.kts",
            "libs.versions.toml",
        ],
        "opentelemetry-exporter-otlp",
    ),
    (
        &[
            "pom.xml",
            "build.gradle",
            "build.gradle.kts",
            "libs.versions.toml",
        ],
        "micrometer-registry-otlp",
    ),
];

/// One candidate, if anything in the repository says that it reports by OpenTelemetry.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = variables(files).into_iter().chain(libraries(files));
    Detected::because(why, proposal(service_name(files)))
        .into_iter()
        .collect()
}

fn setting_up(files: &RepositoryFiles) -> impl Iterator<Item = &RepositoryFile> {
    let sets = |it: &&RepositoryFile| it.is_yaml() || OF_VARIABLES.contains(&it.name());
    files.iter().filter(sets)
}

fn variables(files: &RepositoryFiles) -> Vec<Why> {
    let sets_one = |line: &str| !line.starts_with('#') && line.contains(VARIABLES);
    let what = "variables of an OpenTelemetry SDK";
    setting_up(files)
        .filter_map(|file| file.why(sets_one, what))
        .collect()
}

fn libraries(files: &RepositoryFiles) -> Vec<Why> {
    let what = "a library that sends metrics by OpenTelemetry";
    let found = LIBRARIES.iter();
    found
        .flat_map(|(lists, library)| files.depending(lists, library, what))
        .collect()
}

/// The name that the service gives itself, if it is one and the same throughout.
fn service_name(files: &RepositoryFiles) -> Option<&str> {
    let documents = files.yaml().flat_map(|file| file.documents());
    let mut names = documents.flat_map(Node::mappings).filter_map(named);
    let first = names.next()?;
    let is_one = names.all(|it| it == first);
    plain(first).filter(|_| is_one)
}

/// `OTEL_SERVICE_NAME: x`, or `{ name: OTEL_SERVICE_NAME, value: x }`.
fn named(mapping: &Node) -> Option<&str> {
    if let Some(name) = mapping.text_at(&[SERVICE_NAME]) {
        return Some(name);
    }
    let is_it = mapping.text_at(&["name"]) == Some(SERVICE_NAME);
    mapping.text_at(&["value"]).filter(|_| is_it)
}

/// What every HTTP server reports by the semantic conventions; a counter of errors it does not have.
fn proposal(service_name: Option<&str>) -> Proposal {
    let scope = table([
        (
            "service_name",
            Setting::or_blank(service_name, "the resource attribute service.name"),
        ),
        (
            "deployment_environment",
            blank("the resource attribute deployment.environment.name"),
        ),
    ]);
    let p95 = table([
        ("histogram", "http.server.request.duration".into()),
        ("quantile", 0.95.into()),
        ("unit", "seconds".into()),
        ("window", "5m".into()),
        ("threshold", "< 500ms".into()),
    ]);
    Proposal::named("otlp")
        .with_credential("OTLP_INGEST_TOKEN")
        .with("scope", scope)
        .with("queries", table([("p95_latency", p95)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> RepositoryFiles {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        files.iter().map(owned).collect()
    }

    fn name_of(found: &[Detected]) -> String {
        let scope = serde_json::to_value(&found[0].proposal.settings[1].1).unwrap();
        scope["service_name"].as_str().unwrap().to_owned()
    }

    #[test]
    fn the_service_is_known_by_its_variable() {
        let compose =
            "services:\n  api:\n    environment:\n      OTEL_SERVICE_NAME: checkout-api\n";
        let pod = "env:\n  - name: OTEL_SERVICE_NAME\n    value: checkout-api\n";
        let found = detect(&files(&[
            ("compose.yaml", compose),
            ("deploy/pod.yaml", pod),
        ]));
        assert_eq!(name_of(&found), "checkout-api");
        let lines: Vec<_> = found[0].why.iter().map(|it| it.line).collect();
        assert_eq!(lines, [4, 2]);
    }

    #[test]
    fn two_names_and_one_that_may_be_a_secret_are_a_blank() {
        let two = "a: {OTEL_SERVICE_NAME: a}\nb: {OTEL_SERVICE_NAME: b}\n";
        let secret = "a: {OTEL_SERVICE_NAME: ghp_abcdefghijklmnopqrstuvwxyz0123456789}\n";
        for text in [two, secret] {
            let found = detect(&files(&[("compose.yaml", text)]));
            assert!(name_of(&found).starts_with("FILL IN: "), "{text}");
        }
    }

    #[test]
    fn libraries_are_known_in_lists_of_dependencies() {
        for (path, text) in [
            ("package.json", "{\"@opentelemetry/sdk-metrics\": \"^2\"}"),
            (
                "go.mod",
                "go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetricgrpc v1.30.0",
            ),
            ("Cargo.toml", "opentelemetry-otlp = \"0.33\""),
            ("requirements.txt", "opentelemetry-exporter-otlp==1.30"),
        ] {
            assert_eq!(detect(&files(&[(path, text)])).len(), 1, "{path}");
        }
        assert_eq!(detect(&files(&[("README.md", "OTEL_SERVICE_NAME=x")])), []);
        assert_eq!(detect(&files(&[("a.yaml", "# OTEL_SERVICE_NAME: x")])), []);
    }
}
