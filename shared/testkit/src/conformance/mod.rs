//! What every connector must hold to, whatever its provider answers.
//!
//! The suite starts from a case in which something passes. It plays the case's provider broken in
//! every common way and wants the outcome that the list "From HTTP to outcome" names; it deletes,
//! nulls and doubles every part of every answer, one at a time, and wants no pass that was not
//! there before; and it plants a secret in every text and wants to see it nowhere.

mod documents;
mod mutation;
mod situation;
mod stage;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use passport_connector_sdk::Registry;
use passport_evidence::{Fact, Outcome, Status};

use crate::capture;
use crate::case::Case;
use crate::replay::outputs::Outputs;
use documents::Document;
pub use situation::{Ending, Situation};
use stage::Stage;

/// The suite for one connector.
#[derive(Debug, Clone)]
pub struct Conformance {
    passing: Case,
    endings: BTreeMap<Situation, Ending>,
}

/// What a connector does not hold to, all of it.
#[derive(PartialEq, Eq)]
pub struct Breaches(Vec<String>);

/// Runs the suite on a case file in which something passes.
///
/// # Errors
/// All that the connector does not hold to.
pub async fn conforms(file: impl AsRef<Path>, registry: &Registry) -> Result<(), Breaches> {
    let case = Case::load(file).map_err(|error| Breaches(vec![error.to_string()]))?;
    Conformance::new(case).run(registry).await
}

// === impl Conformance ===

impl Conformance {
    /// The suite, starting from a case in which something passes.
    pub fn new(passing: Case) -> Self {
        let endings = Situation::ALL
            .into_iter()
            .map(|situation| (situation, situation.usual()));
        Self {
            passing,
            endings: endings.collect(),
        }
    }

    /// Another outcome of a situation, where the connector's page names one.
    #[must_use]
    pub fn where_it_ends(mut self, situation: Situation, ending: Ending) -> Self {
        self.endings.insert(situation, ending);
        self
    }

    /// Runs the suite.
    ///
    /// # Errors
    /// All that the connector does not hold to.
    pub async fn run(self, registry: &Registry) -> Result<(), Breaches> {
        let registry = registry.clone();
        let env = self.passing.env.clone();
        let run = capture::logged(move || async move { self.play(registry).await });
        let (mut breaches, log) = match run.await {
            Ok((Ok(breaches), log)) => (breaches, log),
            Ok((Err(why), _)) => return Err(Breaches(vec![why])),
            Err(broken) => return Err(Breaches(vec![broken.to_string()])),
        };
        let values = env.values().map(String::as_str);
        for secret in values.chain([&*documents::planted()]) {
            if Outputs::of_log(&log).holding(secret).is_some() {
                breaches.push("a secret stands in the log".to_owned());
            }
        }
        if breaches.is_empty() {
            Ok(())
        } else {
            Err(Breaches(breaches))
        }
    }

    async fn play(self, registry: Registry) -> Result<Vec<String>, String> {
        let stage = Stage::new(self.passing, registry).await?;
        let passed = passed(&stage.play(stage.passing()).await?);
        if passed.is_empty() {
            return Err("nothing passes in the case that the suite starts from".to_owned());
        }
        let mut breaches = Vec::new();
        for (situation, ending) in &self.endings {
            let found = stage.meet(*situation, &passed, *ending).await?;
            breaches.extend(found.map(|how| format!("{situation:?}: {how}")));
        }
        for document in documents::of(stage.passing()) {
            breaches.extend(mutants(&stage, &document, &passed).await?);
            breaches.extend(plantings(&stage, &document).await?);
        }
        Ok(breaches)
    }
}

/// What distinguishes one pass from another.
type Pass = (String, Option<String>, Option<String>);

fn passed(outcome: &Outcome) -> Vec<Pass> {
    let facts = match outcome {
        Outcome::Evidence(evidence) => evidence.facts(),
        Outcome::Failure(_) => &[],
    };
    let pass = |fact: &Fact| {
        let item = fact.item().map(str::to_owned);
        (fact.name().to_string(), item, fact.value_text())
    };
    let passed = facts.iter().filter(|fact| fact.status() == Status::Passed);
    passed.map(pass).collect()
}

/// Passes that a document with a part deleted, nulled or doubled gives, and that the whole one did
/// not.
async fn mutants(
    stage: &Stage,
    document: &Document,
    passed_before: &[Pass],
) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for (change, json) in mutation::mutants(&document.json) {
        let outcome = stage.play(&document.put(stage.passing(), json)).await?;
        for (name, _, value) in passed(&outcome)
            .into_iter()
            .filter(|pass| !passed_before.contains(pass))
        {
            let value = value.unwrap_or_default();
            breaches.push(format!("{document}, {change}: {name} passes with {value}"));
        }
    }
    Ok(breaches)
}

/// Texts of a document that show in what comes out. What is logged is looked at once, at the end.
async fn plantings(stage: &Stage, document: &Document) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for (place, json) in mutation::plantings(&document.json, &documents::planted()) {
        let outcome = stage.play(&document.put(stage.passing(), json)).await?;
        if let Some(output) = Outputs::of_outcome(&outcome).holding(&documents::planted()) {
            breaches.push(format!(
                "{document}, {place}: {output} shows a secret in it"
            ));
        }
    }
    Ok(breaches)
}

// === impl Breaches ===

impl fmt::Display for Breaches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl fmt::Debug for Breaches {
    /// One line each, so that a test that unwraps shows them well.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for Breaches {}
