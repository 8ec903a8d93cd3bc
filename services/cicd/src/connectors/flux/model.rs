//! The fields that are read of Flux's objects, as their custom resource definitions name them.
//! Messages of conditions are not read: they quote manifests and addresses.

use chrono::{DateTime, TimeDelta, Utc};
use passport_kubernetes_api::duration;
use serde::{Deserialize, de::IgnoredAny};

/// An object of any of Flux's kinds.
#[derive(Debug, Clone, Deserialize)]
pub struct Object {
    pub metadata: Metadata,
    pub spec: Spec,
    /// What the controller last said; absent before it first looked.
    pub status: Option<Status>,
}

/// Whose an object is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Counts the changes of the specification.
    pub generation: Option<i64>,
    /// Present while it is being deleted.
    pub deletion_timestamp: Option<IgnoredAny>,
}

/// What an object shall be.
#[derive(Debug, Clone, Deserialize)]
pub struct Spec {
    interval: Option<String>,
    /// Whether the controller leaves it alone.
    #[serde(default)]
    pub suspend: bool,
}

/// What the controller last said.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The generation that all this is about; -1 before the first.
    pub observed_generation: Option<i64>,
    #[serde(default)]
    conditions: Vec<Condition>,
    /// Of a Kustomization.
    pub last_applied_revision: Option<String>,
    /// Of a Kustomization its source's revision, of a HelmRelease the chart's version.
    pub last_attempted_revision: Option<String>,
    /// The newest first.
    #[serde(default)]
    pub history: Vec<Entry>,
}

/// One aspect of how an object is.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    #[serde(rename = "type")]
    kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: String,
    #[serde(default)]
    pub reason: String,
    pub observed_generation: Option<i64>,
}

/// An entry of the history: what was reconciled, or a release of Helm.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Of a Kustomization.
    pub last_reconciled: Option<DateTime<Utc>>,
    /// Counts the releases; of a HelmRelease, as all below.
    pub version: Option<i64>,
    pub chart_version: Option<String>,
    pub app_version: Option<String>,
    /// Helm's word for the release.
    pub status: Option<String>,
}

/// What is said of one aspect.
#[derive(Debug, Clone, Copy)]
pub enum Said<'a> {
    Nothing,
    Once(&'a Condition),
    /// Twice or more, which the definition rules out.
    Ambiguously,
}

impl Object {
    /// What is said of an aspect.
    pub fn condition(&self, kind: &str) -> Said<'_> {
        let all = self.status.as_ref().map_or(&[][..], |it| &it.conditions);
        let mut found = all.iter().filter(|it| it.kind == kind);
        match (found.next(), found.next()) {
            (None, _) => Said::Nothing,
            (Some(one), None) => Said::Once(one),
            (Some(_), Some(_)) => Said::Ambiguously,
        }
    }

    /// The history, the newest first.
    pub fn history(&self) -> &[Entry] {
        self.status.as_ref().map_or(&[], |it| &it.history)
    }

    /// How often it shall be reconciled.
    pub fn interval(&self) -> Option<TimeDelta> {
        duration(self.spec.interval.as_deref()?)
    }

    /// When it was last reconciled, whatever came of it. Only a Kustomization tells.
    pub fn last_reconciled(&self) -> Option<DateTime<Utc>> {
        self.history().first()?.last_reconciled
    }
}
