//! Projects that a repository is analysed as.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, plain,
};

use crate::pipelines::steps;

const CLOUD: &str = "https://sonarcloud.io";
/// Files that hold properties of an analysis.
const BUILDS: [&str; 4] = [
    "sonar-project.properties",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
];
const ACTIONS: [&str; 3] = [
    "SonarSource/sonarqube-scan-action",
    "SonarSource/sonarcloud-github-action",
    "SonarSource/sonarqube-quality-gate-action",
];
/// Plugins that analyse, as builds name them.
const PLUGINS: [&str; 2] = ["sonar-maven-plugin", "org.sonarqube"];

/// One candidate, if anything in the repository says that it is analysed.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why: Vec<_> = properties(files)
        .into_iter()
        .chain(plugins(files))
        .chain(actions(files))
        .collect();
    Detected::because(why, proposal(files))
        .into_iter()
        .collect()
}

fn properties(files: &RepositoryFiles) -> Option<Why> {
    let (file, line, _) = property(files, "sonar.projectKey")?;
    Some(Why::new(file, line, "the key of a project of SonarQube"))
}

fn plugins(files: &RepositoryFiles) -> Vec<Why> {
    let names_one = |line: &str| PLUGINS.iter().any(|it| line.contains(it));
    let builds = files.named(&BUILDS);
    builds
        .filter_map(|file| file.why(names_one, "a plugin that analyses"))
        .collect()
}

fn actions(files: &RepositoryFiles) -> Vec<Why> {
    let steps = ACTIONS.iter().flat_map(|action| steps(files, action));
    steps
        .map(|it| Why::new(it.file, it.line, "a step that analyses"))
        .collect()
}

/// Where a property of the analysis is first set, in a file of a build or in a pipeline, and its value.
fn property<'f>(
    files: &'f RepositoryFiles,
    key: &str,
) -> Option<(&'f RepositoryFile, usize, &'f str)> {
    let is_pipeline = |it: &RepositoryFile| it.is_yaml() && it.path().starts_with('.');
    let mut all = files
        .named(&BUILDS)
        .chain(files.yaml().filter(|it| is_pipeline(it)));
    all.find_map(|file| {
        let mut lines = file.text().lines().enumerate();
        lines.find_map(|(at, line)| Some((file, at + 1, value(line, key)?)))
    })
}

/// `key=value`, `<key>value</key>`, `"key", "value"` or `-Dkey=value`.
fn value<'l>(line: &'l str, key: &str) -> Option<&'l str> {
    if line.trim_start().starts_with(['#', '!']) {
        return None;
    }
    let (_, rest) = line.split_once(key)?;
    let rest = rest.strip_prefix(['=', '>', '"', '\'', ' '])?;
    let rest = rest.trim_start_matches(['=', ' ', ',', '"', '\'']);
    let value = rest.split(['<', '"', '\'', ' ', ')', ',', '\\']).next()?;
    (!value.is_empty()).then_some(value)
}

/// The value, if it is a key: plain words with colons between.
fn key(text: &str) -> Option<&str> {
    let fits = |part: &str| plain(part).is_some_and(|it| !it.contains(['/', ' ', '+']));
    let whole = plain_but_for_colons(text);
    (whole && text.split(':').all(fits)).then_some(text)
}

/// A secret that holds a colon must not be taken for two words.
fn plain_but_for_colons(text: &str) -> bool {
    plain(&text.replace(':', "-")).is_some() && text.is_ascii()
}

/// The address, if it is one without a name, a password or a port of its own.
fn address(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://")?;
    plain(rest.trim_end_matches('/')).filter(|it| !it.contains([' ', '+']))?;
    Some(text.trim_end_matches('/'))
}

fn proposal(files: &RepositoryFiles) -> Proposal {
    let told = |name: &str| property(files, name).map(|it| it.2);
    let organization = told("sonar.organization").and_then(key);
    let cloud = organization.map(|_| CLOUD);
    let endpoint = told("sonar.host.url").and_then(address).or(cloud);
    let project = told("sonar.projectKey").and_then(key);
    let mut scope = vec![
        (
            "project_key".into(),
            Setting::or_blank(project, "key of the project"),
        ),
        (
            "branch".into(),
            blank("the branch that is released, such as main"),
        ),
    ];
    scope.extend(organization.map(|it| ("organization".into(), it.into())));
    Proposal::named("sonarqube")
        .with(
            "endpoint",
            Setting::or_blank(
                endpoint,
                "the server with its web context; https://sonarcloud.io for the Cloud",
            ),
        )
        .with_credential("SONAR_TOKEN")
        .with("scope", Setting::Table(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(files: &[(&str, &str)]) -> Vec<(Vec<Why>, serde_json::Value)> {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        let found = detect(&files.iter().map(owned).collect());
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

    const FILE: &str = "sonar-project.properties";

    #[test]
    fn properties_tell_server_and_project() {
        let text = "# sonar.projectKey=old\nsonar.host.url=https://quality.example.com/sonar/\nsonar.projectKey=acme:checkout-api\n";
        let found = detected(&[(FILE, text)]);
        let wanted = serde_json::json!({
            "endpoint": "https://quality.example.com/sonar",
            "credential": {"env": "SONAR_TOKEN"},
            "scope": {"project_key": "acme:checkout-api", "branch": "FILL IN: the branch that is released, such as main"},
        });
        assert_eq!(found[0].1, wanted);
        assert_eq!(found[0].0[0].line, 3);
    }

    #[test]
    fn an_organization_means_the_cloud() {
        let pom = "<sonar.organization>acme</sonar.organization>\n<sonar.projectKey>acme_api</sonar.projectKey>";
        let found = detected(&[("pom.xml", pom)]);
        assert_eq!(found[0].1["endpoint"], CLOUD);
        assert_eq!(found[0].1["scope"]["organization"], "acme");
        assert_eq!(found[0].1["scope"]["project_key"], "acme_api");
    }

    #[test]
    fn plugins_and_steps_are_candidates_with_blanks() {
        let workflow =
            "jobs:\n  a:\n    steps:\n      - uses: sonarsource/sonarqube-scan-action@v5\n";
        for (path, text, line) in [
            (
                "build.gradle.kts",
                "plugins {\n id(\"org.sonarqube\") version \"6\"\n}",
                2,
            ),
            (".github/workflows/a.yml", workflow, 4),
        ] {
            let found = detected(&[(path, text)]);
            assert_eq!(found[0].0[0].line, line, "{path}");
            assert!(
                found[0].1["endpoint"]
                    .as_str()
                    .unwrap()
                    .starts_with("FILL IN: ")
            );
        }
        assert_eq!(detected(&[("README.md", "sonar.projectKey=a")]), []);
    }

    #[test]
    fn a_password_in_an_address_and_a_secret_for_a_key_are_blanks() {
        let text = "sonar.host.url=https://ada:hunter2hunter2@quality.example.com\nsonar.projectKey=ghp_abcdefghijklmnopqrstuvwxyz0123456789\nsonar.login=squ_0123456789abcdef0123456789abcdef01234567\n";
        let said = format!("{:?}", detected(&[(FILE, text)]));
        for secret in ["hunter2", "ghp_", "squ_"] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}
