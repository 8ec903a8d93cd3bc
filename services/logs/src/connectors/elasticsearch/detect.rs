//! Services whose logs are shipped to Elasticsearch.

use passport_connector_sdk::detect::{Detected, RepositoryFiles, table};

use crate::search_api::detect::{Signs, detect as detect_signs};

const SIGNS: Signs = Signs {
    yaml: &[
        ("output.elasticsearch:", "an output of Filebeat"),
        ("name: es", "an output of Fluent Bit"),
    ],
    plain: &[
        ("name es", "an output of Fluent Bit"),
        ("@type elasticsearch", "an output of Fluentd"),
    ],
    libraries: &[
        (&["package.json"], "@elastic/ecs-pino-format"),
        (&["package.json"], "@elastic/ecs-winston-format"),
        (&["go.mod"], "go.elastic.co/ecszap"),
        (&["go.mod"], "go.elastic.co/ecszerolog"),
        (
            &["requirements.txt", "pyproject.toml", "Pipfile"],
            "ecs-logging",
        ),
        (
            &[
                "pom.xml",
                "build.gradle",
                "build.gradle.kts",
                "libs.versions.toml",
            ],
            "logback-ecs-encoder",
        ),
        (
            &[
                "pom.xml",
                "build.gradle",
                "build.gradle.kts",
                "libs.versions.toml",
            ],
            "log4j2-ecs-layout",
        ),
    ],
};

/// One candidate, if anything in the repository says that its logs go there.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let credential = table([("api_key", table([("env", "ELASTICSEARCH_API_KEY".into())]))]);
    detect_signs(files, &SIGNS, credential)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(path: &str, text: &str) -> Vec<usize> {
        passport_testkit::detect::lines(detect, path, text)
    }

    #[test]
    fn shippers_and_libraries_give_it_away() {
        let beat = "filebeat.inputs: []\noutput.elasticsearch:\n  hosts: [x]\n";
        assert_eq!(reasons("filebeat.yml", beat), [2]);
        assert_eq!(reasons("fluent-bit.conf", "[OUTPUT]\n  Name  es\n"), [2]);
        let node = "{\"dependencies\": {\n\"@elastic/ecs-pino-format\": \"1.5.0\"}}";
        assert_eq!(reasons("package.json", node), [2]);
        assert_eq!(
            reasons("requirements.txt", "flask\necs-logging==2.1\n"),
            [2]
        );
    }

    #[test]
    fn a_search_engine_of_the_service_itself_does_not() {
        for (path, text) in [
            (
                "package.json",
                "{\"dependencies\": {\n\"@elastic/elasticsearch\": \"8\"}}",
            ),
            (
                "compose.yaml",
                "services:\n  elasticsearch:\n    image: elasticsearch:8\n",
            ),
            ("fluent-bit.conf", "Name es_other\n"),
        ] {
            assert!(reasons(path, text).is_empty(), "{path}");
        }
    }
}
