//! Numbers in an endpoint's answer.

use bigdecimal::BigDecimal;
use passport_connector_sdk::{
    Builder,
    json_pointer::Pointer,
    query::Asked,
    settings::{QueryUnit, Reduce, ThresholdText},
};
use passport_evidence::{FactName, Limits, Threshold};
use schemars::JsonSchema;
use serde::Deserialize;

use super::is_reserved;

/// Most mappings of a source.
const MAX_MAPPINGS: usize = 20;

/// A number in an endpoint's answer.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappingSettings {
    /// Name of the fact that it gives.
    pub fact: String,
    /// Where it stands: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Its unit. Never guessed.
    pub unit: QueryUnit,
    /// What is wanted of it, such as `<= 100`; `none`: shown and not judged.
    pub threshold: ThresholdText,
}

/// A mapping, checked.
#[derive(Debug)]
pub struct Mapping {
    /// What it asks for.
    pub asked: Asked,
    /// Where the number stands.
    pub pointer: Pointer,
}

// === impl Mapping ===

impl Mapping {
    /// Checks the mappings of a source, and lets it state their facts.
    pub fn all(settings: &[MappingSettings], builder: &mut Builder<'_>) -> Option<Vec<Self>> {
        if settings.len() > MAX_MAPPINGS {
            builder.problem("mappings", "are over 20", "name at most 20");
            return None;
        }
        let built = settings.iter().enumerate().map(|(at, it)| {
            let before = settings.iter().take(at);
            let is_twice = before.into_iter().any(|other| other.fact == it.fact);
            Self::build(at, it, is_twice, builder)
        });
        let built: Vec<_> = built.collect();
        built.into_iter().collect()
    }

    fn build(
        at: usize,
        settings: &MappingSettings,
        is_twice: bool,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let name = FactName::new(&settings.fact).ok();
        let name = name.filter(|it| !is_reserved(it) && !is_twice);
        if name.is_none() {
            let reason = "is no name of a fact, stands twice, or is one of the connector's own";
            let fix = "write it in snake_case, such as queue_depth";
            builder.problem(format!("mappings[{at}].fact"), reason, fix);
        }
        let pointer = Pointer::parse(&settings.pointer);
        if pointer.is_none() {
            let fix = "write one such as /checks/queue/0/observedValue";
            builder.problem(format!("mappings[{at}].pointer"), "is no JSON pointer", fix);
        }
        let limits = limits(at, settings, builder);
        let asked = Asked {
            name: name?,
            item: None,
            unit: settings.unit.unit(),
            domain: (Some(BigDecimal::from(0)), highest(settings.unit)),
            limits: limits?,
            reduce: Reduce::Single,
            expect_series: None,
            digest: None,
        };
        builder.names_fact(asked.name.clone());
        let pointer = pointer?;
        Some(Self { asked, pointer })
    }
}

fn limits(at: usize, settings: &MappingSettings, builder: &mut Builder<'_>) -> Option<Limits> {
    if settings.threshold == "none" {
        return Some(Limits::default());
    }
    let threshold = settings.threshold.parse::<Threshold>();
    match threshold.and_then(|it| it.in_unit(settings.unit.unit())) {
        Ok(threshold) => Some(threshold.into()),
        Err(error) => {
            let path = format!("mappings[{at}].threshold");
            builder.problem(path, error.to_string(), "write one such as `<= 100`");
            None
        }
    }
}

fn highest(unit: QueryUnit) -> Option<BigDecimal> {
    match unit {
        QueryUnit::Ratio => Some(BigDecimal::from(1)),
        QueryUnit::Percent => Some(BigDecimal::from(100)),
        QueryUnit::Seconds
        | QueryUnit::Milliseconds
        | QueryUnit::Bytes
        | QueryUnit::Count
        | QueryUnit::PerSecond
        | QueryUnit::Score => None,
    }
}
