//! Scans that a pipeline already makes.

use std::collections::BTreeSet;

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

use super::artifact;
use crate::pipelines::{Step, commands, steps};

const ACTION: &str = "aquasecurity/trivy-action";
/// What it can be told to scan.
const SCANS: [&str; 7] = [
    "image",
    "i",
    "fs",
    "filesystem",
    "repo",
    "repository",
    "rootfs",
];
/// Files that tell how it scans.
const SETTINGS: [&str; 2] = ["trivy.yaml", "trivy.yml"];
const IGNORED: [&str; 2] = [".trivyignore", ".trivyignore.yaml"];

/// What it lets through, by its own words in ours.
const SEVERITIES: [(&str, &str); 5] = [
    ("UNKNOWN", "unknown"),
    ("LOW", "low"),
    ("MEDIUM", "medium"),
    ("HIGH", "high"),
    ("CRITICAL", "critical"),
];
const SCANNERS: [&str; 4] = ["vuln", "secret", "misconfig", "license"];

/// A candidate for each artifact that is scanned; one in all for scans of which the artifact is not known.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let settings = files.named(&SETTINGS).next();
    let ignored = files.named(&IGNORED).next();
    let steps = steps(files, ACTION);
    let mut found: Vec<_> = artifacts(&steps)
        .into_iter()
        .filter_map(|artifact| {
            let mut of_it = steps.iter().filter(|it| scanned(it) == artifact);
            let why = of_it
                .clone()
                .map(|it| Why::new(it.file, it.line, "a step scans with Trivy"));
            // Two scans of one artifact may be told different things.
            let one = of_it
                .next()
                .filter(|_| of_it.next().is_none() && settings.is_none());
            let name = artifact.map_or("scan", |it| it.rsplit('/').next().unwrap_or(it));
            let name = match artifact {
                Some(_) => format!("scan-{name}"),
                None => name.to_owned(),
            };
            let declared = declared(one, ignored.is_some());
            let all = why
                .chain(ignored.map(told_by_file))
                .chain(settings.map(told_by_file));
            Detected::because(all, proposal(&name, artifact, declared))
        })
        .collect();
    if !found.iter().any(|it| it.proposal.name == "scan") {
        let lines = commands(files, "trivy", &SCANS);
        let lines = lines
            .iter()
            .map(|it| Why::new(it.file, it.line, "a command scans with Trivy"));
        let lines: Vec<_> = lines.collect();
        let all = lines
            .clone()
            .into_iter()
            .chain(ignored.map(told_by_file))
            .chain(settings.map(told_by_file));
        if !lines.is_empty() || (found.is_empty() && settings.is_some()) {
            let declared = declared(None, ignored.is_some());
            found.extend(Detected::because(all, proposal("scan", None, declared)));
        }
    }
    found
}

fn told_by_file(file: &RepositoryFile) -> Why {
    Why::new(file, 1, "settings of Trivy")
}

/// The artifacts that steps name, each once; `None` among them where one can't be read off.
fn artifacts<'f>(steps: &[Step<'f>]) -> BTreeSet<Option<&'f str>> {
    steps.iter().map(scanned).collect()
}

/// The image of a step, without tag and digest, if it is written out.
fn scanned<'f>(step: &Step<'f>) -> Option<&'f str> {
    let image = step.with("image-ref")?;
    plain(artifact::bare(image))
}

fn proposal(name: &str, artifact: Option<&str>, declared: Setting) -> Proposal {
    let wanted = "the image without tag and digest, or the path or repository that is scanned";
    let scope = table([("artifact", Setting::or_blank(artifact, wanted))]);
    Proposal::named(name)
        .with("scope", scope)
        .with("declared", declared)
}

/// What the scan lets through: as the step says, or as it is where the step says nothing.
fn declared(step: Option<&Step<'_>>, ignores: bool) -> Setting {
    let severities = step.and_then(|it| severities(it.with("severity")));
    let scanners = step.and_then(|it| scanners(it.with("scanners")));
    let fixed = step.and_then(|it| flag(it.with("ignore-unfixed")));
    let or = |known: Option<Setting>, wanted: &'static str| known.unwrap_or_else(|| blank(wanted));
    table([
        (
            "severities",
            or(
                severities,
                "what --severity lets through, of [unknown, low, medium, high, critical]",
            ),
        ),
        (
            "ignore_unfixed",
            or(
                fixed.map(Setting::from),
                "true or false: is --ignore-unfixed given",
            ),
        ),
        ("ignore_file", ignores.into()),
        (
            "scanners",
            or(
                scanners,
                "what --scanners names, of [vuln, secret, misconfig, license]",
            ),
        ),
    ])
}

