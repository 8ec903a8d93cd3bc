//! The pipeline of a repository.

use passport_connector_sdk::detect::{
    Detected, Entry, Origin, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, plain, table,
};

const FILE: &str = ".gitlab-ci.yml";
const GITLAB: &str = "gitlab.com";
/// Most required jobs that are proposed.
const MAX_JOBS: usize = 100;
/// Keys at the top that are no jobs.
const NO_JOBS: [&str; 11] = [
    "after_script",
    "before_script",
    "cache",
    "default",
    "image",
    "include",
    "services",
    "spec",
    "stages",
    "variables",
    "workflow",
];
/// What may leave a job out of a good pipeline, let it fail, or give it other names.
const UNCERTAIN: [&str; 8] = [
    "allow_failure",
    "except",
    "extends",
    "only",
    "parallel",
    "rules",
    "trigger",
    "when",
];

/// A candidate, if there is a pipeline.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let found = files
        .get(FILE)
        .and_then(|file| of_pipeline(file, files.origin()));
    found.into_iter().collect()
}

fn of_pipeline(file: &RepositoryFile, origin: Option<Origin>) -> Option<Detected> {
    // A file of components begins with a document that only declares their inputs.
    let pipeline = file.documents().last()?;
    let jobs: Vec<_> = pipeline.entries().iter().filter(|it| is_job(it)).collect();
    let why = match (jobs.first(), pipeline.entry("include")) {
        (Some(first), _) => {
            let counted = match jobs.len() {
                1 => "1 job".to_owned(),
                many => format!("{many} jobs"),
            };
            Why::new(file, first.line, format!("a pipeline with {counted}"))
        }
        (None, Some(include)) => Why::new(file, include.line, "a pipeline of what it includes"),
        (None, None) => return None,
    };
    let names = jobs.iter().filter_map(|job| certain(job)).take(MAX_JOBS);
    let required: Vec<_> = names.collect();
    let proposal = proposal(origin.as_ref(), &required);
    Detected::because([why].into_iter().chain(origin.map(|it| it.why)), proposal)
}

fn is_job(entry: &Entry) -> bool {
    let is_hidden = entry.key.starts_with('.');
    !is_hidden && !NO_JOBS.contains(&entry.key.as_str()) && entry.node.holds_anything()
}

/// The name of a job that every good pipeline has.
fn certain(job: &Entry) -> Option<&str> {
    let says = |key: &str| job.node.get(key).is_some();
    let is_certain = says("script") && !UNCERTAIN.iter().any(|key| says(key));
    plain(&job.key).filter(|_| is_certain)
}

fn proposal(origin: Option<&Origin>, required: &[&str]) -> Proposal {
    let known = origin.filter(|it| is_gitlab(&it.host));
    let endpoint = known.map(|it| format!("https://{}", it.host));
    let project = known
        .map(|it| it.path.as_str())
        .filter(|it| it.contains('/'));
    let scope = table([(
        "project",
        Setting::or_blank(
            project,
            "the project: its numeric id, or its full path group/project",
        ),
    )]);
    let jobs = (!required.is_empty()).then(|| required.iter().copied().collect::<Setting>());
    Proposal::named("pipeline")
        .with(
            "endpoint",
            Setting::or_blank(
                endpoint.as_deref(),
                "the instance, such as https://gitlab.com, without /api/v4",
            ),
        )
        .with_credential("GITLAB_TOKEN")
        .with("scope", scope)
        .with_any("required_jobs", jobs)
}

/// The host of a clone is that of the API where it is called so; a host for SSH alone may not be.
fn is_gitlab(host: &str) -> bool {
    host == GITLAB || host.starts_with("gitlab.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(text: &str, url: &str) -> Vec<(Vec<Why>, serde_json::Value)> {
        let config = format!("[remote \"origin\"]\n\turl = {url}\n");
        let files = [
            (FILE.to_owned(), text.to_owned()),
            (".git/config".to_owned(), config),
        ];
        let found = detect(&files.into_iter().collect());
        let settings = |it: &Detected| {
            let entries = it.proposal.settings.iter();
            entries
                .map(|(key, it)| (key.to_string(), serde_json::to_value(it).unwrap()))
                .collect::<serde_json::Map<_, _>>()
                .into()
        };
        found
            .iter()
            .map(|it| (it.why.clone(), settings(it)))
            .collect()
    }

    const PIPELINE: &str = "stages: [build]
.base: {script: [x]}
build: {script: [make]}
deploy: {script: [x], when: manual}
child: {trigger: a/b}
test: {script: [x], rules: [{if: $X}]}
";

    #[test]
    fn a_pipeline_of_a_known_project_leaves_no_blank() {
        let found = detected(PIPELINE, "git@gitlab.com:group/sub/checkout-api.git");
        let wanted = serde_json::json!({
            "endpoint": "https://gitlab.com",
            "credential": {"env": "GITLAB_TOKEN"},
            "scope": {"project": "group/sub/checkout-api"},
            "required_jobs": ["build"],
        });
        assert_eq!(found[0].1, wanted);
        assert_eq!(
            (found[0].0[0].line, found[0].0[0].what.as_str()),
            (3, "a pipeline with 4 jobs")
        );
    }

    #[test]
    fn elsewhere_there_are_blanks() {
        for url in [
            "git@ssh.example.com:a/b.git",
            "https://github.com/a/b",
            "/srv/a",
        ] {
            let found = detected("include: [{local: x}]", url);
            assert!(
                found[0].1["endpoint"]
                    .as_str()
                    .unwrap()
                    .starts_with("FILL IN: "),
                "{url}"
            );
            assert!(
                found[0].1["scope"]["project"]
                    .as_str()
                    .unwrap()
                    .starts_with("FILL IN: ")
            );
            assert_eq!(found[0].1.get("required_jobs"), None);
        }
    }

    #[test]
    fn what_is_no_pipeline_is_no_candidate() {
        for text in [
            "",
            "stages: [a]",
            "- a",
            ".hidden: {script: [x]}",
            "a: {script: [",
        ] {
            assert_eq!(detected(text, "git@gitlab.com:a/b.git"), [], "{text}");
        }
    }

    #[test]
    fn no_name_that_may_be_a_secret_is_proposed() {
        let text = "ghp_abcdefghijklmnopqrstuvwxyz0123456789: {script: [x]}";
        let found = detected(
            text,
            "https://x:glpat-abcdefghij0123456789@gitlab.com/a/b.git",
        );
        assert!(!format!("{found:?}").contains("abcdefghij"));
    }
}
