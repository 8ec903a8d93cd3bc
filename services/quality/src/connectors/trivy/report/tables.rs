//! Words that Trivy writes, and what they stand for.

use super::super::{
    summary::{ArtifactKind, PackageClass},
    tally::Fix,
};

/// Type of a report about an image of containers.
pub const CONTAINER_IMAGE: &str = "container_image";

/// Operating systems that Trivy looks up advisories of, those of older versions among them.
const SYSTEMS: [&str; 26] = [
    "alma",
    "alpine",
    "amazon",
    "azurelinux",
    "bottlerocket",
    "cbl-mariner",
    "centos",
    "chainguard",
    "cleanstart",
    "debian",
    "echo",
    "minimos",
    "opensuse-leap",
    "opensuse-tumbleweed",
    "opensuse.leap",
    "opensuse.tumbleweed",
    "oracle",
    "photon",
    "redhat",
    "rocky",
    "slem",
    "sles",
    "suse linux enterprise micro",
    "suse linux enterprise server",
    "ubuntu",
    "wolfi",
];

/// Operating systems that Trivy knows, and has no advisories of.
const SYSTEMS_WITHOUT_ADVISORIES: [&str; 6] = [
    "activestate",
    "centos-stream",
    "coreos",
    "fedora",
    "opensuse",
    "windows",
];

/// Whether Trivy looks up advisories of a family of operating systems.
pub fn has_advisories(family: &str) -> bool {
    SYSTEMS.contains(&family)
}

/// Types of schema 1 that are configuration.
const CONFIGURATION: [&str; 11] = [
    "ansible",
    "cloudformation",
    "dockerfile",
    "helm",
    "json",
    "kubernetes",
    "rbac",
    "rego",
    "terraform",
    "toml",
    "yaml",
];

/// The class of packages of a result of schema 2.
pub fn package_class(class: &str) -> Option<PackageClass> {
    match class {
        "os-pkgs" => Some(PackageClass::OsPkgs),
        "lang-pkgs" => Some(PackageClass::LangPkgs),
        _ => None,
    }
}

/// The class of packages of an entry of schema 1, which tells only its type.
pub fn class_of_type(of: &str) -> Option<PackageClass> {
    match of {
        "" => None,
        _ if CONFIGURATION.contains(&of) || SYSTEMS_WITHOUT_ADVISORIES.contains(&of) => None,
        _ if SYSTEMS.contains(&of) => Some(PackageClass::OsPkgs),
        _ => Some(PackageClass::LangPkgs),
    }
}

/// What was scanned.
pub fn artifact_kind(of: &str) -> ArtifactKind {
    match of {
        CONTAINER_IMAGE | "vm" => ArtifactKind::Image,
        "filesystem" | "repository" | "cyclonedx" | "spdx" | "aws_account" => ArtifactKind::Files,
        _ => ArtifactKind::Untold,
    }
}

/// Whether a version fixes a vulnerability. That a version is not given says nothing by itself:
/// the status must say so too.
pub fn fix(fixed_version: &str, status: &str) -> Fix {
    match (fixed_version, status) {
        (
            "",
            "affected" | "will_not_fix" | "fix_deferred" | "end_of_life" | "under_investigation",
        ) => Fix::Missing,
        ("", _) => Fix::Untold,
        (_, _) => Fix::Exists,
    }
}

/// Whether a finding was taken out by a statement of its maintainer, by its status. All else is
/// taken for an ignore file's doing.
pub fn is_by_statement(status: &str) -> bool {
    matches!(
        status,
        "unknown" | "not_affected" | "affected" | "fixed" | "under_investigation"
    )
}
