//! Which release a number of before is of: what a label of the scope's series says, now and then.

use std::collections::BTreeSet;

use passport_connector_sdk::Builder;
use passport_evidence::Reason;

use super::{
    answer::Data,
    client::Ask,
    normalize::{self, Seen},
    settings::ReleaseSettings,
    template::Labels,
};

/// Most releases that run at one time; of more, nobody can say which is the one before.
const MAX_RELEASES: u16 = 10;

/// How it is told which release runs.
#[derive(Debug, Clone)]
pub struct Releases {
    /// The read that tells it.
    pub ask: Ask,
    label: String,
}

// === impl Releases ===

impl Releases {
    /// Checks the keys at `at`. `probe` is the selector that is asked where the settings name none.
    pub fn build(
        settings: &ReleaseSettings,
        probe: Option<&str>,
        labels: &Labels,
        at: &impl Fn(&str) -> String,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let label = &settings.label;
        let sound = is_label(label) && labels.get(label).is_none();
        if !sound {
            let reason =
                "is no label of a series, or one of the scope, which is the same for every release";
            let fix = "name the label that holds the version, such as `version`";
            builder.problem(at("baseline.release.label"), reason, fix);
        }
        let selector = match &settings.series {
            None => probe?.to_owned(),
            Some(series) => labels
                .selector(series)
                .map_err(|error| {
                    let at = at("baseline.release.series");
                    builder.problem(at, error.to_string(), error.fix());
                })
                .ok()?,
        };
        let text = format!("count by ({label}) ({selector})");
        sound.then(|| Self {
            ask: Ask::instant(text).of_series(MAX_RELEASES),
            label: label.clone(),
        })
    }

    /// By a label of the series that `running` tells of.
    #[cfg(test)]
    pub fn by(label: &str) -> Self {
        Self {
            ask: Ask::instant("running".to_owned()).of_series(MAX_RELEASES),
            label: label.to_owned(),
        }
    }

    /// Whether one release ran then, and it is not the one that is asked about.
    ///
    /// # Errors
    /// It can't be told, or is not so.
    pub fn differ(&self, ago: u32, seen: Seen<'_>) -> Result<(), Reason> {
        let now = self.running(0, seen)?;
        let current = match (seen.release, now.as_slice()) {
            (Some(asked), running) => running.iter().find(|it| it.as_str() == asked),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let before = self.running(ago, seen)?;
        match (current, before.as_slice()) {
            (Some(current), [before]) if before != current => Ok(()),
            _ => Err(Reason::BaselineMissing),
        }
    }

    /// The releases of a time. A series without the label is of none that is known.
    fn running(&self, ago: u32, seen: Seen<'_>) -> Result<Vec<String>, Reason> {
        let answer = normalize::answer(seen.answers, &self.ask.before(ago))?;
        let Data::Series(series) = &answer.data else {
            return Err(Reason::UnexpectedShape);
        };
        normalize::of_scope(series, seen.labels)?;
        if answer.partial || series.len() > usize::from(MAX_RELEASES) {
            return Err(Reason::Incomplete);
        }
        let named = series.iter().map(|it| it.labels.get(&self.label).cloned());
        let named: Option<BTreeSet<_>> = named.map(|it| it.filter(|it| !it.is_empty())).collect();
        let all = named.ok_or(Reason::Incomplete)?;
        Ok(all.into_iter().collect())
    }
}

/// Of the letters that PromQL takes in `by (...)`, after the page "Data model".
fn is_label(name: &str) -> bool {
    let in_label = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let first = name.chars().next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && name.chars().all(in_label)
}
