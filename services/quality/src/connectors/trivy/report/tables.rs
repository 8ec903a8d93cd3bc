//! Words that Trivy writes, and what they stand for.

use super::super::{
    summary::{ArtifactKind, PackageClass},
    tally::Fix,
};

/// Types of schema 1 that are an operating system.
const SYSTEMS: [&str; 16] = [
    "alpine",
    "amazon",
    "alma",
    "centos",
    "cbl-mariner",
    "debian",
    "fedora",
    "opensuse",
    "opensuse.leap",
    "oracle",
    "photon",
    "redhat",
    "rocky",
    "suse linux enterprise server",
    "ubuntu",
    "windows",
];

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
        _ if CONFIGURATION.contains(&of) => None,
        _ if SYSTEMS.contains(&of) => Some(PackageClass::OsPkgs),
        _ => Some(PackageClass::LangPkgs),
    }
}

/// What was scanned.
pub fn artifact_kind(of: &str) -> ArtifactKind {
    match of {
        "container_image" | "vm" => ArtifactKind::Image,
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
