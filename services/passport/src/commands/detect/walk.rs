//! The text files of a repository, bounded in every way.

use std::collections::VecDeque;
use std::fs::{self, DirEntry, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use passport_connector_sdk::detect::RepositoryFiles;

use super::ignored::Rules;
use crate::output::Skipped;

/// Most files and folders that are looked at.
const MAX_ENTRIES: usize = 100_000;
/// Most files that are read.
const MAX_FILES: usize = 5_000;
/// Most bytes of one file.
const MAX_BYTES: u64 = 512 * 1024;
/// Most bytes of all files.
const MAX_ALL: usize = 32 * 1024 * 1024;
/// Most bytes of a file of rules.
const MAX_RULES: u64 = 64 * 1024;
/// Folders deeper than this hold nothing that configures a release.
const DEEPEST: usize = 16;

/// Endings of files that configure something.
const ENDINGS: [&str; 9] = [
    "yml",
    "yaml",
    "toml",
    "xml",
    "properties",
    "gradle",
    "kts",
    "mod",
    "cfg",
];
/// Names of such files that have another ending.
const NAMES: [&str; 8] = [
    "package.json",
    "requirements.txt",
    "playwright.config.ts",
    "playwright.config.js",
    "playwright.config.mts",
    "playwright.config.mjs",
    "playwright.config.cts",
    "playwright.config.cjs",
];
/// Beginnings of names of files that hold secrets.
const SECRETIVE: [&str; 8] = [
    ".env",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".git-cred",
    "id_",
    "credentials",
];
/// Folders of what others wrote.
const FOREIGN: [&str; 5] = [".git", ".hg", ".svn", "node_modules", "vendor"];

/// What was read.
#[derive(Debug)]
pub struct Walked {
    pub files: RepositoryFiles,
    pub skipped: Skipped,
}

struct Folder {
    path: PathBuf,
    /// Within the repository, with `/` at its end; of the repository itself empty.
    name: String,
    depth: usize,
    rules: Rules,
}

struct Walk {
    read: Vec<(String, String)>,
    bytes: usize,
    entries: usize,
    skipped: Skipped,
    left: VecDeque<Folder>,
}

/// Reads a repository, folders near its top first. No link is followed, into it or out of it.
pub fn walk(root: &Path) -> io::Result<Walked> {
    fs::read_dir(root)?;
    let git = root.join(".git");
    let of_git = |name: &str| is_folder(&git).then(|| text(&git.join(name), MAX_RULES).ok())?;
    let excluded = of_git("info/exclude").unwrap_or_default();
    let top = Folder {
        path: root.to_owned(),
        name: String::new(),
        depth: 0,
        rules: Rules::default().and(root, &excluded),
    };
    let mut walk = Walk {
        read: Vec::new(),
        bytes: 0,
        entries: 0,
        skipped: Skipped::default(),
        left: VecDeque::from([top]),
    };
    let config = of_git("config").map(|text| (".git/config".to_owned(), text));
    walk.read.extend(config);
    while let Some(folder) = walk.left.pop_front() {
        walk.folder(folder);
    }
    Ok(Walked {
        files: walk.read.into_iter().collect(),
        skipped: walk.skipped,
    })
}

// === impl Walk ===

impl Walk {
    fn folder(&mut self, mut folder: Folder) {
        let Ok(listed) = fs::read_dir(&folder.path) else {
            self.skipped.unreadable += 1;
            return;
        };
        if let Ok(rules) = text(&folder.path.join(".gitignore"), MAX_RULES) {
            folder.rules = folder.rules.and(&folder.path, &rules);
        }
        let room = MAX_ENTRIES.saturating_sub(self.entries);
        let mut entries: Vec<_> = listed.flatten().take(room.saturating_add(1)).collect();
        if entries.len() > room {
            self.skipped.ended_early = true;
            entries.truncate(room);
        }
        self.entries += entries.len();
        entries.sort_by_key(DirEntry::file_name);
        for entry in entries {
            self.entry(&folder, &entry);
        }
    }

    fn entry(&mut self, folder: &Folder, entry: &DirEntry) {
        let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else {
            self.skipped.unreadable += 1;
            return;
        };
        let path = entry.path();
        if kind.is_symlink() {
            self.skipped.links += 1;
        } else if kind.is_dir() && !FOREIGN.contains(&name.as_str()) {
            if !folder.rules.leave_out(&path, true) {
                self.below(folder, path, &name);
            }
        } else if kind.is_file() && configures(&name) && !folder.rules.leave_out(&path, false) {
            self.file(format!("{}{name}", folder.name), &path);
        }
    }

    fn below(&mut self, folder: &Folder, path: PathBuf, name: &str) {
        if folder.depth >= DEEPEST {
            self.skipped.too_deep += 1;
            return;
        }
        self.left.push_back(Folder {
            path,
            name: format!("{}{name}/", folder.name),
            depth: folder.depth + 1,
            rules: folder.rules.clone(),
        });
    }

    fn file(&mut self, name: String, path: &Path) {
        if self.read.len() >= MAX_FILES || self.bytes >= MAX_ALL {
            self.skipped.ended_early = true;
            return;
        }
        match text(path, MAX_BYTES) {
            Ok(text) => {
                self.bytes += text.len();
                self.read.push((name, text));
            }
            Err(Unread::TooLarge) => self.skipped.too_large += 1,
            Err(Unread::NoText) => self.skipped.not_text += 1,
            Err(Unread::Unreadable) => self.skipped.unreadable += 1,
        }
    }
}

/// Whether a file of this name may tell what a service uses. One that tells secrets is not opened.
fn configures(name: &str) -> bool {
    if SECRETIVE.iter().any(|it| name.starts_with(it)) {
        return false;
    }
    // The dot of `.snyk` begins no ending.
    let ending = name.trim_start_matches('.').rsplit_once('.').map(|it| it.1);
    NAMES.contains(&name) || ending.is_none_or(|it| ENDINGS.contains(&it))
}

enum Unread {
    TooLarge,
    NoText,
    Unreadable,
}

fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|it| it.is_dir())
}

/// The text of a regular file. A link, a pipe or a device is none.
fn text(path: &Path, most: u64) -> Result<String, Unread> {
    let unreadable = |_| Unread::Unreadable;
    let told = fs::symlink_metadata(path).map_err(unreadable)?;
    if !told.is_file() {
        return Err(Unread::Unreadable);
    }
    if told.len() > most {
        return Err(Unread::TooLarge);
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|it| it > most) {
        return Err(Unread::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|_| Unread::NoText)?;
    match text.contains('\0') {
        true => Err(Unread::NoText),
        false => Ok(text),
    }
}

#[cfg(test)]
mod tests;
