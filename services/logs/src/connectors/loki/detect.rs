//! Services whose lines are shipped to Loki: configurations of shippers, data sources of Grafana, and a Loki
//! that is started beside the service.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Why, blank, table,
};

/// Where every shipper pushes lines to ("Loki HTTP API", "Ingest logs").
const PUSH: &str = "/loki/api/v1/push";
/// How a component of Grafana Alloy begins that does ("loki.write").
const ALLOY: &str = "loki.write \"";
/// Images of the server.
const IMAGES: [&str; 2] = ["image: grafana/loki", "image: docker.io/grafana/loki"];

/// One candidate, if anything in the repository says that its lines go there.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = files.iter().flat_map(reasons);
    Detected::because(why, proposal()).into_iter().collect()
}

fn reasons(file: &RepositoryFile) -> Vec<Why> {
    let name = file.name();
    let is = |ends: &[&str]| ends.iter().any(|it| name.ends_with(it));
    let pushes = file.why(
        |line| is_said(line) && line.contains(PUSH),
        "a shipper that pushes lines to Loki",
    );
    if file.is_yaml() {
        let source = file.why(
            |line| bare(line) == "type: loki",
            "a data source or a sink of Loki",
        );
        let image = file.why(is_image, "a container of Loki");
        let bit = |line: &str| name.contains("fluent") && bare(line) == "name: loki";
        let output = file.why(bit, "an output of Fluent Bit");
        [pushes, source, image, output]
            .into_iter()
            .flatten()
            .collect()
    } else if is(&[".alloy", ".river"]) {
        let writes = file.why(
            |line| line.starts_with(ALLOY),
            "a component of Grafana Alloy",
        );
        [pushes, writes].into_iter().flatten().collect()
    } else if is(&[".conf"]) {
        let bit = file.why(|line| plain(line) == "name loki", "an output of Fluent Bit");
        let fluentd = file.why(|line| plain(line) == "@type loki", "an output of Fluentd");
        [bit, fluentd].into_iter().flatten().collect()
    } else {
        Vec::new()
    }
}

/// Whether a line is no comment.
fn is_said(line: &str) -> bool {
    !line.starts_with('#') && !line.starts_with("//")
}

/// A line of YAML without quotes and without what begins an item.
fn bare(line: &str) -> String {
    let item = line.strip_prefix("- ").unwrap_or(line);
    item.trim().replace(['"', '\''], "")
}

/// A line of another configuration, in lower case with single blanks.
fn plain(line: &str) -> String {
    let words: Vec<_> = line.split_whitespace().collect();
    words.join(" ").to_ascii_lowercase()
}

/// Whether it is the image itself, and not one whose name goes on.
fn is_image(line: &str) -> bool {
    let bare = bare(line);
    let mut rests = IMAGES.iter().filter_map(|it| bare.strip_prefix(it));
    rests.any(|rest| rest.is_empty() || rest.starts_with([':', '@', ' ']))
}

fn proposal() -> Proposal {
    let labels = table([
        (
            "environment",
            blank("value of this label of this service's streams"),
        ),
        (
            "service",
            blank("value of this label of this service's streams; rename the key if it is another"),
        ),
    ]);
    let errors = table([
        ("lines", "{${scope}} |= \"level=error\"".into()),
        ("window", "5m".into()),
        (
            "threshold",
            blank("how many error lines are too many, such as < 100"),
        ),
    ]);
    Proposal::named("logs")
        .with(
            "endpoint",
            blank("the server with its path prefix, such as https://loki.example.com"),
        )
        .with_credential("LOKI_TOKEN")
        .with("scope", table([("labels", labels)]))
        .with("queries", table([("error_log_count", errors)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(path: &str, text: &str) -> Vec<usize> {
        passport_testkit::detect::lines(detect, path, text)
    }

    #[test]
    fn shippers_give_it_away() {
        let promtail = "clients:\n  - url: http://loki:3100/loki/api/v1/push\n";
        assert_eq!(reasons("promtail.yml", promtail), [2]);
        let agent = "logs:\n  configs:\n  - name: default\n    clients:\n      - url: \"https://x/loki/api/v1/push\"\n";
        assert_eq!(reasons("deploy/grafana-agent.yaml", agent), [5]);
        let alloy = "// ships\nloki.write \"default\" {\n  endpoint { url = \"http://loki/loki/api/v1/push\" }\n}\n";
        let mut found = reasons("config.alloy", alloy);
        found.sort_unstable();
        assert_eq!(found, [2, 3]);
        let conf = "[INPUT]\n  Name tail\n[OUTPUT]\n    Name   loki\n";
        assert_eq!(reasons("fluent-bit.conf", conf), [4]);
        assert_eq!(reasons("fluent.conf", "<match **>\n  @type loki\n"), [2]);
        let yaml = "pipeline:\n  outputs:\n    - name: loki\n";
        assert_eq!(reasons("fluent-bit.yaml", yaml), [3]);
    }

    #[test]
    fn a_data_source_and_a_server_beside_the_service_give_it_away() {
        let grafana = "apiVersion: 1\ndatasources:\n  - name: Logs\n    type: loki\n";
        assert_eq!(reasons("grafana/datasources.yaml", grafana), [4]);
        assert_eq!(reasons("ds.yml", "datasources:\n  - type: \"loki\"\n"), [2]);
        for image in [
            "grafana/loki",
            "grafana/loki:3.5.0",
            "'docker.io/grafana/loki@sha256:0'",
        ] {
            let compose = format!("services:\n  loki:\n    image: {image}\n");
            assert_eq!(reasons("compose.yaml", &compose), [3], "{image}");
        }
    }

    #[test]
    fn a_word_elsewhere_does_not() {
        for (path, text) in [
            (
                "README.md",
                "type: loki\nhttp://loki:3100/loki/api/v1/push\n",
            ),
            (
                "promtail.yml",
                "clients:\n  # - url: http://loki:3100/loki/api/v1/push\n",
            ),
            ("fluent-bit.conf", "# Name loki\nName loki_other\n"),
            ("service.yaml", "kind: Service\nmetadata:\n  name: loki\n"),
            ("datasources.yaml", "type: lokiexplore\n"),
            (
                "compose.yaml",
                "services:\n  a:\n    image: grafana/loki-canary:3.5.0\n",
            ),
            (
                "compose.yaml",
                "services:\n  loki:\n    image: acme/loki:1\n",
            ),
            ("config.alloy", "// loki.write \"default\" {}\n"),
        ] {
            assert!(reasons(path, text).is_empty(), "{path}: {text}");
        }
    }
}
