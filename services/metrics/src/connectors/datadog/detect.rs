//! Services that Datadog watches.

use passport_connector_sdk::detect::{
    Detected, Node, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

/// Lines of manifests that say that a service is watched.
const SIGNS: [(&str, &str); 3] = [
    ("tags.datadoghq.com/", "a label of unified service tagging"),
    ("ad.datadoghq.com/", "an annotation for the Datadog agent"),
    (
        "admission.datadoghq.com/",
        "a label for Datadog's admission controller",
    ),
];
/// Variables that the libraries read.
const VARIABLES: [&str; 3] = ["DD_SERVICE", "DD_AGENT_HOST", "DD_TRACE_ENABLED"];

/// Libraries that send traces, and where they are named.
const LIBRARIES: [(&[&str], &str); 8] = [
    (&["package.json"], "dd-trace"),
    (
        &["requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg"],
        "ddtrace",
    ),
    (&["go.mod"], "gopkg.in/DataDog/dd-trace-go.v1"),
    (&["go.mod"], "github.com/DataDog/dd-trace-go/v2"),
    (&["Gemfile"], "ddtrace"),
    (&["Gemfile"], "datadog"),
    (&["composer.json"], "datadog/dd-trace"),
    (
        &[
            "pom.xml",
            "build.gradle",
            "build.gradle.kts",
            "libs.versions.toml",
        ],
        "dd-trace-api",
    ),
];

/// Labels of unified service tagging.
const SERVICE: &str = "tags.datadoghq.com/service";
const ENV: &str = "tags.datadoghq.com/env";

/// One candidate, if anything in the repository says that it is watched.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = manifests(files).into_iter().chain(libraries(files));
    let proposal = proposal(label(files, SERVICE), label(files, ENV));
    Detected::because(why, proposal).into_iter().collect()
}

fn manifests(files: &RepositoryFiles) -> Vec<Why> {
    let signs = |file| {
        let signs = SIGNS.iter().filter_map(move |sign| told(file, sign));
        signs.chain(variable(file))
    };
    files.yaml().flat_map(signs).collect()
}

fn told(file: &RepositoryFile, (sign, what): &(&str, &str)) -> Option<Why> {
    file.why(|line| line.starts_with(sign), *what)
}

/// As an entry of a list, a key, or an assignment.
fn variable(file: &RepositoryFile) -> Option<Why> {
    let names = |line: &str| {
        let line = line.trim_start_matches("- ").trim_start_matches("name: ");
        VARIABLES.iter().any(|name| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '=']))
        })
    };
    file.why(names, "a variable of Datadog's libraries")
}

fn libraries(files: &RepositoryFiles) -> Vec<Why> {
    let what = "a library that sends traces to Datadog";
    let found = LIBRARIES.iter();
    found
        .flat_map(|(lists, library)| files.depending(lists, library, what))
        .collect()
}

/// The value of a label, if all manifests that have it agree.
fn label<'a>(files: &'a RepositoryFiles, key: &str) -> Option<&'a str> {
    let documents = files.yaml().flat_map(|file| file.documents());
    let of = |document: &'a Node| document.text_at(&["metadata", "labels", key]);
    let mut values = documents.filter_map(of);
    let first = values.next()?;
    let is_tag = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_./-".contains(c);
    let is_one = first.chars().all(is_tag) && plain(first).is_some();
    (is_one && values.all(|it| it == first)).then_some(first)
}

fn proposal(service: Option<&str>, env: Option<&str>) -> Proposal {
    let tags = table([
        ("env", Setting::or_blank(env, "the value of the tag `env`")),
        (
            "service",
            Setting::or_blank(service, "the value of the tag `service`"),
        ),
    ]);
    let keys = table([
        ("api_key", table([("env", "DD_API_KEY".into())])),
        ("app_key", table([("env", "DD_APP_KEY".into())])),
    ]);
    let errors = "failed requests divided by all, such as sum:trace.http.request.errors{${scope}}\
                  .as_count() / sum:trace.http.request.hits{${scope}}.as_count()";
    let queries = table([(
        "error_rate",
        table([
            ("timeseries", blank(errors)),
            ("unit", "ratio".into()),
            ("threshold", "< 1%".into()),
        ]),
    )]);
    Proposal::named("datadog")
        .with(
            "endpoint",
            blank("the API of your site, such as https://api.datadoghq.eu"),
        )
        .with("credential", keys)
        .with("scope", table([("tags", tags)]))
        .with("queries", queries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<Detected> {
        detect(&[(path.to_owned(), text.to_owned())].into_iter().collect())
    }

    fn tags(found: &[Detected]) -> serde_json::Value {
        let scope = &found[0].proposal.settings[2];
        serde_json::to_value(&scope.1).unwrap()["tags"].clone()
    }

    const LABELLED: &str = "kind: Deployment\nmetadata:\n  labels:\n    tags.datadoghq.com/env: production\n    tags.datadoghq.com/service: checkout-api\n";

    #[test]
    fn labels_tell_the_tags() {
        let found = found("deploy/app.yaml", LABELLED);
        let both = serde_json::json!({"env": "production", "service": "checkout-api"});
        assert_eq!(tags(&found), both);
        assert_eq!((found[0].why[0].line, found.len()), (4, 1));
    }

    #[test]
    fn labels_that_differ_or_are_no_tags_are_blanks() {
        let other = LABELLED.replace("checkout-api", "cart");
        for text in [
            format!("{LABELLED}---\n{other}"),
            LABELLED.replace("checkout-api", "'*'"),
        ] {
            let service = tags(&found("a.yaml", &text))["service"].clone();
            assert!(service.as_str().unwrap().starts_with("FILL IN: "), "{text}");
        }
    }

    #[test]
    fn libraries_and_variables_are_known() {
        for (path, text) in [
            ("package.json", "{\"dependencies\": {\"dd-trace\": \"^5\"}}"),
            ("requirements.txt", "ddtrace==3.1"),
            (
                "api/go.mod",
                "require github.com/DataDog/dd-trace-go/v2 v2.1.0",
            ),
            (
                "compose.yaml",
                "services:\n  api:\n    environment:\n      - DD_SERVICE=api\n",
            ),
            ("app.yml", "env:\n- name: DD_AGENT_HOST\n"),
        ] {
            assert_eq!(found(path, text).len(), 1, "{path}");
        }
        assert_eq!(found("README.md", "tags.datadoghq.com/env: a ddtrace"), []);
        assert_eq!(found("app.yml", "name: DD_SERVICES\n"), []);
    }
}
