//! Services whose logs are shipped to OpenSearch.

use passport_connector_sdk::detect::{Detected, RepositoryFiles, table};

use crate::search_api::detect::{Signs, detect as detect_signs};

const SIGNS: Signs = Signs {
    yaml: &[
        ("- opensearch:", "a sink of Data Prepper"),
        ("name: opensearch", "an output of Fluent Bit"),
    ],
    plain: &[
        ("name opensearch", "an output of Fluent Bit"),
        ("@type opensearch", "an output of Fluentd"),
    ],
    libraries: &[(&["Gemfile", "Dockerfile"], "fluent-plugin-opensearch")],
};

/// One candidate, if anything in the repository says that its logs go there.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let credential = table([
        ("username", table([("env", "OPENSEARCH_USER".into())])),
        ("password", table([("env", "OPENSEARCH_PASSWORD".into())])),
    ]);
    detect_signs(files, &SIGNS, credential)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(path: &str, text: &str) -> Vec<usize> {
        passport_testkit::detect::lines(detect, path, text)
    }

    #[test]
    fn outputs_of_shippers_give_it_away() {
        let conf = "[INPUT]\n  Name tail\n[OUTPUT]\n    Name   opensearch\n";
        assert_eq!(reasons("fluent-bit.conf", conf), [4]);
        assert_eq!(
            reasons("fluent/fluent.conf", "<match **>\n @type opensearch\n"),
            [2]
        );
        let prepper = "log-pipeline:\n  sink:\n    - opensearch:\n        hosts: [\"x\"]\n";
        assert_eq!(reasons("pipelines.yaml", prepper), [3]);
    }

    #[test]
    fn a_word_elsewhere_does_not() {
        for (path, text) in [
            ("README.md", "Name opensearch"),
            (
                "fluent-bit.conf",
                "# Name opensearch\nName opensearch_dashboards\n",
            ),
            (
                "compose.yaml",
                "services:\n  opensearch:\n    image: opensearch\n",
            ),
        ] {
            assert!(reasons(path, text).is_empty(), "{path}");
        }
    }
}
