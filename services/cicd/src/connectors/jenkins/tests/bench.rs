//! What was read, put together by hand, and what comes of it without a server.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Subject};
use serde_json::{Value, json};

use crate::connectors::jenkins::{
    commit::{Repository, Revision},
    facts::{self, Found},
    names::Job,
    settings::{ParameterSettings, Select, Wanted},
};

pub const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
pub const REPOSITORY: &str = "https://git.example.com/acme/checkout-api.git";

/// 2026-05-03T09:30:00Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

/// A source that wants everything that it can.
pub fn wanted() -> Wanted {
    Wanted {
        job: Job::of(&["team".to_owned(), "checkout-api".to_owned()]),
        repository: Repository::wanted("git.example.com/acme/checkout-api"),
        select: Select::LastBuild,
        parameter: Some(ParameterSettings {
            name: "ENV".to_owned(),
            expected: "production".to_owned(),
        }),
        stages: vec!["Deploy".to_owned()],
        artifacts: vec!["checkout-api.jar".to_owned()],
        tests: true,
    }
}

/// A build, its stages and its tests, all of it good.
pub fn good() -> Value {
    json!({
        "build": {
            "number": 142, "building": false, "inProgress": false, "result": "SUCCESS",
            "timestamp": 1_777_799_400_000_i64, "duration": 600_000,
            "actions": [
                {
                    "lastBuiltRevision": {"SHA1": REVISION},
                    "remoteUrls": [REPOSITORY],
                },
                {"parameters": [{"name": "ENV", "value": "production"}]},
                {},
                null,
            ],
            "artifacts": [
                {"fileName": "checkout-api.jar", "relativePath": "target/checkout-api.jar"},
            ],
            "fingerprint": [],
        },
        "stages": {"id": "142", "stages": [{"name": "Deploy", "status": "SUCCESS"}]},
        "tests": {"failCount": 0, "skipCount": 2, "passCount": 210},
    })
}

/// The facts of what was read, as the client reads it; `None` where the build itself has another
/// shape.
pub fn facts_of(read: &Value) -> Option<Vec<Fact>> {
    let shape = |_| passport_evidence::Reason::UnexpectedShape;
    let found = Found {
        build: serde_json::from_value(read["build"].clone()).ok()?,
        stages: Some(serde_json::from_value(read["stages"].clone()).map_err(shape)),
        tests: Some(serde_json::from_value(read["tests"].clone()).map_err(shape)),
    };
    let subject = Subject {
        revision: Some(REVISION.to_owned()),
        ..Subject::default()
    };
    let revision = Revision::of(Some(&subject));
    Some(facts::of_build(&found, &wanted(), &revision, now()))
}
