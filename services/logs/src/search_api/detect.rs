//! Services whose logs are shipped to a store that is searched.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, table,
};

/// What gives a store away.
#[derive(Debug, Clone, Copy)]
pub struct Signs {
    /// Lines of files of YAML, and what they are.
    pub yaml: &'static [(&'static str, &'static str)],
    /// Lines of other configurations, in lower case with single blanks, and what they are.
    pub plain: &'static [(&'static str, &'static str)],
    /// Libraries that write lines in the store's form, and where they are named.
    pub libraries: &'static [(&'static [&'static str], &'static str)],
}

/// One candidate, if anything in the repository says where its logs go.
pub fn detect(files: &RepositoryFiles, signs: &Signs, credential: Setting) -> Vec<Detected> {
    let yaml = files.yaml().flat_map(|file| of_yaml(file, signs));
    let plain = files.iter().filter(|it| it.name().ends_with(".conf"));
    let plain = plain.flat_map(|file| of_plain(file, signs));
    let why = yaml.chain(plain).chain(libraries(files, signs));
    Detected::because(why, proposal(credential))
        .into_iter()
        .collect()
}

fn of_yaml(file: &RepositoryFile, signs: &Signs) -> Vec<Why> {
    let signs = signs.yaml.iter();
    signs
        .filter_map(|(sign, what)| file.why(|line| line.starts_with(sign), *what))
        .collect()
}

fn of_plain(file: &RepositoryFile, signs: &Signs) -> Vec<Why> {
    let plain = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        words.join(" ").to_ascii_lowercase()
    };
    let signs = signs.plain.iter();
    signs
        .filter_map(|(sign, what)| file.why(|line| plain(line) == *sign, *what))
        .collect()
}

fn libraries(files: &RepositoryFiles, signs: &Signs) -> Vec<Why> {
    let what = "a library that writes lines in the form of this store";
    let libraries = signs.libraries.iter();
    libraries
        .flat_map(|(lists, library)| files.depending(lists, library, what))
        .collect()
}

fn proposal(credential: Setting) -> Proposal {
    let terms = table([
        (
            "service.environment",
            blank("value of this field in this service's lines"),
        ),
        (
            "service.name",
            blank("value of this field in this service's lines"),
        ),
    ]);
    let scope = table([
        (
            "index",
            blank("an index, data stream, or prefix such as logs-checkout-api-*"),
        ),
        ("terms", terms),
    ]);
    let errors = table([
        ("match", table([("log.level", "error".into())])),
        ("window", "5m".into()),
        (
            "threshold",
            blank("how many error lines are too many, such as < 100"),
        ),
    ]);
    Proposal::named("logs")
        .with(
            "endpoint",
            blank("the server, such as https://logs.example.com"),
        )
        .with("credential", credential)
        .with("scope", scope)
        .with("queries", table([("error_log_count", errors)]))
}
