//! Whether the release exists. Pure.

use passport_connector_sdk::Object;
use passport_evidence::{Fact, Meaning, Reason, StateTable, Threshold};

use super::{Judged, RELEASE_KNOWN};
use crate::connectors::sentry::{model::Release, pull::Read};

const OPEN: &str = "open";

/// What else a release can be than open.
const OTHERS: StateTable = StateTable::new(&[("archived", Meaning::Warning(Reason::Degraded))]);

/// The fact: of the version that was asked for, in the project.
pub fn fact(read: &Read<Object<Release>>, judged: Judged<'_>) -> Fact {
    let release = match read {
        Ok(dated) => &dated.read,
        Err(reason) => return Fact::unknown(RELEASE_KNOWN, *reason),
    };
    let mut projects = release.projects.iter().map(|it| it.id.text());
    if release.version != judged.release || !projects.any(|it| it == judged.project) {
        return Fact::unknown(RELEASE_KNOWN, Reason::OtherSubject);
    }
    let version = release.version.as_str();
    match release.status.as_str() {
        OPEN => Fact::measured(
            RELEASE_KNOWN,
            version.into(),
            &Threshold::equals(judged.release).into(),
        ),
        other => Fact::state(RELEASE_KNOWN, other, &OTHERS).showing(version),
    }
}
