//! One change of ServiceNow: its state, approvals, board, conflicts, and its planned window against now.

mod breadth;
mod cell;
mod client;
mod detect;
mod facts;
mod model;
mod moment;
mod names;
mod pull;
mod settings;
mod target;
mod wanted;
mod window;
mod word;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    credential_scope::Breadth, detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, MaxAge, Reason,
};

use client::Client;
use pull::Found;
use settings::Settings;
use target::Target;
use wanted::Wanted;
use window::Window;

/// The kind.
pub struct Servicenow;

struct Source {
    wanted: Wanted,
    client: Client,
}

impl ConnectorKind for Servicenow {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "servicenow",
        display_name: "ServiceNow",
        category: Category::Change,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "user of its own who only reads changes: name and password, OAuth token or API key",
        evidence: "state, approvals, board, conflicts and open tasks of one change; its planned window \
                   against now",
        minimum_scope: "one change, by number or correlation id",
        avoid: "users with itil, change_manager or an admin role",
        facts: &[
            FactDescriptor::new(
                "change_state",
                "where the change stands, at this time",
                Some("in implement, scheduled"),
            ),
            FactDescriptor::new(
                "change_approval",
                "what its approvals come to",
                Some("= approved"),
            ),
            FactDescriptor::new("approver_state", "how many approved", Some(">= 1")),
            FactDescriptor::new(
                "separation_of_duties",
                "whether the requester approved",
                None,
            ),
            FactDescriptor::new("change_window", "the planned window", None),
            FactDescriptor::new("change_on_hold", "whether it has to wait", Some("= false")),
            FactDescriptor::new("cab_state", "what the change advisory board says", None),
            FactDescriptor::new(
                "change_conflict",
                "whether it is in the way of another change",
                Some("= No Conflict"),
            ),
            FactDescriptor::new(
                "open_change_task_count",
                "tasks that are still to be done",
                Some("<= 0"),
            ),
        ],
        default_max_age_seconds: 300,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let auth = settings.auth(builder);
        let provider = builder.client(&settings.endpoint, auth)?;
        Some(Box::new(Source {
            wanted: wanted?,
            client: Client {
                provider: provider.refused_in(client::refused),
            },
        }))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let nothing =
            |reason| Observation::pulled(facts::nothing(&self.wanted, reason, request.now));
        let Some(target) = Target::of(&self.wanted, request.subject.as_ref()) else {
            return Ok(nothing(Reason::NoSubject));
        };
        Ok(match pull::ask(&self.client, &target, request).await? {
            Err(reason) => nothing(reason),
            Ok(found) => {
                let mut facts = facts::of(&found, &self.wanted, request.now);
                facts.extend(found.breadth.map(|it| it.fact(request.now)));
                Observation::pulled(facts).lasting(self.lasts(&found, request.now))
            }
        })
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        // Without a subject that names the change only the credential can be checked.
        let read = match Target::of(&self.wanted, request.subject.as_ref()) {
            Some(target) => pull::ask(&self.client, &target, request).await?.ok(),
            None => None,
        };
        let breadth = match read {
            Some(found) => found.breadth,
            None => breadth::ask(&self.client, request).await?,
        };
        let breadth = breadth.unwrap_or(Breadth::Unverifiable);
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}

impl Source {
    /// Never beyond the end of the window.
    fn lasts(&self, found: &Found, now: DateTime<Utc>) -> Option<MaxAge> {
        let end = Window::of(found, &self.wanted, now).end()?;
        let left = (end - found.at).num_seconds();
        u64::try_from(left).ok().and_then(MaxAge::from_secs)
    }
}
