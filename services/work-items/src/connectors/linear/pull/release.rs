//! A release with its issues, page after page.

use passport_connector_sdk::{CollectError, CollectRequest, Object, ReadError};
use passport_evidence::{FailureCode, Reason};

use super::Gathered;
use crate::connectors::linear::{
    client::{Client, Dated, Found, Missed},
    model::{self, List},
    names,
    wanted::Release,
};

/// Most pages of 100 issues.
const MAX_PAGES: usize = 20;

/// The release, or why it can't be judged.
///
/// # Errors
/// The credential is not accepted. Where nothing else tells that Linear can be asked: it can't be, or there
/// is no such release.
pub async fn ask(
    client: &Client,
    wanted: &Release,
    is_beside: bool,
    request: &CollectRequest,
) -> Result<Dated<Result<Gathered, Reason>>, CollectError> {
    let version = wanted.version.filled(request.subject.as_ref());
    let Some(version) = version.filter(|it| names::is_value(it)) else {
        let read = Err(Reason::NoSubject);
        let at = request.now;
        return Ok(Dated { read, at });
    };
    let first = client.releases(&wanted.pipeline, &version, None, request);
    let Dated { read, mut at } = first.await;
    let found = match read {
        Ok(found) => found,
        Err(missed) if is_beside => {
            let read = Err(missed.beside()?);
            return Ok(Dated { read, at });
        }
        Err(missed) => {
            let read = Err(missed.reason()?);
            return Ok(Dated { read, at });
        }
    };
    let mut gathered = match one(found, &wanted.pipeline, &version) {
        Ok(gathered) => gathered,
        Err(Reason::NoData) if !is_beside => {
            return Err(CollectError::new(FailureCode::NotFound));
        }
        Err(reason) => {
            let read = Err(reason);
            return Ok(Dated { read, at });
        }
    };
    let mut next = next(&gathered.release);
    for _ in 1..MAX_PAGES {
        let Some(after) = next.take() else { break };
        let page = client
            .releases(&wanted.pipeline, &version, Some(&after), request)
            .await;
        at = at.min(page.at);
        let further = match page.read {
            Ok(found) => one(found, &wanted.pipeline, &version).ok(),
            Err(Missed::Read(ReadError::Unauthenticated)) => {
                return Err(CollectError::new(FailureCode::Unauthenticated));
            }
            Err(_) => None,
        };
        next = further.and_then(|it| gathered.add(it, &after));
    }
    let read = Ok(gathered);
    Ok(Dated { read, at })
}

/// The one release of this version, with a page of its issues.
fn one(
    found: Option<Found<List<Object<model::Release>>>>,
    pipeline: &str,
    version: &str,
) -> Result<Gathered, Reason> {
    let Some(found) = found else {
        return Err(Reason::NoData);
    };
    let is_partial = !found.faults.is_empty();
    let mut releases = found.it.nodes.into_iter();
    match (releases.next(), releases.next()) {
        (Some(_), Some(_)) => Err(Reason::Ambiguous),
        (Some(release), None) if !is_asked(&release, pipeline, version) => {
            Err(Reason::FilterNotApplied)
        }
        (Some(release), None) => {
            let mut release = release.0;
            Ok(Gathered {
                issues: std::mem::take(&mut release.issues.0.nodes)
                    .into_iter()
                    .map(|it| it.0)
                    .collect(),
                is_whole: !release.issues.info.has_next_page,
                is_partial,
                release,
            })
        }
        (None, _) if is_partial => Err(Reason::PartialResponse),
        (None, _) => Err(Reason::NoData),
    }
}

fn is_asked(release: &model::Release, pipeline: &str, version: &str) -> bool {
    release.pipeline.id == pipeline && release.version.as_deref() == Some(version)
}

/// What the next page is asked for with.
fn next(release: &model::Release) -> Option<String> {
    let info = &release.issues.info;
    info.end_cursor.clone().filter(|_| info.has_next_page)
}

// === impl Gathered ===

impl Gathered {
    /// Adds a further page, and says what the next one is asked for with; nothing where the release is
    /// another one meanwhile, or the page leads to itself.
    fn add(&mut self, page: Self, after: &str) -> Option<String> {
        let is_same = page.release.id == self.release.id
            && page.release.issue_count == self.release.issue_count
            && page.release.stage.kind == self.release.stage.kind;
        self.issues.extend(page.issues);
        self.is_partial |= page.is_partial;
        self.is_whole = is_same && page.is_whole;
        next(&page.release).filter(|it| is_same && it != after)
    }
}
