//! Asks Snyk for what is judged, and judges it.

use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use passport_connector_sdk::{CollectError, CollectRequest, ReadError};
use passport_evidence::{
    Fact, FactName, FailureCode, Meaning, Reason, StateTable, Threshold, freshness::SKEW,
};

use super::{
    client::Client,
    doubt::Doubt,
    facts,
    listed::Listed,
    model::{IssueCounts, Project},
    settings::Wanted,
    severity::{Issues, Severity},
};

const MONITORING: FactName = FactName::fixed("project_monitoring");
const STATES: StateTable = StateTable::new(&[
    ("active", Meaning::Passed),
    ("inactive", Meaning::Failed(Reason::BadState)),
]);

/// One project of the scope.
struct Asked<'a> {
    id: &'a str,
    project: Result<(Project, DateTime<Utc>), ReadError>,
    /// `None`: not asked for.
    issues: Option<Result<Listed, ReadError>>,
}

/// When the tests were that all of it rests on.
enum Tested {
    At(DateTime<Utc>),
    Untold,
    Ahead,
}

/// The facts of all projects.
pub async fn facts(
    client: &Client,
    projects: &[String],
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Vec<Fact>, CollectError> {
    let asked = projects.iter().map(|id| Asked::ask(client, id, request));
    let all = try_join_all(asked).await?;
    unless_all_failed(all.iter().map(|it| it.project.as_ref().err()))?;
    let issues = all.iter().filter_map(|it| it.issues.as_ref());
    unless_all_failed(issues.map(|it| it.as_ref().err()))?;
    Ok(judged(&all, wanted, request.now))
}

/// Where no project gave an answer, the source could not be asked. What Snyk answered in another
/// form is an answer.
fn unless_all_failed<'e>(
    errors: impl Iterator<Item = Option<&'e ReadError>>,
) -> Result<(), CollectError> {
    let failures: Option<Vec<_>> = errors.map(|it| it?.failure()).collect();
    match failures.and_then(|all| all.into_iter().next()) {
        Some(first) => Err(first),
        None => Ok(()),
    }
}

fn judged(all: &[Asked<'_>], wanted: &Wanted, now: DateTime<Utc>) -> Vec<Fact> {
    let listed = all.iter().filter_map(Asked::listed);
    let found: Vec<_> = listed.map(Listed::issues).collect();
    let doubt = |of| Doubt::gravest(all.iter().filter_map(|it| it.doubt(of)));
    let counted = facts::of_issues(&Issues::sum(&found), wanted, doubt);
    let tested = tested(all, now);
    let counted = counted.into_iter().map(|fact| match tested {
        Tested::At(at) => fact.observed(Some(at)),
        Tested::Untold => fact,
        Tested::Ahead => fact.doubt(Reason::Future),
    });
    counted.chain(all.iter().map(Asked::monitoring)).collect()
}

/// The oldest test. One that is not known may be older than any, and one ahead of the clock as well.
fn tested(all: &[Asked<'_>], now: DateTime<Utc>) -> Tested {
    let read = |it: &Asked<'_>| {
        let (project, _) = it.project.as_ref().ok()?;
        Some(time(project.tested_at()))
    };
    let times: Option<Vec<_>> = all.iter().filter_map(read).collect();
    let Some(times) = times else {
        return Tested::Untold;
    };
    match (times.iter().any(|at| *at > now + SKEW), times.iter().min()) {
        (true, _) => Tested::Ahead,
        (false, Some(oldest)) => Tested::At(*oldest),
        (false, None) => Tested::Untold,
    }
}

fn time(text: Option<&str>) -> Option<DateTime<Utc>> {
    let parsed = DateTime::parse_from_rfc3339(text?).ok()?;
    Some(parsed.to_utc())
}

// === impl Asked ===

impl<'a> Asked<'a> {
    /// A credential that is rejected ends it all, and so does an answer about something else.
    async fn ask(
        client: &Client,
        id: &'a str,
        request: &CollectRequest,
    ) -> Result<Self, CollectError> {
        let project = alive(client.project(id, request).await)?;
        if let Ok((found, _)) = &project
            && !found.is_it(id, &client.org)
        {
            return Err(CollectError::new(FailureCode::OutOfScope));
        }
        let issues = match project.is_ok() {
            true => Some(alive(client.issues(id, request).await)?),
            false => None,
        };
        Ok(Self {
            id,
            project,
            issues,
        })
    }

    fn listed(&self) -> Option<&Listed> {
        self.issues.as_ref()?.as_ref().ok()
    }

    /// Why there may be more issues of a severity than are listed.
    fn doubt(&self, of: Severity) -> Option<Doubt> {
        let (project, listed) = match (&self.project, &self.issues) {
            (Err(error), _) | (Ok(_), Some(Err(error))) => {
                return Some(Doubt::Unknown(missing(*error)));
            }
            (Ok(_), None) => return Some(Doubt::Unknown(Reason::Incomplete)),
            (Ok((project, _)), Some(Ok(listed))) => (project, listed),
        };
        let state = match project.status() {
            Some("active") => None,
            Some("inactive") => Some(Doubt::Unknown(Reason::Suppressed)),
            Some(_) => Some(Doubt::Unknown(Reason::UnrecognizedState)),
            None => Some(Doubt::Unknown(Reason::UnexpectedShape)),
        };
        let flaws = listed.flaws.iter().map(|it| Doubt::Unknown(*it));
        let counted = project.counts().and_then(|it| it.of(of));
        let counts = match counted {
            None => Some(Doubt::Unknown(Reason::NoData)),
            Some(counted) => (listed.open().of(of) < counted).then_some(Doubt::Fewer),
        };
        Doubt::gravest(flaws.chain(state).chain(counts))
    }

    /// Whether the project is tested at all. A live read: its age is not that of the test.
    fn monitoring(&self) -> Fact {
        let fact = match &self.project {
            Err(ReadError::NotFound) => Fact::unknown(MONITORING, Reason::NoData),
            Err(error) => Fact::unknown(MONITORING, error.reason()),
            Ok((project, read_at)) => {
                let fact = match project.status() {
                    None => Fact::unknown(MONITORING, Reason::UnexpectedShape),
                    Some(known @ ("active" | "inactive")) => {
                        Fact::state(MONITORING, known, &STATES)
                    }
                    // A word that is not known is not repeated: it may be any text.
                    Some(_) => Fact::unknown(MONITORING, Reason::UnrecognizedState),
                };
                fact.observed(Some(*read_at))
            }
        };
        let wanted = Threshold::equals("active");
        fact.wanting(Some(wanted)).about(self.id)
    }
}

/// Only what Snyk answered in another form is told apart from what is missing.
fn missing(error: ReadError) -> Reason {
    match error {
        ReadError::Rejected | ReadError::Shape => error.reason(),
        ReadError::Unreachable
        | ReadError::TimedOut
        | ReadError::LeftAlone { .. }
        | ReadError::Throttled { .. }
        | ReadError::Unauthenticated
        | ReadError::Denied
        | ReadError::NotFound
        | ReadError::Malformed
        | ReadError::TooLarge
        | ReadError::OutOfScope
        | ReadError::NotConfigured => Reason::Incomplete,
    }
}

fn alive<T>(read: Result<T, ReadError>) -> Result<Result<T, ReadError>, CollectError> {
    match read {
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
        read => Ok(read),
    }
}

// === impl IssueCounts ===

impl IssueCounts {
    fn of(&self, severity: Severity) -> Option<u64> {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
        }
    }
}
