//! What pipelines run, as the files of a repository tell.

use passport_connector_sdk::detect::{Node, RepositoryFile, RepositoryFiles};

/// A step that uses an action.
#[derive(Debug, Clone, Copy)]
pub struct Step<'f> {
    /// Where it stands.
    pub file: &'f RepositoryFile,
    /// Line of `uses`.
    pub line: usize,
    node: &'f Node,
}

/// A line that runs a command.
#[derive(Debug, Clone, Copy)]
pub struct Line<'f> {
    /// Where it stands.
    pub file: &'f RepositoryFile,
    /// Line, from 1.
    pub line: usize,
}

/// Names of files, beside those of YAML, that hold commands.
const OF_COMMANDS: [&str; 3] = ["Jenkinsfile", "Makefile", "justfile"];

/// Steps of workflows and composite actions that use an action of this name, of whatever version.
pub fn steps<'f>(files: &'f RepositoryFiles, action: &str) -> Vec<Step<'f>> {
    let mut found = Vec::new();
    for file in files.yaml().filter(|it| it.path().starts_with(".github/")) {
        for node in file.documents().iter().flat_map(Node::mappings) {
            let Some(uses) = node.entry("uses") else {
                continue;
            };
            let name = uses.node.text().and_then(|text| text.split('@').next());
            if name.is_some_and(|name| is_of(name, action)) {
                let line = uses.line;
                found.push(Step { file, line, node });
            }
        }
    }
    found
}

/// Names are the same in either case, and an action may stand in a folder of its repository.
fn is_of(name: &str, action: &str) -> bool {
    let (start, rest) = name.split_at_checked(action.len()).unwrap_or((name, ""));
    start.eq_ignore_ascii_case(action) && (rest.is_empty() || rest.starts_with('/'))
}

/// Lines of pipelines that run a command with one of these words after it.
pub fn commands<'f>(files: &'f RepositoryFiles, command: &str, words: &[&str]) -> Vec<Line<'f>> {
    let mut found = Vec::new();
    let holds = |it: &&RepositoryFile| it.is_yaml() || OF_COMMANDS.contains(&it.name());
    for file in files.iter().filter(holds) {
        let lines = file.text().lines().enumerate();
        let lines = lines.filter(|(_, line)| runs(line, command, words));
        found.extend(lines.map(|(at, _)| Line { file, line: at + 1 }));
    }
    found
}

/// Whether a line runs a command with one of the words after it.
fn runs(line: &str, command: &str, words: &[&str]) -> bool {
    let is_comment = ["#", "//"]
        .iter()
        .any(|it| line.trim_start().starts_with(it));
    let within = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.');
    let is_word = |text: &str| words.contains(&text.trim_matches(['\'', '"']));
    let mut places = line.match_indices(command);
    !is_comment
        && places.any(|(at, found)| {
            let before = line.get(..at).and_then(|it| it.chars().next_back());
            let rest = line.get(at + found.len()..).unwrap_or_default();
            let arguments = rest.strip_prefix(' ').unwrap_or_default();
            !before.is_some_and(within) && arguments.split_whitespace().any(is_word)
        })
}

// === impl Step ===

impl<'f> Step<'f> {
    /// What it is given under a name.
    pub fn with(&self, input: &str) -> Option<&'f str> {
        self.node.text_at(&["with", input])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> RepositoryFiles {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        files.iter().map(owned).collect()
    }

    #[test]
    fn steps_are_found_with_their_line_and_what_they_are_given() {
        let text = "jobs:\n  a:\n    steps:\n      - name: scan\n        uses: Acme/Scan@v1\n        with: {of: it}\n      - uses: acme/scanner@v1\n      - uses: acme/scan/node@v1\n";
        let all = files(&[(".github/workflows/a.yml", text), ("a.yml", text)]);
        let found = steps(&all, "acme/scan");
        let lines: Vec<_> = found.iter().map(|it| (it.line, it.with("of"))).collect();
        assert_eq!(lines, [(5, Some("it")), (8, None)]);
    }

    #[test]
    fn commands_are_found_as_words() {
        let text = "a:\n  - scan image x\n  # scan image y\n  - my-scan image z\n  - scan --quiet 'image' w\n  - scan version\n";
        let all = files(&[(".gitlab-ci.yml", text), ("README.md", text)]);
        let lines: Vec<_> = commands(&all, "scan", &["image"])
            .iter()
            .map(|it| it.line)
            .collect();
        assert_eq!(lines, [2, 5]);
    }
}
