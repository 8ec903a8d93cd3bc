//! Descriptors, which only leave.

use passport_proto::evidence as proto;

use super::times::duration;
use crate::descriptor::Descriptor;

impl Descriptor {
    /// The descriptor on the wire, as served by a collector.
    pub fn on_wire(&self, collector: &str) -> proto::ConnectorDescriptor {
        proto::ConnectorDescriptor {
            id: self.id.to_owned(),
            display_name: self.display_name.to_owned(),
            category: self.category.as_str().to_owned(),
            collector: collector.to_owned(),
            status: proto::ConnectorStatus::from(self.status).into(),
            announced_status: match self.promotion {
                Some(it) => proto::ConnectorStatus::from(it.from),
                None => proto::ConnectorStatus::Unspecified,
            }
            .into(),
            status_reason: self.promotion.map_or("", |it| it.because).to_owned(),
            capabilities: self
                .capabilities
                .iter()
                .map(|capability| proto::Capability::from(*capability).into())
                .collect(),
            credential: self.credential.to_owned(),
            evidence: self.evidence.to_owned(),
            minimum_scope: self.minimum_scope.to_owned(),
            avoid: self.avoid.to_owned(),
            facts: self
                .facts
                .iter()
                .map(|fact| proto::FactDescriptor {
                    name: fact.name.to_owned(),
                    meaning: fact.meaning.to_owned(),
                    default_threshold: fact.default_threshold.unwrap_or_default().to_owned(),
                })
                .collect(),
            default_max_age: self.default_max_age().map(duration),
        }
    }
}
