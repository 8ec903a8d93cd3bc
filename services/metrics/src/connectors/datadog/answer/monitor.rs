//! A monitor, after the schema `Monitor` of Datadog. Its query, message and name are not read.

use std::collections::BTreeMap;

use passport_connector_sdk::{Object, ReadError};
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A monitor.
#[derive(Debug, Clone, Deserialize)]
pub struct Monitor {
    id: u64,
    /// Whether it alerts by group.
    pub multi: Option<bool>,
    /// State of the whole.
    pub overall_state: Option<String>,
    state: Option<Object<State>>,
    /// What it is labelled with.
    pub tags: Option<Vec<String>>,
    options: Option<Object<Options>>,
    matching_downtimes: Option<Vec<IgnoredAny>>,
    /// There where it was deleted.
    deleted: Option<IgnoredAny>,
    /// `draft` or `published`.
    pub draft_status: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct State {
    groups: Option<Object<BTreeMap<String, Object<GroupState>>>>,
}

#[derive(Debug, Clone, Deserialize)]
struct GroupState {
    status: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Options {
    silenced: Option<Object<BTreeMap<String, IgnoredAny>>>,
    on_missing_data: Option<String>,
}

/// Reads a monitor. Another one than was asked for is out of scope.
pub fn parse(id: u64, body: &[u8]) -> Result<Monitor, ReadError> {
    let monitor: Monitor = super::object(body)?;
    match monitor.id == id {
        true => Ok(monitor),
        false => Err(ReadError::OutOfScope),
    }
}

impl Monitor {
    /// Groups and their states.
    pub fn groups(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let groups = self
            .state
            .iter()
            .filter_map(|state| state.0.groups.as_ref());
        groups
            .flat_map(|groups| &groups.0)
            .map(|(name, group)| (name.as_str(), group.0.status.as_deref()))
    }

    /// Whether somebody does not want to hear of it, or of a group of it.
    pub fn is_muted(&self) -> bool {
        let silenced = self.options.as_ref().and_then(|it| it.0.silenced.as_ref());
        let downtimes = self.matching_downtimes.as_ref();
        silenced.is_some_and(|it| !it.0.is_empty()) || downtimes.is_some_and(|it| !it.is_empty())
    }

    /// Whether it may say that all is well where nothing comes in ("Migrating to On Missing Data"). Without
    /// the option it says that nothing did.
    pub fn hides_silence(&self) -> bool {
        let told = self
            .options
            .as_ref()
            .and_then(|it| it.0.on_missing_data.as_deref());
        !matches!(
            told,
            None | Some("show_no_data" | "show_and_notify_no_data")
        )
    }

    /// Whether it was deleted.
    pub fn is_deleted(&self) -> bool {
        self.deleted.is_some()
    }
}
