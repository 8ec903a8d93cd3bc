//! What `trivy k8s` writes of a cluster, of which only one resource counts ("Kubernetes", `--report all` and
//! `--report summary`). It tells no time.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{
        IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

use super::{
    Unusable,
    native::{self, Metadata},
    scanned::{Scanned, text},
    tables,
};
use crate::connectors::trivy::{
    artifact,
    summary::{ArtifactKind, Format, Os, Summary, Wholeness},
};

/// A report of a cluster.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Cluster {
    /// `--report all`.
    resources: Option<Vec<Resource>>,
    /// `--report summary`, where what was found of a resource stands together.
    findings: Option<Vec<Resource>>,
    /// Results outside of any resource: Trivy writes none.
    results: Option<IgnoredAny>,
    /// In reports of other forms.
    #[serde(rename = "runs")]
    runs: Option<IgnoredAny>,
}

/// What was found of a resource: of its manifest, or of its images.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    namespace: Option<String>,
    kind: Option<String>,
    name: Option<String>,
    #[serde(default)]
    metadata: Images,
    results: Option<Vec<Scanned>>,
    error: Option<String>,
}

/// Each image of a resource; of older versions one alone.
#[derive(Default)]
struct Images(Vec<Metadata>);

/// What was found of the resource that the source names as `NAMESPACE/KIND/NAME`; the others are not looked at.
pub fn summary(cluster: &Cluster, artifact: &str) -> Result<Summary, Unusable> {
    if cluster.results.is_some() || cluster.runs.is_some() {
        return Err(Unusable::Form);
    }
    let all = cluster.resources.iter().chain(&cluster.findings).flatten();
    let found: Vec<_> = all.filter(|it| it.path() == artifact).collect();
    if found.is_empty() {
        return Err(Unusable::OtherArtifact);
    }
    let mut summary = Summary {
        format: Format::Schema2,
        artifact: ArtifactKind::Image,
        os: system(&found),
        ..Summary::default()
    };
    for image in found.iter().flat_map(|it| &it.metadata.0) {
        for name in image.repo_digests.iter().flatten() {
            let (_, digest) = artifact::digest(name).ok_or(Unusable::Digest)?;
            summary.digests.insert(digest.to_owned());
        }
    }
    if summary.digests.len() > super::MAX_DIGESTS {
        return Err(Unusable::Digest);
    }
    let class = |it: &Scanned| tables::package_class(text(&it.class));
    let results = found.iter().flat_map(|it| it.results.iter().flatten());
    native::count(results, class, &mut summary);
    if !found.iter().all(|it| it.was_scanned()) {
        summary.wholeness = Wholeness::Partial;
    }
    Ok(summary)
}

/// The system of all images together: one that was not found leaves the whole in doubt.
fn system(found: &[&Resource]) -> Os {
    let of_packages = found.iter().filter(|it| it.has_packages());
    let systems = of_packages.flat_map(|it| &it.metadata.0);
    let systems = systems.map(|it| native::system(ArtifactKind::Image, it.os.as_ref()));
    let is_worse = |one: &Os, other: &Os| match (one, other) {
        (Os::Found { end_of_life, .. }, Os::Found { .. }) => *end_of_life,
        (Os::Found { .. }, _) => false,
        (Os::NotDetected | Os::Unrecognized | Os::Unreadable, _) => true,
    };
    let worst = systems.reduce(|one, other| match is_worse(&one, &other) {
        true => one,
        false => other,
    });
    worst.unwrap_or_default()
}

// === impl Resource ===

impl Resource {
    /// `NAMESPACE/KIND/NAME`; without the first where it lies in no namespace.
    fn path(&self) -> String {
        let parts = [&self.namespace, &self.kind, &self.name].map(text);
        let parts: Vec<_> = parts.into_iter().filter(|it| !it.is_empty()).collect();
        parts.join("/")
    }

    fn has_packages(&self) -> bool {
        let mut results = self.results.iter().flatten();
        results.any(|it| tables::package_class(text(&it.class)).is_some())
    }

    /// Whether it was looked at to the end. What has no result at all may be an image that could not be read.
    fn was_scanned(&self) -> bool {
        text(&self.error).is_empty() && self.results.as_ref().is_some_and(|it| !it.is_empty())
    }
}

// === impl Images ===

impl<'de> Deserialize<'de> for Images {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany)
    }
}

struct OneOrMany;

impl<'de> Visitor<'de> for OneOrMany {
    type Value = Images;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("what is told of images")
    }

    fn visit_unit<E>(self) -> Result<Images, E> {
        Ok(Images::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Images, A::Error> {
        let one = Metadata::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Images(vec![one]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Images, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(Images)
    }
}
