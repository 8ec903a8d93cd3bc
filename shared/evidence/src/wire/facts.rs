//! Facts: what leaves is judged, what comes in is claimed.

use passport_proto::evidence as proto;

use super::{
    WireError, actors, bounded, invalid, set,
    times::{optional_time, timestamp},
};
use crate::{
    claimed::ClaimedFact,
    excerpts::Excerpts,
    fact::Fact,
    names::FactName,
    quantity::{Quantity, Unit, parse_number},
    reason::Reason,
    status::Status,
    value::Value,
};

impl From<&Fact> for proto::Fact {
    fn from(fact: &Fact) -> Self {
        let claimed = ClaimedFact::from(fact.clone());
        let baseline = fact.baseline();
        let (actors, further_actors) = actors::on_wire(fact.actors());
        Self {
            name: claimed.name.to_string(),
            status: proto::FactStatus::from(claimed.status).into(),
            value: fact
                .value()
                .zip(fact.value_text())
                .map(|(value, text)| value_on_wire(value, text)),
            threshold: claimed
                .threshold
                .map(|it| it.to_string())
                .unwrap_or_default(),
            item: claimed.item.unwrap_or_default(),
            reason: claimed
                .reason
                .map(proto::Reason::from)
                .unwrap_or_default()
                .into(),
            observed_at: claimed.observed_at.map(timestamp),
            link: claimed.link.unwrap_or_default(),
            redactions: redactions_on_wire(&claimed.excerpts),
            excerpts: claimed.excerpts.into_texts(),
            baseline: baseline.map(|it| value_on_wire(it, it.display(fact.threshold()))),
            query_digest: claimed.query.map(|it| it.to_string()).unwrap_or_default(),
            actors,
            further_actors,
        }
    }
}

fn redactions_on_wire(excerpts: &Excerpts) -> Vec<proto::Redaction> {
    let counts = excerpts.redactions().iter();
    let redaction = |(kind, count): (&String, &u32)| proto::Redaction {
        kind: kind.clone(),
        count: i32::try_from(*count).unwrap_or(i32::MAX),
    };
    counts.map(redaction).collect()
}

fn excerpts_off_wire(texts: Vec<String>, redactions: Vec<proto::Redaction>) -> Excerpts {
    let counts = redactions.into_iter();
    // Less than none was never found.
    let counts = counts.map(|it| (it.kind, u32::try_from(it.count).unwrap_or_default()));
    texts.into_iter().collect::<Excerpts>().redacted(counts)
}

fn value_on_wire(value: &Value, text: String) -> proto::Value {
    let measurement = |quantity: &Quantity, lower_bound| {
        proto::value::Kind::Measurement(proto::Measurement {
            quantity: Some(proto::Quantity {
                number: quantity.number().to_plain_string(),
                unit: proto::Unit::from(quantity.unit()).into(),
            }),
            lower_bound,
        })
    };
    let kind = match value {
        Value::Exact(quantity) => measurement(quantity, false),
        Value::AtLeast(quantity) => measurement(quantity, true),
        Value::Text(text) => proto::value::Kind::Word(text.clone()),
    };
    proto::Value {
        text,
        kind: Some(kind),
    }
}

fn value_off_wire(value: proto::Value) -> Result<Value, WireError> {
    match value.kind.ok_or(WireError::Missing("value.kind"))? {
        proto::value::Kind::Word(word) => Ok(Value::Text(bounded("value.word", word)?)),
        proto::value::Kind::Measurement(measurement) => {
            let quantity = measurement
                .quantity
                .ok_or(WireError::Missing("value.quantity"))?;
            let number = parse_number(&quantity.number).map_err(|e| invalid("value.number", e))?;
            let unit = Unit::from_wire(quantity.unit).ok_or(WireError::Missing("value.unit"))?;
            let quantity = Quantity::new(number, unit);
            Ok(if measurement.lower_bound {
                Value::AtLeast(quantity)
            } else {
                Value::Exact(quantity)
            })
        }
    }
}

impl TryFrom<proto::Fact> for ClaimedFact {
    type Error = WireError;

    fn try_from(fact: proto::Fact) -> Result<Self, WireError> {
        let threshold = set(bounded("threshold", fact.threshold)?).map(|text| text.parse());
        // A status that is not known yet says nothing good, nor does a reason that is not.
        let reason = match fact.reason {
            0 => None,
            code => Some(Reason::from_wire(code).unwrap_or(Reason::UnrecognizedState)),
        };
        Ok(Self {
            name: FactName::new(&fact.name).map_err(|error| invalid("fact.name", error))?,
            status: Status::from_wire(fact.status).unwrap_or(Status::Unknown),
            value: fact.value.map(value_off_wire).transpose()?,
            threshold: threshold
                .transpose()
                .map_err(|error: crate::threshold::ThresholdError| invalid("threshold", error))?,
            item: set(bounded("fact.item", fact.item)?),
            reason,
            observed_at: optional_time("fact.observed_at", fact.observed_at)?,
            link: set(bounded("fact.link", fact.link)?),
            excerpts: excerpts_off_wire(fact.excerpts, fact.redactions),
            // What is none says nothing of the question, and nothing of the fact.
            query: fact.query_digest.parse().ok(),
            baseline: fact.baseline.map(value_off_wire).transpose()?,
            actors: actors::off_wire(&fact.actors, fact.further_actors),
        })
    }
}
