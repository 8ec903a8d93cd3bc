//! What jobs left behind: their archives and reports ("Jobs API"). Pure.
//!
//! GitLab tells which files there are and until when, and of none of them a digest: what is in them is not
//! judged.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Builder;
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Status, Threshold};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    jobs::{newest_of_each, shown},
    model::Job,
    pages::Listed,
    settings::is_job,
    states,
};

const JOB_ARTIFACT: FactName = FactName::fixed("job_artifact");
/// The kind of the archive that `artifacts: paths` makes.
const ARCHIVE: &str = "archive";
/// Kinds of files that every job may leave, whatever it did.
const OF_ANY_JOB: [&str; 2] = ["trace", "metadata"];
/// Longest kind.
const MAX_KIND: usize = 40;
/// Most files of a source.
const MOST: usize = 50;

const FILES: StateTable = StateTable::new(&[
    ("present", Meaning::Passed),
    ("expired", Meaning::Warning(Reason::Expired)),
    ("empty", Meaning::Unknown(Reason::NoData)),
    ("none", Meaning::Failed(Reason::BadState)),
]);

/// A file that a job must have left.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileSettings {
    /// The exact name of the job.
    pub job: String,
    /// GitLab's word for the kind of file, such as `junit`, `sast` or `cyclonedx`. Default: `archive`, what
    /// `artifacts: paths` keeps.
    #[serde(default = "archive")]
    pub kind: String,
}

fn archive() -> String {
    ARCHIVE.to_owned()
}

/// The files that are wanted. `None` after a problem.
pub fn wanted(
    files: Option<&Vec<FileSettings>>,
    builder: &mut Builder<'_>,
) -> Option<Vec<FileSettings>> {
    let Some(files) = files else {
        return Some(Vec::new());
    };
    if !(1..=MOST).contains(&files.len()) {
        let fix = "name 1 to 50 files, or leave the key out";
        builder.problem("artifacts", "holds no file, or too many", fix);
        return None;
    }
    let mut sound = true;
    for (at, file) in files.iter().enumerate() {
        if !is_job(&file.job) || files.iter().take(at).any(|it| it == file) {
            let fix = "write the exact name of a job, and each of its files once";
            builder.problem(format!("artifacts[{at}].job"), "names no one job", fix);
            sound = false;
        }
        if !is_kind(&file.kind) {
            let reason = "is no kind of file that says something";
            let fix = "write `archive` or the name of a report, such as `junit`";
            builder.problem(format!("artifacts[{at}].kind"), reason, fix);
            sound = false;
        }
    }
    sound.then(|| files.clone())
}

fn is_kind(kind: &str) -> bool {
    let inner = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    (1..=MAX_KIND).contains(&kind.len()) && kind.chars().all(inner) && !OF_ANY_JOB.contains(&kind)
}

/// Whether each file is there, as old as the job that left it; a job without an end has no time of its own.
pub fn facts(
    read: &Result<Listed<Job>, Reason>,
    wanted: &[FileSettings],
    is_going_on: bool,
    sha: &str,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let facts = wanted.iter().map(|file| {
        let fact = match read {
            Ok(listed) => of_list(listed, file, is_going_on, now),
            Err(reason) => unknown(*reason),
        };
        fact.about(item(file, sha))
    });
    facts.collect()
}

/// Where there is no pipeline.
pub fn nothing(wanted: &[FileSettings], reason: Reason) -> impl Iterator<Item = Fact> {
    wanted
        .iter()
        .map(move |file| unknown(reason).about(item(file, "")))
}

fn item(file: &FileSettings, sha: &str) -> String {
    let job = shown(&file.job, sha);
    match file.kind.as_str() {
        ARCHIVE => job,
        kind => format!("{job} ({kind})"),
    }
}

fn of_list(
    listed: &Listed<Job>,
    file: &FileSettings,
    is_going_on: bool,
    now: DateTime<Utc>,
) -> Fact {
    let newest = newest_of_each(&listed.items, |it| it);
    match newest.into_iter().find(|it| it.name == file.job) {
        // A newer one may stand where the list was cut.
        Some(_) | None if !listed.is_whole => unknown(Reason::Incomplete),
        Some(job) => of_job(job, &file.kind, is_going_on, now),
        None if is_going_on => in_progress(),
        None => unknown(Reason::Incomplete),
    }
}

fn of_job(job: &Job, kind: &str, is_going_on: bool, now: DateTime<Utc>) -> Fact {
    let state = states::job(JOB_ARTIFACT, &job.status, false);
    let has_ended = matches!(state.status(), Status::Passed | Status::Failed);
    let Some(files) = &job.artifacts else {
        return unknown(Reason::UnexpectedShape);
    };
    let of_kind = || files.iter().filter(|it| it.file_type == kind);
    let is_gone = job.artifacts_expire_at.is_some_and(|at| at <= now);
    let word = match of_kind().next() {
        // Files are uploaded when a job ends.
        None if is_going_on && !has_ended => return in_progress(),
        None => "none",
        Some(_) if of_kind().any(|it| it.size == Some(0)) => "empty",
        Some(_) if is_gone => "expired",
        Some(_) => "present",
    };
    let fact = Fact::state(JOB_ARTIFACT, word, &FILES).wanting(present());
    fact.observed(job.finished_at)
}

fn in_progress() -> Fact {
    Fact::pending(JOB_ARTIFACT, Reason::InProgress).wanting(present())
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(JOB_ARTIFACT, reason).wanting(present())
}

fn present() -> Option<Threshold> {
    Some(Threshold::equals("present"))
}
