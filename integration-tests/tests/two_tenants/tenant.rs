//! One of the two, and what it has to be told.

use std::collections::BTreeSet;

use anyhow::{Result, bail, ensure};
use futures::future::join_all;
use passport_proto::collector::IngestResult;

use crate::ask::{Asked, Found, Told, is_internal};
use crate::mesh::Mesh;
use crate::step::{REPORTS, Step, Way};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// Its provider fails now and then.
    Acme,
    /// Its provider never fails: a failure that it is shown is another's.
    Globex,
}

/// One of the two, and what it did.
pub struct Tenant {
    pub which: Which,
    /// Numbers of its reports that are kept.
    pub delivered: BTreeSet<u64>,
    /// Number of the first report of this sequence, the same for both.
    first: u64,
    requests: u32,
}

// === impl Which ===

impl Which {
    pub const BOTH: [Self; 2] = [Self::Acme, Self::Globex];

    pub fn other(self) -> Self {
        match self {
            Self::Acme => Self::Globex,
            Self::Globex => Self::Acme,
        }
    }

    pub fn workspace(self) -> &'static str {
        match self {
            Self::Acme => "workspace-acme-prod",
            Self::Globex => "workspace-globex-prod",
        }
    }

    /// Its token of the gateway.
    pub fn token(self) -> &'static str {
        match self {
            Self::Acme => "token-of-the-acme-pipeline",
            Self::Globex => "token-of-the-globex-pipeline",
        }
    }

    /// The error rate that its provider gives, and how that is shown.
    pub fn rate(self) -> (&'static str, &'static str) {
        match self {
            Self::Acme => ("0.0037", "0.37%"),
            Self::Globex => ("0.0083", "0.83%"),
        }
    }

    /// The ids of its requests begin so.
    pub fn request(self) -> String {
        format!("of-{self:?}-").to_lowercase()
    }

    /// What nobody else may be shown.
    pub fn markers(self) -> Vec<String> {
        let (number, shown) = self.rate();
        let name = format!("{self:?}").to_lowercase();
        [self.workspace(), self.token(), number, shown]
            .map(str::to_owned)
            .into_iter()
            .chain([name])
            .collect()
    }
}

// === impl Tenant ===

impl Tenant {
    pub fn new(which: Which) -> Self {
        Self {
            which,
            delivered: BTreeSet::new(),
            first: 1,
            requests: 0,
        }
    }

    /// Ends a sequence: a report that nobody else has is the newest, and as many are kept as of the
    /// other, so that the next one finds both alike in all but their answers.
    pub async fn level(&mut self, mesh: &Mesh, of_the_other: usize) -> Result<()> {
        let own = match self.which {
            Which::Acme => REPORTS,
            Which::Globex => REPORTS + 1,
        };
        let last = self.first + own;
        self.deliver(mesh, last, 1, Way::Grpc).await?;
        for report in self.first..self.first + REPORTS {
            if self.delivered.len() <= of_the_other && !self.delivered.contains(&report) {
                self.deliver(mesh, report, 1, Way::Grpc).await?;
            }
        }
        self.first += REPORTS + 2;
        Ok(())
    }