fn severities(told: Option<&str>) -> Option<Setting> {
    let Some(told) = told else {
        return Some(SEVERITIES.iter().map(|it| it.1).collect());
    };
    let word = |text: &str| {
        let text = text.trim().to_ascii_uppercase();
        SEVERITIES.iter().find(|it| it.0 == text).map(|it| it.1)
    };
    let words: Option<BTreeSet<_>> = told.split(',').map(word).collect();
    words.map(|words| words.into_iter().collect())
}

/// Without a word it looks for vulnerabilities and secrets.
fn scanners(told: Option<&str>) -> Option<Setting> {
    let word = |text: &str| SCANNERS.into_iter().find(|it| *it == text.trim());
    let words: Option<BTreeSet<_>> = told.unwrap_or("vuln,secret").split(',').map(word).collect();
    words.map(|words| words.into_iter().collect())
}

fn flag(told: Option<&str>) -> Option<bool> {
    match told {
        None | Some("false") => Some(false),
        Some("true") => Some(true),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> RepositoryFiles {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        files.iter().map(owned).collect()
    }

    fn step(with: &str) -> String {
        format!(
            "jobs:\n  scan:\n    steps:\n      - uses: {ACTION}@0.28.0\n        with: {{{with}}}\n"
        )
    }

    fn settings(found: &Detected) -> serde_json::Value {
        let entries = found.proposal.settings.iter();
        entries
            .map(|(key, it)| (key.to_string(), serde_json::to_value(it).unwrap()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    const PATH: &str = ".github/workflows/scan.yml";

    #[test]
    fn a_step_that_says_all_leaves_no_blank() {
        let text = step(
            "image-ref: 'images.example.com/acme/api:1.0', severity: 'HIGH, CRITICAL', ignore-unfixed: true",
        );
        let found = detect(&files(&[(PATH, &text)]));
        let wanted = serde_json::json!({
            "scope": {"artifact": "images.example.com/acme/api"},
            "declared": {
                "severities": ["critical", "high"],
                "ignore_unfixed": true,
                "ignore_file": false,
                "scanners": ["secret", "vuln"],
            },
        });
        assert_eq!(settings(&found[0]), wanted);
        assert_eq!(found[0].proposal.name, "scan-api");
        assert_eq!(found[0].why[0].line, 4);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn what_is_not_written_out_is_a_blank() {
        let text = step("image-ref: '${{ env.IMAGE }}', severity: '${{ env.S }}', scanners: odd");
        let found = detect(&files(&[(PATH, &text), (".trivyignore", "CVE-1")]));
        let settings = settings(&found[0]);
        for pointer in [
            "/scope/artifact",
            "/declared/severities",
            "/declared/scanners",
        ] {
            let text = settings
                .pointer(pointer)
                .and_then(serde_json::Value::as_str);
            assert!(
                text.is_some_and(|it| it.starts_with("FILL IN: ")),
                "{pointer}"
            );
        }
        assert_eq!(settings["declared"]["ignore_file"], true);
        assert_eq!(settings["declared"]["ignore_unfixed"], false);
    }

    #[test]
    fn a_file_of_settings_or_a_second_scan_makes_what_is_declared_a_question() {
        let text = step("image-ref: acme/api");
        let other = text.replace("jobs:", "jobs: # other");
        for (path, second) in [
            ("trivy.yaml", "severity: HIGH"),
            (".github/workflows/b.yml", &other),
        ] {
            let found = detect(&files(&[(PATH, &text), (path, second)]));
            assert_eq!(found.len(), 1, "{path}");
            assert_eq!(found[0].why.len(), 2, "{path}");
            let declared = &settings(&found[0])["declared"];
            assert!(declared["severities"].is_string(), "{path}: {declared}");
        }
    }

    #[test]
    fn commands_of_any_pipeline_are_one_candidate() {
        let script = "scan:\n  script:\n    - trivy image --exit-code 1 $IMAGE\n    - trivy fs .\n";
        let found = detect(&files(&[
            (".gitlab-ci.yml", script),
            ("Jenkinsfile", "sh 'trivy image x'"),
        ]));
        assert_eq!(found.len(), 1);
        let why: Vec<_> = found[0]
            .why
            .iter()
            .map(|it| (it.file.as_str(), it.line))
            .collect();
        assert_eq!(
            why,
            [
                (".gitlab-ci.yml", 3),
                (".gitlab-ci.yml", 4),
                ("Jenkinsfile", 1)
            ]
        );
        assert_eq!(found[0].proposal.settings[0].1.blanks(), 1);
    }

    #[test]
    fn nothing_of_it_is_no_candidate() {
        let text = step("image-ref: acme/api").replace(ACTION, "acme/trivy-action-fork");
        assert_eq!(
            detect(&files(&[(PATH, &text), ("README.md", "trivy image x")])),
            []
        );
        assert_eq!(detect(&files(&[(".trivyignore", "CVE-1")])), []);
    }
}
