//! What a job's specification says of the checks of its services ("service" block). Nomad makes those of the
//! services that it keeps itself; those of Consul's are Consul's.

use serde::{Deserialize, de::IgnoredAny};

use super::model::TaskGroup;

/// What is registered of a task group or task ("service" block).
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Service {
    provider: Option<String>,
    checks: Option<Vec<IgnoredAny>>,
}

// === impl TaskGroup ===

impl TaskGroup {
    /// How many checks Nomad itself makes of an allocation; `None`: it makes none.
    pub fn own_checks(&self) -> Option<usize> {
        let own = self.checked().filter(|it| it.is_nomads());
        Some(own.map(Service::checks).sum()).filter(|it| *it > 0)
    }

    /// Whether all that is checked is checked by Nomad itself.
    pub fn checks_all_itself(&self) -> bool {
        self.checked().all(Service::is_nomads)
    }

    fn checked(&self) -> impl Iterator<Item = &Service> {
        let of_tasks = self.tasks.iter().map(|it| it.services.as_deref());
        let all = of_tasks.chain([self.services.as_deref()]).flatten();
        all.flatten().map(|it| &it.0).filter(|it| it.checks() > 0)
    }
}

// === impl Service ===

impl Service {
    fn checks(&self) -> usize {
        self.checks.as_ref().map_or(0, Vec::len)
    }

    /// Whether it is one of Nomad's own, whose checks Nomad makes; by default it is Consul's.
    fn is_nomads(&self) -> bool {
        self.provider.as_deref() == Some("nomad")
    }
}