    /// Does it, and looks at every answer.
    pub async fn take(&mut self, mesh: &Mesh, step: &Step) -> Result<()> {
        match step {
            Step::Collect { release, times, .. } => {
                let asked: Vec<_> = (0..*times).map(|_| self.asked(mesh, step.way())).collect();
                let answers = asked.iter().map(|asked| asked.collect(*release));
                for told in join_all(answers).await {
                    self.outcomes(&told?)?;
                }
                Ok(())
            }
            Step::Deliver { report, times, .. } => {
                let report = self.first + report;
                self.deliver(mesh, report, *times, step.way()).await
            }
            Step::Decide { way, release } => {
                let told = self.asked(mesh, *way).decide(*release).await?;
                self.outcomes(&told)
            }
            Step::Passports(way) => {
                let told = self.asked(mesh, *way).passports().await?;
                self.mine(&told)
            }
            Step::List(way) => {
                let told = self.asked(mesh, *way).list().await?;
                self.sources(&told)
            }
            Step::Check(way) => {
                let told = self.asked(mesh, *way).check().await?;
                self.mine(&told)
            }
            Step::Connectors(way) => {
                let told = self.asked(mesh, *way).connectors().await?;
                self.mine(&told)
            }
            Step::Trespass(way, verb) => {
                let mut asked = self.asked(mesh, *way);
                asked.workspace = self.which.other().workspace().to_owned();
                asked.request = "trespass".to_owned();
                let told = asked.refused(*verb).await?;
                self.mine(&told)
            }
            Step::Fail(fails) => {
                if self.which == Which::Acme {
                    mesh.acme_fails(*fails);
                }
                Ok(())
            }
        }
    }

    fn asked<'a>(&mut self, mesh: &'a Mesh, way: Way) -> Asked<'a> {
        self.requests += 1;
        Asked {
            mesh,
            way,
            token: self.which.token(),
            workspace: self.which.workspace().to_owned(),
            request: format!("{}{}", self.which.request(), self.requests),
        }
    }

    async fn deliver(&mut self, mesh: &Mesh, report: u64, times: u32, way: Way) -> Result<()> {
        let asked: Vec<_> = (0..times).map(|_| self.asked(mesh, way)).collect();
        let answers = asked.iter().map(|asked| asked.deliver(report));
        let mut new = 0;
        for answer in join_all(answers).await {
            let (result, told) = answer?;
            self.mine(&told)?;
            new += u32::from(result == Some(IngestResult::Accepted));
        }
        let is_new = self.delivered.insert(report);
        // Over HTTP both are told alike.
        if way == Way::Grpc {
            ensure!(new == u32::from(is_new), "{new} of {times} were new");
        }
        Ok(())
    }

    /// Nothing of the other is in an answer.
    fn mine(&self, told: &Told) -> Result<()> {
        for marker in self.which.other().markers() {
            ensure!(!told.text.contains(&marker), "{marker}: {}", told.text);
        }
        Ok(())
    }

    fn outcomes(&self, told: &Told) -> Result<()> {
        self.mine(told)?;
        ensure!(
            told.evidence.len() + told.failures.len() == 2,
            "{}",
            told.text
        );
        told.evidence.iter().try_for_each(|it| self.evidence(it))?;
        let mut failures = told.failures.iter();
        failures.try_for_each(|(source, code)| self.failure(source, code))
    }

    fn evidence(&self, found: &Found) -> Result<()> {
        ensure!(found.workspace == self.which.workspace(), "{found:?}");
        match found.source.as_str() {
            "prom" => ensure!(
                found.value("error_rate") == self.which.rate().1,
                "{found:?}"
            ),
            "scan" => {
                let newest = self.delivered.last().map(|it| format!("sha256:{it:064x}"));
                let shown = found.value("artifact_digest");
                let is_right = match &newest {
                    Some(newest) => shown.contains(newest),
                    None => !shown.contains("sha256:"),
                };
                ensure!(is_right, "not {newest:?}: {found:?}");
            }
            other => bail!("{other} is no source"),
        }
        Ok(())
    }

    fn failure(&self, source: &str, code: &str) -> Result<()> {
        let is_own = self.which == Which::Acme && source == "prom";
        let nothing_there = source == "scan" && self.delivered.is_empty();
        ensure!(
            (is_own || nothing_there) && !is_internal(code),
            "{source}: {code}"
        );
        Ok(())
    }

    fn sources(&self, told: &Told) -> Result<()> {
        self.mine(told)?;
        ensure!(told.sources.len() == 2, "{}", told.text);
        for (name, fails) in &told.sources {
            let may_fail = self.which == Which::Acme && name == "prom";
            ensure!(may_fail || !fails, "{}", told.text);
        }
        Ok(())
    }
}
