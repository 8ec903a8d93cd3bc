//! What a repository's `.gitignore` files leave out.

use std::path::Path;
use std::rc::Rc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Most lines of one file that are obeyed.
const MAX_LINES: usize = 2_000;

/// The rules that hold in a folder: its own, and those of the folders above it.
#[derive(Debug, Clone, Default)]
pub struct Rules(Vec<Rc<Gitignore>>);

// === impl Rules ===

impl Rules {
    /// With the rules of a further file, which count from `folder`. A line that is no rule is none here.
    pub fn and(&self, folder: &Path, text: &str) -> Self {
        let mut builder = GitignoreBuilder::new(folder);
        for line in text.lines().take(MAX_LINES) {
            // Git itself passes over what it does not understand.
            let _ = builder.add_line(None, line);
        }
        let mut rules = self.0.clone();
        rules.extend(builder.build().ok().map(Rc::new));
        Self(rules)
    }

    /// Whether a file or folder is left out. The nearest file that has a rule for it decides.
    pub fn leave_out(&self, path: &Path, is_folder: bool) -> bool {
        let mut nearest_first = self.0.iter().rev().map(|it| it.matched(path, is_folder));
        let decides = nearest_first.find(|it| !it.is_none());
        matches!(decides, Some(Match::Ignore(_)))
    }
}
