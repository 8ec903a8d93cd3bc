//! Jobs that a repository declares.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain, table,
};

/// How files of job specifications end.
const ENDINGS: [&str; 3] = [".nomad", ".nomad.hcl", ".nomad.tpl"];
/// Most jobs of one repository that are proposed.
const MAX_FOUND: usize = 50;

/// A candidate for each job.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let specifications = files
        .iter()
        .filter(|file| ENDINGS.iter().any(|it| file.path().ends_with(it)));
    specifications.filter_map(of_file).take(MAX_FOUND).collect()
}

fn of_file(file: &RepositoryFile) -> Option<Detected> {
    let mut lines = file.text().lines().enumerate();
    let (at, label) = lines.find_map(|(at, line)| Some((at, label(line)?)))?;
    let job = plain(label).filter(|it| !it.contains([' ', '+']));
    let rest = file.text().lines().skip(at + 1);
    let mut namespaces = rest.filter_map(|it| value(it, "namespace"));
    let namespace = namespaces.next().and_then(plain);
    let namespace = namespace.filter(|it| !it.contains(['/', '.', ' ', '+', '_']));
    let told = match job {
        Some(job) => format!("the job {job}"),
        None => "a job".to_owned(),
    };
    Detected::because([Why::new(file, at + 1, told)], proposal(job, namespace))
}

/// The label of a line that begins a job.
fn label(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("job")?.trim_start();
    let (label, rest) = rest.strip_prefix('"')?.split_once('"')?;
    rest.trim_start().starts_with('{').then_some(label)
}

/// What a line says of a key.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line.trim().strip_prefix(key)?.trim_start();
    let quoted = rest.strip_prefix('=')?.trim_start();
    quoted.strip_prefix('"')?.strip_suffix('"')
}

fn proposal(job: Option<&str>, namespace: Option<&str>) -> Proposal {
    let scope = table([
        (
            "namespace",
            Setting::or_blank(namespace, "the namespace of the job, often `default`"),
        ),
        ("job_id", Setting::or_blank(job, "the id of the job")),
    ]);
    Proposal::named(&format!("nomad-{}", job.unwrap_or("job")))
        .with(
            "endpoint",
            blank("any agent with its port, such as https://nomad.example.com:4646"),
        )
        .with_credential("NOMAD_TOKEN")
        .with("scope", scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(path: &str, text: &str) -> Vec<Detected> {
        let files = [(path.to_owned(), text.to_owned())];
        detect(&files.into_iter().collect())
    }

    fn scope(found: &Detected) -> serde_json::Value {
        serde_json::to_value(&found.proposal.settings[2].1).unwrap()
    }

    #[test]
    fn a_job_specification_is_a_candidate() {
        let text = "variable \"x\" {}\njob \"checkout-api\" {\n  namespace = \"shop\"\n}\n";
        let found = detected("deploy/api.nomad.hcl", text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].why[0].line, 2);
        assert_eq!(
            scope(&found[0]),
            serde_json::json!({"namespace": "shop", "job_id": "checkout-api"})
        );
    }

    #[test]
    fn what_is_put_together_later_is_a_blank() {
        let text = "job \"[[ .job ]]\" {\n  namespace = var.namespace\n}\n";
        let found = detected("a.nomad", text);
        assert_eq!(found[0].proposal.settings[2].1.blanks(), 2);
        assert_eq!(found[0].why[0].what, "a job");
    }

    #[test]
    fn other_files_are_none() {
        let text = "job \"a\" {\n}\n";
        assert_eq!(detected("main.tf", text), []);
        assert_eq!(detected("a.nomad", "# job \"a\" {\njobs \"a\" {\n"), []);
    }
}
