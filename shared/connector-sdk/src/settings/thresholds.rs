//! Thresholds that a source sets instead of its connector's.

use std::collections::BTreeMap;

use passport_evidence::{Descriptor, Threshold, Unit};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::kind::Builder;

/// By fact: what is wanted of it, instead of the connector's own threshold.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ThresholdSettings(BTreeMap<String, String>);

/// What is wanted of each fact that can be measured.
#[derive(Debug, Clone, Default)]
pub struct Thresholds(BTreeMap<&'static str, Threshold>);

impl ThresholdSettings {
    /// What is wanted of these facts, each measured in its unit: as the source says, else as the
    /// connector does. Problems below `thresholds`, also for other facts than these.
    pub fn build(
        &self,
        facts: &[(&'static str, Unit)],
        builder: &mut Builder<'_>,
    ) -> Option<Thresholds> {
        let mut sound = true;
        for name in self.0.keys() {
            if !facts.iter().any(|(known, _)| known == name) {
                let known: Vec<_> = facts.iter().map(|(known, _)| *known).collect();
                let fix = format!("use one of {}", known.join(", "));
                let reason = "is no fact with a threshold of this connector";
                builder.problem(format!("thresholds.{name}"), reason, fix);
                sound = false;
            }
        }
        let mut wanted = BTreeMap::new();
        for (name, unit) in facts {
            match self.of(name, *unit, builder) {
                Some(threshold) => {
                    wanted.insert(*name, threshold);
                }
                None => sound = false,
            }
        }
        sound.then_some(Thresholds(wanted))
    }

    fn of(&self, name: &str, unit: Unit, builder: &mut Builder<'_>) -> Option<Threshold> {
        let own = builder.descriptor().fact(name);
        let own = own.and_then(|it| it.default_threshold);
        let text = self.0.get(name).map(String::as_str).or(own)?;
        let parsed = text.parse::<Threshold>();
        let parsed = parsed.and_then(|it| it.in_unit(unit));
        let refuse = |error| {
            let fix = format!("write one such as `{}`", own.unwrap_or("<= 0"));
            builder.problem(format!("thresholds.{name}"), format!("is {error}"), fix);
        };
        parsed.map_err(refuse).ok()
    }
}

impl Thresholds {
    /// What a connector wants where its source says nothing.
    pub fn of_descriptor(descriptor: &'static Descriptor) -> Self {
        let facts = descriptor.facts.iter();
        let wanted = facts.filter_map(|it| Some((it.name, it.default_threshold?.parse().ok()?)));
        Self(wanted.collect())
    }

    /// What is wanted of a fact.
    pub fn of(&self, fact: &str) -> Option<&Threshold> {
        self.0.get(fact)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        kind::SourceContext,
        provider::{Hub, HubOptions},
        settings::CommonSettings,
        stub::{DESCRIPTOR, SetEnv, id},
    };

    fn settings(entries: &[(&str, &str)]) -> ThresholdSettings {
        let entries = entries.iter();
        ThresholdSettings(
            entries
                .map(|(key, it)| ((*key).to_owned(), (*it).to_owned()))
                .collect(),
        )
    }

    /// What is wanted of the fact, and where problems are.
    fn built(entries: &[(&str, &str)]) -> (Option<String>, Vec<String>) {
        let hub = Hub::new(HubOptions::default(), Arc::new(SetEnv::default()));
        let mut builder = Builder {
            context: &SourceContext {
                id: id("acme", "one"),
            },
            hub: &hub,
            common: CommonSettings::default(),
            descriptor: &DESCRIPTOR,
            problems: Vec::new(),
            secrets: Vec::new(),
            own_facts: Default::default(),
            default_max_age: None,
            kept_apart: None,
        };
        let known = [("error_rate", Unit::Percent)];
        let built = settings(entries).build(&known, &mut builder);
        let wanted = built.and_then(|it| it.of("error_rate").map(ToString::to_string));
        let problems = builder.problems.into_iter().map(|it| it.path);
        (wanted, problems.collect())
    }

    #[test]
    fn a_threshold_of_the_source_counts_and_another_dimension_is_refused() {
        assert_eq!(
            built(&[("error_rate", "< 2%")]),
            (Some("< 2%".to_owned()), vec![])
        );
        for (entry, path) in [
            (("error_rate", "< 2s"), "thresholds.error_rate"),
            (("error_rate", "little"), "thresholds.error_rate"),
            (("error_rates", "< 2%"), "thresholds.error_rates"),
        ] {
            let (wanted, problems) = built(&[entry]);
            assert_eq!(
                (wanted, problems),
                (None, vec![path.to_owned()]),
                "{entry:?}"
            );
        }
    }
}
