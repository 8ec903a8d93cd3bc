//! The configuration at run time: a file that changed, or SIGHUP, swaps it as a whole.

use std::{convert::Infallible, net::SocketAddr, path::Path, sync::Arc};

use passport_evidence::{Clock as _, Problem};
use serde_json::Value;

use super::{Around, Built as _, Fault, InUse, Service, current::Current};
use crate::{
    clock::SystemClock,
    config::{Loaded, Report, load},
    telemetry::Metrics,
    tls::watch::Watch,
};

/// Parts that are read once: what they name is held open for as long as the process runs.
const FIXED: [&str; 2] = ["store", "telemetry"];

/// What a process was started with, and serves.
pub(super) struct Reload<'a, S> {
    pub service: &'a S,
    pub file: &'a Path,
    pub listen: SocketAddr,
    pub around: Around,
    pub metrics: Metrics,
    pub current: Current,
    /// What was loaded last.
    pub loaded: Arc<Loaded>,
}

/// Why a file was not taken.
enum NotTaken {
    /// Everything that is wrong with it.
    Bad(Report),
    /// It is good, and what it wants can't be had now.
    Failed(Fault),
}

impl<S: Service> Reload<'_, S> {
    /// Takes the file whenever it changed. Ends at no time.
    pub async fn follow(mut self, mut watch: Watch) -> Infallible {
        loop {
            watch.due(false).await;
            self.once().await;
        }
    }

    async fn once(&mut self) {
        let now = || SystemClock.now();
        let next = self.next().await;
        let in_use: &InUse = &self.around.configuration;
        match next {
            Ok(None) => tracing::info!("the configuration says the same as before"),
            Ok(Some(digest)) => {
                in_use.taken(&digest, now());
                tracing::info!(digest, "the configuration was read anew and is in use");
            }
            Err(NotTaken::Bad(report)) => {
                in_use.refused(report.findings().len(), now());
                for finding in report.findings() {
                    let (line, column) = (finding.line, finding.column);
                    let (path, reason, fix) = (&finding.path, &finding.reason, &finding.fix);
                    tracing::error!(
                        line,
                        column,
                        path,
                        reason,
                        fix,
                        "wrong in the configuration"
                    );
                }
                tracing::error!("the new configuration was refused, that before stays in use");
            }
            Err(NotTaken::Failed(fault)) => {
                in_use.refused(1, now());
                let reason = fault.to_string();
                tracing::error!(
                    reason,
                    "the new configuration can't be used, that before stays"
                );
            }
        }
    }

    /// Puts what the file says in the place of what is served. `None`: it says the same.
    async fn next(&mut self) -> Result<Option<String>, NotTaken> {
        let loaded = load(self.file, &self.service.checks())?;
        let digest = loaded.digest.clone();
        if digest == self.loaded.digest && self.around.configuration.now().refused.is_none() {
            return Ok(None);
        }
        let problems = self.problems(&loaded);
        if !problems.is_empty() {
            return Err(Report::of(&loaded.tree, problems).into());
        }
        let kept = Arc::new(loaded.clone());
        let built = self.service.build(loaded)?;
        let served = built.serve(&self.around).await;
        let served = served.map_err(NotTaken::Failed)?;
        self.current.replace(served.observed(&self.metrics)).await;
        self.loaded = kept;
        Ok(Some(digest))
    }

    /// What is good in itself and can't be taken by a process that runs.
    fn problems(&self, next: &Loaded) -> Vec<Problem> {
        // Files of TLS are read anew by themselves; which they are is not.
        let shows = [&*self.loaded, next].into_iter();
        let shown = shows.filter_map(|loaded| Some(self.service.shows(loaded)?.at));
        let fixed = FIXED.map(str::to_owned).into_iter().chain(shown);
        let changed = fixed.filter(|path| self.loaded.at(path) != next.at(path));
        let mut problems: Vec<_> = changed
            .map(|path| {
                let reason = "is read when the process starts, and is another one now";
                Problem::new(
                    path,
                    reason,
                    "leave it as it was, or start the process anew",
                )
            })
            .collect();
        if let Err(exposed) = self.service.may_listen(next, self.listen) {
            problems.push(Problem::new("", exposed.to_string(), exposed.fix()));
        }
        problems.dedup();
        problems
    }
}

impl Loaded {
    /// What stands at a path of keys.
    fn at(&self, path: &str) -> Option<&Value> {
        let mut keys = path.split('.');
        keys.try_fold(self.file(), |at, key| at.get(key))
    }
}

impl From<Report> for NotTaken {
    fn from(report: Report) -> Self {
        Self::Bad(report)
    }
}
