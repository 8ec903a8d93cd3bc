//! Nothing in `shared/` knows a provider: what is special about one lies in its connector.
//!
//! Looked at are the identifiers and string literals of the code there. Comments may give a
//! provider as an example, and so may unit tests (`tests.rs`, `tests/`, `testdata/`).

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result};
use passport_integration_tests::workspace;
use proc_macro2::{TokenStream, TokenTree};

/// Names that are a provider's wherever they occur in a word, without hyphens and the like.
const PROVIDERS: [&str; 25] = [
    "argocd",
    "argorollouts",
    "cloudwatch",
    "datadog",
    "docker",
    "elasticsearch",
    "flagger",
    "github",
    "gitlab",
    "jenkins",
    "jira",
    "kubernetes",
    "launchdarkly",
    "loki",
    "newrelic",
    "nomad",
    "opensearch",
    "opsgenie",
    "pagerduty",
    "prometheus",
    "sentry",
    "servicenow",
    "snyk",
    "sonarqube",
    "trivy",
];

/// Ids of connectors that also occur inside ordinary words, so count only as a whole string.
/// `email` is left out: alone it names a kind of personal detail too.
const WHOLE: [&str; 10] = [
    "custom-webhook",
    "ecs",
    "flux",
    "linear",
    "log-upload",
    "manual-evidence",
    "mobile-webview",
    "otlp",
    "runtime-target",
    "slack",
];

/// How a secret looks is known where secrets are redacted, whoever issued it.
const SECRET_PREFIXES: [&str; 1] = ["github_pat_"];

/// Where platforms are known that tell the gateway who its callers are. They may be providers too, which
/// is another matter.
const OF_ISSUERS: [&str; 3] = [
    "service-kit/src/config/model/oidc",
    "service-kit/src/config/checks/oidc",
    "test-issuer/",
];

/// Crates that are the API of one provider, which several categories read: such a one may name that one.
const OF_APIS: [(&str, &str); 1] = [("shared/kubernetes-api/", "kubernetes")];

/// The crates that write this project's own metrics as text; only the chassis has them.
const EXPOSITION_CRATES: [&str; 2] = ["opentelemetry_prometheus", "prometheus"];
const EXPOSITION_FOLDER: &str = "service-kit";

#[test]
fn shared_code_names_no_provider() -> Result<()> {
    let shared = workspace::root().join("shared");
    let mut files = sources(&shared)?;
    files.retain(|file| !is_of_issuers(file));
    assert!(!files.is_empty(), "no code under {}", shared.display());
    let mut found = Vec::new();
    for file in files {
        let exposes = file.starts_with(shared.join(EXPOSITION_FOLDER));
        let words = words(&file)?;
        let own = own_api(&file);
        let words = words
            .into_iter()
            .filter(|word| !(exposes && word.is_exposition_crate()))
            .map(|word| word.without(own));
        found.extend(
            words
                .filter(Word::names_a_provider)
                .map(|word| (file.clone(), word)),
        );
    }
    assert!(found.is_empty(), "{found:#?}");
    Ok(())
}

fn is_of_issuers(file: &Path) -> bool {
    let file = file.to_string_lossy();
    OF_ISSUERS.iter().any(|place| file.contains(place))
}

/// The provider whose API a file is about.
fn own_api(file: &Path) -> Option<&'static str> {
    let file = file.to_string_lossy();
    let mut all = OF_APIS.iter();
    all.find(|(crate_of, _)| file.contains(crate_of))
        .map(|(_, provider)| *provider)
}

#[test]
fn a_crate_that_is_one_provider_s_api_may_name_no_other() {
    let word = || Word::Literal("KUBERNETES_SERVICE_HOST".to_owned());
    assert!(word().names_a_provider());
    assert!(!word().without(Some("kubernetes")).names_a_provider());
    let other = Word::Literal("kubernetes and flagger".to_owned());
    assert!(other.without(Some("kubernetes")).names_a_provider());
}

