//! Flux's kinds of objects, after the pages "Kustomize API", "Helm API" and "Source API".

use schemars::JsonSchema;
use serde::Deserialize;

/// Kind of a Flux object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Kind {
    /// Applies manifests.
    Kustomization,
    /// Releases a Helm chart.
    HelmRelease,
    /// Fetches a Git repository.
    GitRepository,
    /// Fetches an OCI artifact.
    #[serde(rename = "OCIRepository")]
    OciRepository,
    /// Fetches the index of a Helm repository.
    HelmRepository,
    /// Fetches a Helm chart.
    HelmChart,
    /// Fetches from an object store.
    Bucket,
}

const KUSTOMIZE: &str = "kustomize.toolkit.fluxcd.io";
const HELM: &str = "helm.toolkit.fluxcd.io";
const SOURCE: &str = "source.toolkit.fluxcd.io";

impl Kind {
    /// All kinds.
    #[cfg(test)]
    pub const ALL: [Self; 7] = [
        Self::Kustomization,
        Self::HelmRelease,
        Self::GitRepository,
        Self::OciRepository,
        Self::HelmRepository,
        Self::HelmChart,
        Self::Bucket,
    ];

    /// As the object names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kustomization => "Kustomization",
            Self::HelmRelease => "HelmRelease",
            Self::GitRepository => "GitRepository",
            Self::OciRepository => "OCIRepository",
            Self::HelmRepository => "HelmRepository",
            Self::HelmChart => "HelmChart",
            Self::Bucket => "Bucket",
        }
    }

    /// As paths and roles name it.
    pub fn resource(self) -> &'static str {
        match self {
            Self::Kustomization => "kustomizations",
            Self::HelmRelease => "helmreleases",
            Self::GitRepository => "gitrepositories",
            Self::OciRepository => "ocirepositories",
            Self::HelmRepository => "helmrepositories",
            Self::HelmChart => "helmcharts",
            Self::Bucket => "buckets",
        }
    }

    /// Its API group.
    pub fn group(self) -> &'static str {
        match self {
            Self::Kustomization => KUSTOMIZE,
            Self::HelmRelease => HELM,
            Self::GitRepository
            | Self::OciRepository
            | Self::HelmRepository
            | Self::HelmChart
            | Self::Bucket => SOURCE,
        }
    }

    /// The current version of its API.
    pub fn version(self) -> &'static str {
        match self {
            Self::HelmRelease => "v2",
            Self::Kustomization
            | Self::GitRepository
            | Self::OciRepository
            | Self::HelmRepository
            | Self::HelmChart
            | Self::Bucket => "v1",
        }
    }

    /// Older versions that are read too, the newest first.
    pub fn older_versions(self) -> [&'static str; 2] {
        match self {
            Self::HelmRelease => ["v2beta2", "v2beta1"],
            Self::Kustomization
            | Self::GitRepository
            | Self::OciRepository
            | Self::HelmRepository
            | Self::HelmChart
            | Self::Bucket => ["v1beta2", "v1beta1"],
        }
    }

    /// Whether it only fetches and applies nothing.
    pub fn is_source(self) -> bool {
        self.group() == SOURCE
    }
}
