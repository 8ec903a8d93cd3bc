//! Plays cases through the real collector, against a loopback provider, and compares.

mod compare;
mod deliveries;
mod names;
mod notices;
pub(crate) mod outputs;
pub(crate) mod play;
mod signed;
mod unplayed;
mod words;

use std::path::Path;

use futures::{StreamExt, stream};
use passport_connector_sdk::Registry;
use serde::Serialize;

use crate::capture;
use crate::case::{Case, CaseError, load_folder};

/// Cases that are played at once.
const AT_ONCE: usize = 4;

/// How a case came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The connector that was tested.
    pub connector: String,
    /// Name of the case.
    pub case: String,
    /// Whether everything came out as expected.
    pub ok: bool,
    /// Whether a fact came out `passed` that is not expected so.
    pub unearned_pass: bool,
    /// What came out differently, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

/// What was found to differ.
#[derive(Debug, Default)]
struct Differences {
    unearned_pass: bool,
    texts: Vec<String>,
}

/// Plays one case. A case that can't be played differs; it is never silently as expected.
pub async fn replay(case: &Case, registry: &Registry) -> Verdict {
    let (played, registry) = (case.clone(), registry.clone());
    let outcome = capture::logged(move || async move { play::play(&played, &registry).await });
    let differences = match outcome.await {
        Ok((played, log)) => played.compared(case, &log),
        Err(broken) => Differences::of(format!("the case could not be played: {broken}")),
    };
    differences.verdict(case)
}

/// Plays the cases of files and folders, a few at once, in the order of their paths. With a
/// connector, only its cases.
///
/// # Errors
/// A case that can't be read: then none is played.
pub async fn replay_paths(
    paths: &[impl AsRef<Path>],
    connector: Option<&str>,
    registry: &Registry,
) -> Result<Vec<Verdict>, CaseError> {
    let mut cases = Vec::new();
    for path in paths {
        cases.extend(load_folder(path, connector)?);
    }
    let played = stream::iter(&cases).map(|case| replay(case, registry));
    Ok(played.buffered(AT_ONCE).collect().await)
}

// === impl Differences ===

impl Differences {
    fn of(text: String) -> Self {
        Self {
            unearned_pass: false,
            texts: vec![text],
        }
    }

    fn add(&mut self, text: String) {
        self.texts.push(text);
    }

    fn verdict(self, case: &Case) -> Verdict {
        Verdict {
            connector: case.connector.clone(),
            case: case.name.clone(),
            ok: self.texts.is_empty() && !self.unearned_pass,
            unearned_pass: self.unearned_pass,
            difference: (!self.texts.is_empty()).then(|| self.texts.join("; ")),
        }
    }
}
