//! Repositories whose releases are told of in Slack.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, table,
};

use super::names;

/// Steps of workflows that post to Slack.
const STEPS: [&str; 2] = [
    "uses: slackapi/slack-github-action",
    "uses: rtCamp/action-slack-notify",
];
/// The key of such a step that names the channel.
const CHANNEL: &str = "channel-id";
/// Receivers of Prometheus' Alertmanager.
const RECEIVER: &str = "slack_configs:";
/// What only a manifest of a Slack app has ("App manifest reference").
const MANIFEST: &str = "display_information:";

/// One candidate, if anything in the repository says that Slack is used.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let why = files.iter().flat_map(reasons);
    Detected::because(why, proposal(files))
        .into_iter()
        .collect()
}

fn reasons(file: &RepositoryFile) -> Vec<Why> {
    if !file.is_yaml() {
        return Vec::new();
    }
    let item = |line: &str| line.trim_start_matches("- ").to_owned();
    let posts = |line: &str| STEPS.iter().any(|it| item(line).starts_with(it));
    let alerts = |line: &str| item(line).starts_with(RECEIVER);
    let is_app = file.text().contains("\noauth_config:");
    let found = [
        file.why(posts, "a step that posts to Slack"),
        file.why(alerts, "alerts that go to Slack"),
        file.why(
            |line| is_app && line == MANIFEST,
            "a manifest of a Slack app",
        ),
    ];
    found.into_iter().flatten().collect()
}

fn proposal(files: &RepositoryFiles) -> Proposal {
    let lines = files.yaml().flat_map(|file| file.text().lines());
    let mut channels: Vec<_> = lines.filter_map(|line| channel(line.trim())).collect();
    channels.sort_unstable();
    channels.dedup();
    let channel = match channels.as_slice() {
        [only] => Setting::from(*only),
        _ => blank("id of the channel, such as C0123ABCD"),
    };
    let team = blank("id of the workspace, such as T0123ABCD");
    Proposal::named("releases")
        .with_credential("SLACK_TOKEN")
        .with("scope", table([("team", team), ("channel", channel)]))
        .with("notify", true)
}

/// The id that a step names.
fn channel(line: &str) -> Option<&str> {
    let value = line.strip_prefix(CHANNEL)?.strip_prefix(':')?;
    let value = value.trim().trim_matches(['"', '\'']);
    names::is_channel(value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel_of(path: &str, text: &str) -> Option<String> {
        let files = [(path.to_owned(), text.to_owned())];
        let found = detect(&files.into_iter().collect());
        let scope = |it: &Detected| {
            let mut settings = it.proposal.settings.iter();
            let (_, scope) = settings.find(|(key, _)| key == "scope").unwrap();
            let scope = serde_json::to_value(scope).unwrap();
            scope["channel"].as_str().unwrap().to_owned()
        };
        found.first().map(scope)
    }

    #[test]
    fn a_step_that_posts_names_the_channel() {
        let step =
            "steps:\n  - uses: slackapi/slack-github-action@v1\n    with:\n      channel-id: ";
        let path = ".github/workflows/release.yml";
        assert_eq!(
            channel_of(path, &format!("{step}'C0REL'")).unwrap(),
            "C0REL"
        );
        for other in ["releases", "${{ vars.CHANNEL }}", "C0REL,C0OPS"] {
            let found = channel_of(path, &format!("{step}{other}")).unwrap();
            assert!(found.starts_with("FILL IN: "), "{found}");
        }
    }

    #[test]
    fn alerts_and_manifests_give_it_away_and_other_texts_do_not() {
        let manifest = "display_information:\n  name: A\noauth_config:\n  scopes: {}\n";
        assert!(channel_of("manifest.yaml", manifest).is_some());
        assert!(channel_of("alertmanager.yml", "receivers:\n  - slack_configs:\n").is_some());
        for (path, text) in [
            ("README.md", "uses: slackapi/slack-github-action@v1"),
            ("a.yaml", "# uses: slackapi/slack-github-action@v1"),
            ("a.yaml", "display_information:\n  name: A\n"),
        ] {
            assert_eq!(channel_of(path, text), None, "{path}");
        }
    }
}
