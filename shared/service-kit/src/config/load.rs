//! From a file to settings, or to everything that is wrong with it.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use passport_evidence::problem::Problem;
use serde::Deserialize as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::blanks;
use super::checks::{self, SourceChecks};
use super::model::Settings;
use super::path::{self, Segment};
use super::places::{self, SourceAt};
use super::report::Report;
use super::tree::{Flaw, MAX_BYTES, Position, Tree};
use super::{schema, shape};

/// A file that may be used.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The file, typed.
    pub settings: Settings,
    /// The file with its places, for problems that are found later.
    pub tree: Tree,
    /// SHA-256 in hex of the file's canonical JSON (keys sorted, no white space): two files that
    /// say the same have the same digest.
    pub digest: String,
    file: Value,
}

/// Reads and checks a file.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load(file: &Path, checks: &dyn SourceChecks) -> Result<Loaded, Report> {
    let name = file.display().to_string();
    let bytes = read(file).map_err(|error| Report::unusable(&name, "", unreadable(&error)))?;
    load_bytes(&name, &bytes, checks)
}

/// Checks a file that was read already; `name` is what messages call it.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load_bytes(name: &str, bytes: &[u8], checks: &dyn SourceChecks) -> Result<Loaded, Report> {
    let tree = Tree::parse(name, bytes).map_err(|flaw| {
        Report::unusable(name, std::str::from_utf8(bytes).unwrap_or_default(), flaw)
    })?;
    let file = tree.root().to_json();
    let problems = problems(&tree, &file, checks);
    if !problems.is_empty() || !tree.flaws().is_empty() {
        return Err(Report::of(&tree, problems));
    }
    match Settings::deserialize(&file) {
        Ok(settings) => Ok(Loaded {
            settings,
            digest: digest(&file),
            tree,
            file,
        }),
        Err(_) => Err(Report::of(&tree, vec![unexpected()])),
    }
}

/// One byte more than is allowed, so that what is too large is known without reading it all.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(MAX_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(error: &io::Error) -> Flaw {
    let reason = format!("the file cannot be read: {}", error.kind());
    let fix = "name a file that exists and that this process may read";
    Flaw {
        at: Position::START,
        problem: Problem::new("", reason, fix),
    }
}

/// The schema lets through nothing that the types refuse, so this would be our mistake. The
/// deserialiser's own words might repeat a value.
fn unexpected() -> Problem {
    Problem::new(
        "",
        "fits the schema but not the settings",
        "report this as a defect",
    )
}

/// All problems, stage by stage. What an earlier stage refused at a path is not refused there once
/// more by a later one.
fn problems(tree: &Tree, file: &Value, checks: &dyn SourceChecks) -> Vec<Problem> {
    let refused = tree.flaws().iter().map(|flaw| flaw.problem.path.clone());
    let mut refused = refused.filter(|path| !path.is_empty()).collect::<Vec<_>>();
    let mut all = Vec::new();
    let blanks = blanks::problems(file);
    let mut of_connectors = checks::of_connectors(file, checks);
    of_connectors.retain(|problem| !blanks::unfinished(&blanks, problem));
    for stage in [
        blanks,
        shape::problems(&schema::of_file(), file),
        checks::across(file),
        of_connectors,
    ] {
        let new = stage
            .into_iter()
            .filter(|problem| !covered(&refused, &problem.path));
        let new = new.collect::<Vec<_>>();
        refused.extend(new.iter().map(|problem| problem.path.clone()));
        all.extend(new);
    }
    all
}

/// Below what was refused for holding a secret nothing more is said: its very keys may be one. Nor
/// of a reference as a whole whose name was refused.
fn covered(refused: &[String], path: &str) -> bool {
    let path = path::parse(path);
    refused.iter().map(|known| path::parse(known)).any(|known| {
        path == known
            || (path.starts_with(&known) && known.iter().any(names_a_secret))
            || is_name_in(&path, &known)
    })
}

/// Whether this is the `env` or `file` of the reference at the path.
fn is_name_in(path: &[Segment], known: &[Segment]) -> bool {
    match known.strip_prefix(path) {
        Some([Segment::Key(key)]) => ["env", "file"].contains(&key.as_str()),
        Some(_) | None => false,
    }
}

fn names_a_secret(segment: &Segment) -> bool {
    match segment {
        Segment::Key(key) => checks::wants_reference(key),
        Segment::Index(_) => false,
    }
}

fn digest(file: &Value) -> String {
    let mut sorted = file.clone();
    sorted.sort_all_objects();
    hex::encode(Sha256::digest(sorted.to_string()))
}

// === impl Loaded ===

impl Loaded {
    /// The file as JSON.
    pub(crate) fn file(&self) -> &Value {
        &self.file
    }

    /// Every source of the file with its place.
    pub fn sources(&self) -> impl Iterator<Item = SourceAt<'_>> {
        places::sources(&self.file)
    }
}
