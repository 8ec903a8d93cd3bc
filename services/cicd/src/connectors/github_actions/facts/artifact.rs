//! The digest of an uploaded artifact. Pure.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Subject, Threshold};

use super::{
    super::{
        model::{Artifact, Run},
        settings::ArtifactSettings,
    },
    compared,
};

pub const ARTIFACT_DIGEST: FactName = FactName::fixed("artifact_digest");
/// Digits of a SHA-256.
const DIGITS: usize = 64;
/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

const EXPIRED: StateTable = StateTable::new(&[("expired", Meaning::Warning(Reason::Expired))]);

/// The digest of the newest upload of the wanted name.
pub fn digest(
    run: &Run,
    settings: &ArtifactSettings,
    read: &Result<Vec<Artifact>, Reason>,
    subject: Option<&Subject>,
) -> Fact {
    let digests = subject.map_or(&[][..], |it| &it.artifact_digests);
    let wanted = wanted_digests(digests).filter(|_| settings.match_subject);
    let unknown = |reason| Fact::unknown(ARTIFACT_DIGEST, reason).wanting(wanted.clone());
    let newest = read.as_ref().map(|all| {
        let named = all.iter().filter(|it| it.name == settings.name);
        named.max_by_key(|it| it.id)
    });
    let fact = match newest {
        Err(reason) => unknown(*reason),
        Ok(None) => unknown(Reason::NoData),
        Ok(Some(artifact)) => match (of_run_itself(run, artifact), artifact.digest.as_deref()) {
            (false, _) => unknown(Reason::FilterNotApplied),
            (true, None) => unknown(Reason::NoData),
            (true, Some(digest)) if !is_digest(digest) => unknown(Reason::UnexpectedShape),
            (true, Some(digest)) if !settings.match_subject => {
                Fact::not_applicable(ARTIFACT_DIGEST, Reason::Informational).showing(digest)
            }
            (true, Some(digest)) => match wanted.clone() {
                None => unknown(Reason::NoSubject).showing(digest),
                Some(wanted) => {
                    let is_it = digests.iter().any(|it| it == digest);
                    match is_it && artifact.expired {
                        true => Fact::state(ARTIFACT_DIGEST, "expired", &EXPIRED)
                            .showing(digest)
                            .wanting(Some(wanted)),
                        false => compared(ARTIFACT_DIGEST, digest, wanted, is_it),
                    }
                }
            },
        },
    };
    fact.about(settings.name.clone())
}

fn of_run_itself(run: &Run, artifact: &Artifact) -> bool {
    let uploaded_by = artifact.workflow_run.as_ref().and_then(|it| it.id);
    uploaded_by == Some(run.id)
}

fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    digits.is_some_and(|it| it.len() == DIGITS && it.bytes().all(|it| it.is_ascii_hexdigit()))
}

fn wanted_digests(digests: &[String]) -> Option<Threshold> {
    let mut length = 0;
    let named = digests.iter().filter(|it| is_digest(it)).take_while(|it| {
        length += it.len() + 2;
        length <= MAX_NAMED
    });
    let named: Vec<_> = named.map(String::as_str).collect();
    format!("in {}", named.join(", ")).parse().ok()
}
