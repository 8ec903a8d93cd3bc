//! Answers of a GitLab, and what is judged of them, without a server between.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use passport_evidence::{Fact, Reason, Subject};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::connectors::gitlab_ci::{
    artifacts::FileSettings,
    downstream::Tree,
    facts::{self, Found},
    jobs::Home,
    model::{Bridge, Job, Pipeline},
    pages::{Listed, Next},
    pull,
    settings::{Project, Wanted},
};

pub const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
const CHILD: u64 = 7002;

/// 2026-05-03T09:30:00Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

fn job(id: u64, name: &str) -> Value {
    json!({
        "id": id, "name": name, "status": "success", "allow_failure": false,
        "pipeline": {"id": 7001, "sha": REVISION, "project_id": 42},
        "finished_at": "2026-05-03T09:05:00Z", "artifacts_expire_at": "2026-06-03T09:05:00Z",
        "artifacts": [
            {"file_type": "archive", "size": 1000, "filename": "artifacts.zip"},
            {"file_type": "trace", "size": 2000, "filename": "job.log"},
        ],
    })
}

/// A good pipeline of the commit and all that belongs to it.
pub fn answers() -> Value {
    let mut bridge = job(11, "child");
    bridge["downstream_pipeline"] =
        json!({"id": CHILD, "project_id": 42, "sha": REVISION, "status": "success"});
    json!({
        "pipeline": {
            "id": 7001, "project_id": 42, "sha": REVISION, "ref": "main", "status": "success",
            "source": "push", "updated_at": "2026-05-03T09:10:00.5Z",
            "finished_at": "2026-05-03T09:10:00.4Z", "coverage": "83.2",
            "detailed_status": {"group": "success"},
        },
        "jobs": [job(1, "build"), job(2, "deploy"), job(3, "lint")],
        "bridges": [bridge],
        "below": [],
        "deployment": {
            "id": 501, "sha": REVISION, "status": "success", "environment": {"name": "production"},
            "updated_at": "2026-05-03T09:08:00Z",
        },
        "tests": {
            "total": {"count": 9, "success": 9, "failed": 0, "error": 0, "suite_error": null},
            "test_suites": [{"failed_count": 0, "error_count": 0, "suite_error": null}],
        },
    })
}

/// What a source wants that wants all that there is.
pub fn wanted() -> Wanted {
    Wanted {
        project: Project::Id(42),
        git_ref: None,
        environment: Some("production".to_owned()),
        required: vec!["build".to_owned(), "deploy".to_owned()],
        artifacts: vec![FileSettings {
            job: "build".to_owned(),
            kind: "archive".to_owned(),
        }],
        follows: true,
        tests: true,
        coverage: Some(">= 80%".parse().unwrap()),
    }
}

fn read<T: DeserializeOwned>(answer: &Value) -> Result<T, Reason> {
    // Through text, as it comes over the wire.
    serde_json::from_str(&answer.to_string()).map_err(|_| Reason::UnexpectedShape)
}

fn listed<T: DeserializeOwned>(answer: &Value, id: fn(&T) -> u64) -> Result<Listed<T>, Reason> {
    let mut listed = Listed::new();
    let next = listed.add(read(answer)?, 1, &HeaderMap::new(), id);
    listed.is_whole = next == Next::End;
    Ok(listed)
}

fn of<T>(
    home: Home<'_>,
    read: Result<Listed<T>, Reason>,
    job: fn(&T) -> &Job,
) -> Result<Listed<T>, Reason> {
    let found = pull::of_home(home, read, job);
    found.unwrap_or(Err(Reason::Unavailable))
}

/// The facts of these answers; none where they show no pipeline.
pub fn judged(answers: &Value) -> Vec<Fact> {
    let Ok(pipeline) = read::<Pipeline>(&answers["pipeline"]) else {
        return Vec::new();
    };
    let home = Home {
        id: pipeline.id,
        sha: &pipeline.sha,
        project: Some(pipeline.project_id),
    };
    let jobs = of(home, listed::<Job>(&answers["jobs"], |it| it.id), |it| it);
    let own = listed::<Bridge>(&answers["bridges"], |it| it.job.id);
    let below = listed::<Bridge>(&answers["below"], |it| it.job.id);
    let below: BTreeMap<_, _> = below.into_iter().map(|it| (CHILD, it)).collect();
    let tree = of(home, own, |it| &it.job).map(|own| Tree { own, below });
    let found = Found {
        unread: None,
        is_surely_newest: true,
        jobs,
        downstream: Some(tree),
        deployment: Some(read(&answers["deployment"])),
        tests: Some(read(&answers["tests"])),
        pipeline,
    };
    let subject = Subject {
        revision: Some(REVISION.to_owned()),
        ..Subject::default()
    };
    facts::of_pipeline(&found, &wanted(), Some(&subject), now())
}
