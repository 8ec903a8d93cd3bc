//! Services whose work is planned in Linear.

use passport_connector_sdk::detect::{
    Detected, Proposal, RepositoryFile, RepositoryFiles, Setting, Why, blank, table,
};

use super::names;

/// Steps of a workflow that tell Linear of releases.
const STEPS: [&str; 2] = [
    "uses: linear/linear-release-action@",
    "uses: linear/linear-release-action/",
];
/// Where the tool for the command line is told of the team.
const TOOL: [&str; 2] = [".linear.toml", "linear.toml"];
/// How the team stands in it.
const TEAM: &str = "team_id";
/// Lists of dependencies, and the library of Linear in them.
const LISTS: [&str; 1] = ["package.json"];
const LIBRARY: &str = "@linear/sdk";
/// Most files that are told of.
const MAX_FOUND: usize = 5;

/// One candidate, if anything in the repository says that Linear is used.
pub fn detect(files: &RepositoryFiles) -> Vec<Detected> {
    let told = files.iter().flat_map(reasons);
    let depending = files.depending(&LISTS, LIBRARY, "the library for Linear's API");
    let why: Vec<Why> = told.chain(depending).take(MAX_FOUND).collect();
    Detected::because(why, proposal(files))
        .into_iter()
        .collect()
}

fn reasons(file: &RepositoryFile) -> Option<Why> {
    if TOOL.contains(&file.name()) {
        return file.why(|line| team(line).is_some(), "a team of Linear");
    }
    let tells = |line: &str| {
        let step = line.trim_start_matches("- ");
        STEPS.iter().any(|it| step.starts_with(it))
    };
    file.is_yaml()
        .then(|| file.why(tells, "a step that tells Linear of releases"))
        .flatten()
}

fn proposal(files: &RepositoryFiles) -> Proposal {
    let lines = files.named(&TOOL).flat_map(|file| file.text().lines());
    let mut teams = lines.filter_map(team);
    let first = teams.next();
    let is_one = teams.all(|it| Some(it) == first);
    let team = Setting::or_blank(first.filter(|_| is_one), "the team's key, such as ENG");
    Proposal::named("ticket")
        .with_credential("LINEAR_KEY")
        .with(
            "scope",
            table([
                ("team", team),
                (
                    "issue",
                    blank("the issue that the release is about, such as ENG-42"),
                ),
            ]),
        )
}

/// The team that a line names.
fn team(line: &str) -> Option<&str> {
    let (key, value) = line.split_once('=')?;
    let value = value.split('#').next()?.trim().trim_matches(['"', '\'']);
    (key.trim() == TEAM && names::is_team(value)).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(files: &[(&str, &str)]) -> Vec<Detected> {
        let files = files.iter();
        detect(
            &files
                .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
                .collect(),
        )
    }

    fn team_of(files: &[(&str, &str)]) -> Option<String> {
        let found = detected(files);
        let mut settings = found.first()?.proposal.settings.iter();
        let (_, scope) = settings.find(|(key, _)| key == "scope")?;
        let scope = serde_json::to_value(scope).unwrap();
        Some(scope["team"].as_str()?.to_owned())
    }

    #[test]
    fn the_tool_names_the_team() {
        let file = ".linear.toml";
        let text = "workspace = \"acme\"\nteam_id = \"ENG\" # ours\n";
        assert_eq!(team_of(&[(file, text)]).as_deref(), Some("ENG"));
        let two = team_of(&[(file, text), ("web/linear.toml", "team_id='OPS'")]).unwrap();
        assert!(two.starts_with("FILL IN: "), "{two}");
        for text in [
            "",
            "team_id = \"lin_api_x\"",
            "# team_id = \"ENG\"",
            "team = \"ENG\"",
        ] {
            assert!(detected(&[(file, text)]).is_empty(), "{text}");
        }
        assert!(detected(&[("config.toml", "team_id = \"ENG\"")]).is_empty());
    }

    #[test]
    fn a_step_or_a_library_leaves_the_team_open() {
        let step = "jobs:\n  x:\n    steps:\n      - uses: linear/linear-release-action@v0\n";
        for (path, text, line) in [
            (".github/workflows/a.yml", step, 4),
            ("web/package.json", "{\n\"@linear/sdk\": \"^98\"}", 2),
        ] {
            let found = detected(&[(path, text)]);
            assert_eq!(found[0].why[0].line, line, "{path}");
            assert!(team_of(&[(path, text)]).unwrap().starts_with("FILL IN: "));
        }
        for (path, text) in [
            ("README.md", step),
            ("a.yaml", "# - uses: linear/linear-release-action@v0"),
            ("a.yaml", "- uses: linear/other@v0"),
            ("package.json", "{\"@linear/sdk-tools\": \"1\"}"),
        ] {
            assert!(detected(&[(path, text)]).is_empty(), "{path} {text}");
        }
    }
}
