//! Objects, as far as they are read.

use std::{borrow::Cow, fmt};

use kube::{
    Resource,
    core::{ApiResource, DynamicResourceScope, ObjectMeta},
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::value::RawValue;

/// Whose an object is, and the few fields of it that are read. The types that `kube` and `k8s-openapi` have for
/// well-known objects are not taken: they read what is absent as zero, as no or as an empty list.
#[derive(Clone)]
pub(super) struct Narrow<T> {
    /// `None` in lists.
    pub(super) api_version: Option<String>,
    /// `None` in lists.
    pub(super) kind: Option<String>,
    /// Its name and namespace, and nothing more.
    pub(super) metadata: ObjectMeta,
    pub(super) fields: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    api_version: Option<String>,
    kind: Option<String>,
    metadata: Names,
}

#[derive(Deserialize)]
struct Names {
    name: Option<String>,
    namespace: Option<String>,
}

// === impl Narrow ===

impl<'de, T: DeserializeOwned> Deserialize<'de> for Narrow<T> {
    /// Read twice, for the one part and for the other.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?.get();
        let identity: Identity = serde_json::from_str(text).map_err(D::Error::custom)?;
        let metadata = ObjectMeta {
            name: identity.metadata.name,
            namespace: identity.metadata.namespace,
            ..ObjectMeta::default()
        };
        Ok(Self {
            api_version: identity.api_version,
            kind: identity.kind,
            metadata,
            fields: serde_json::from_str(text).map_err(D::Error::custom)?,
        })
    }
}

impl<T> Resource for Narrow<T> {
    type DynamicType = ApiResource;
    type Scope = DynamicResourceScope;

    fn kind(of: &ApiResource) -> Cow<'_, str> {
        of.kind.as_str().into()
    }

    fn group(of: &ApiResource) -> Cow<'_, str> {
        of.group.as_str().into()
    }

    fn version(of: &ApiResource) -> Cow<'_, str> {
        of.version.as_str().into()
    }

    fn plural(of: &ApiResource) -> Cow<'_, str> {
        of.plural.as_str().into()
    }

    fn meta(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

impl<T> fmt::Debug for Narrow<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Narrow").finish_non_exhaustive()
    }
}