#[test]
fn a_name_is_found_however_it_is_written() {
    for name in ["GithubActions", "cloud_watch", "PROMETHEUS_URL"] {
        assert!(
            Word::Identifier(name.to_owned()).names_a_provider(),
            "{name}"
        );
    }
    for text in ["prometheus", "otlp", "ask New-Relic again"] {
        assert!(Word::Literal(text.to_owned()).names_a_provider(), "{text}");
    }
    for text in [
        "cargo",
        "hello kind",
        "github_pat_[0-9a-z]+",
        "an otlp listener",
    ] {
        assert!(!Word::Literal(text.to_owned()).names_a_provider(), "{text}");
    }
}

#[test]
fn comments_are_not_looked_at() -> Result<()> {
    let code = "/// Asks `prometheus`.\n// like jira\nfn ask() { call(\"now\") }";
    let found = words_of(code)?;
    assert_eq!(found.len(), 4, "{found:?}");
    Ok(())
}

// === finding the words ===

#[derive(Debug)]
enum Word {
    Identifier(String),
    Literal(String),
}

fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if ["tests", "testdata", "tests.rs"]
            .iter()
            .any(|test| name == *test)
        {
            continue;
        }
        if path.is_dir() {
            files.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

fn words(file: &Path) -> Result<Vec<Word>> {
    words_of(&fs::read_to_string(file)?).with_context(|| format!("reading {}", file.display()))
}

fn words_of(code: &str) -> Result<Vec<Word>> {
    let tokens: TokenStream = code
        .parse()
        .map_err(|error| Error::msg(format!("{error}")))?;
    let mut words = Vec::new();
    collect(tokens, &mut words);
    Ok(words)
}

fn collect(tokens: TokenStream, words: &mut Vec<Word>) {
    if is_doc_comment(&tokens) {
        return;
    }
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), words),
            TokenTree::Ident(ident) => words.push(Word::Identifier(ident.to_string())),
            TokenTree::Literal(literal) => {
                words.push(Word::Literal(unquoted(&literal.to_string())))
            }
            TokenTree::Punct(_) => {}
        }
    }
}

/// A comment `/// text` is read as the attribute `#[doc = "text"]`; this is the inside of one.
fn is_doc_comment(tokens: &TokenStream) -> bool {
    let mut start = tokens.clone().into_iter().map(|token| token.to_string());
    start.next().as_deref() == Some("doc") && start.next().as_deref() == Some("=")
}

fn unquoted(literal: &str) -> String {
    literal
        .trim_start_matches(['b', 'c', 'r'])
        .trim_matches(['"', '#'])
        .to_owned()
}

// === impl Word ===

impl Word {
    /// The word as it is where this provider may be named.
    fn without(self, provider: Option<&str>) -> Self {
        let Some(provider) = provider else {
            return self;
        };
        let less = |it: String| it.to_lowercase().replace(provider, "");
        match self {
            Self::Identifier(name) => Self::Identifier(less(name)),
            Self::Literal(text) => Self::Literal(less(text)),
        }
    }

    fn is_exposition_crate(&self) -> bool {
        match self {
            Self::Identifier(name) => EXPOSITION_CRATES.contains(&name.as_str()),
            Self::Literal(_) => false,
        }
    }

    fn names_a_provider(&self) -> bool {
        match self {
            Self::Identifier(name) => holds_a_provider(name),
            Self::Literal(text) => {
                WHOLE.contains(&text.as_str()) || text.split_whitespace().any(holds_a_provider)
            }
        }
    }
}

fn holds_a_provider(word: &str) -> bool {
    let word = SECRET_PREFIXES
        .iter()
        .fold(word.to_owned(), |word, prefix| word.replace(prefix, ""));
    let word: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
    let word = word.to_lowercase();
    PROVIDERS.iter().any(|provider| word.contains(provider))
}
