//! What collectors are built with.

use std::collections::BTreeMap;

use passport_policy::grants::Verb;
use passport_proto::{
    collector::ListConnectorsRequest, evidence::ConnectorDescriptor,
    gateway::ListConnectorsResponse,
};

use super::{Gateway, ITSELF};
use crate::{access::Caller, budget::Budget, call_error::CallError};

impl Gateway {
    /// The connectors of all collectors, sorted by id, and the collectors that did not answer.
    ///
    /// # Errors
    /// The caller may read nothing at all.
    pub async fn list_connectors(
        &self,
        caller: &Caller,
        budget: Budget,
    ) -> Result<ListConnectorsResponse, CallError> {
        caller.may_anywhere(Verb::Read)?;
        let answers = self.descriptors(caller.name(), budget).await;
        let mut list = ListConnectorsResponse::default();
        for (collector, connectors) in answers {
            match connectors {
                Some(connectors) => list.connectors.extend(connectors),
                None => list.absent_collectors.push(collector),
            }
        }
        list.connectors.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(list)
    }

    /// Which collectors answer. Needs no grant: it tells nothing but names of the deployment.
    pub async fn presence(&self, budget: Budget) -> BTreeMap<String, bool> {
        let answers = self.descriptors(ITSELF, budget).await;
        let present = answers.into_iter().map(|(name, it)| (name, it.is_some()));
        present.collect()
    }

    /// A collector speaks for its own connectors only.
    async fn descriptors(
        &self,
        caller: &str,
        budget: Budget,
    ) -> BTreeMap<String, Option<Vec<ConnectorDescriptor>>> {
        let names: Vec<_> = self.collectors().map(str::to_owned).collect();
        let answers = self
            .ask(caller, names, |calls| async move {
                let time = budget.for_collectors();
                calls.list_connectors(ListConnectorsRequest {}, time).await
            })
            .await;
        let own = answers.into_iter().map(|(collector, answer)| {
            let own = |it: &ConnectorDescriptor| it.collector == collector;
            let connectors = answer.map(|it| it.connectors.into_iter().filter(own).collect());
            (collector.clone(), connectors)
        });
        own.collect()
    }
}
