//! What collectors are built with.

use std::collections::{BTreeMap, BTreeSet};

use passport_evidence::wire;
use passport_policy::grants::Verb;
use passport_proto::{
    collector::ListConnectorsRequest,
    evidence::ConnectorDescriptor,
    gateway::{AbsentCollector, ListConnectorsResponse},
};

use super::{Gateway, ITSELF};
use crate::{access::Caller, budget::Budget, call_error::CallError, presence::Presence};

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
        let mut list = ListConnectorsResponse {
            absent: self.absent(&answers),
            ..ListConnectorsResponse::default()
        };
        for (collector, connectors) in answers {
            match connectors {
                Some(connectors) => list.connectors.extend(connectors),
                None => list.absent_collectors.push(collector),
            }
        }
        list.connectors.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(list)
    }

    /// How every collector of this version is, those that are not deployed too. Needs no grant: it
    /// tells nothing but names of the deployment.
    pub async fn presence(&self, budget: Budget) -> BTreeMap<String, Presence> {
        self.descriptors(ITSELF, budget).await;
        self.last_seen()
    }

    fn last_seen(&self) -> BTreeMap<String, Presence> {
        let of_version = self.catalog.collectors();
        let of_version = of_version.map(|name| (name.to_owned(), Presence::NOT_DEPLOYED));
        let seen = of_version.chain(self.fan_out.presences.all());
        seen.collect()
    }

    /// Those that gave no answer just now. A call elsewhere may have succeeded since: this one's
    /// outcome counts.
    fn absent<T>(&self, answers: &BTreeMap<String, Option<T>>) -> Vec<AbsentCollector> {
        let answered = |name: &str| matches!(answers.get(name), Some(Some(_)));
        let absent = self.last_seen().into_iter();
        let absent = absent.filter(|(name, _)| !answered(name));
        absent
            .map(|(name, presence)| AbsentCollector {
                categories: self.categories_of(&name),
                absence: presence.state.absence().into(),
                since: presence.since.map(wire::timestamp),
                name,
            })
            .collect()
    }

    fn categories_of(&self, collector: &str) -> Vec<String> {
        let of_it = self.catalog.iter().filter(|it| it.collector == collector);
        let categories: BTreeSet<_> = of_it.map(|it| it.category.as_str()).collect();
        categories.into_iter().map(str::to_owned).collect()
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
