//! Which crate may link which: a golden file of what is, and the rules that always hold.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context, Result};
use passport_integration_tests::golden;
use passport_integration_tests::workspace::{Dependency, Package, Workspace};

/// The workspace crates that a crate may be built with, tests aside.
const ALLOWED: &[(&str, &[&str])] = &[
    ("passport-proto", &[]),
    ("passport-http-guard", &[]),
    ("gated-start", &["passport-proto"]),
    ("passport-test-issuer", &[]),
    ("passport-evidence", &["passport-proto"]),
    ("passport-policy", &["passport-evidence"]),
    ("passport-store", &["passport-evidence"]),
    (
        "passport-connector-sdk",
        &[
            "passport-evidence",
            "passport-http-guard",
            "passport-proto",
            "passport-store",
        ],
    ),
    // What several categories read of one API, for none of them alone.
    ("passport-aws-api", &["passport-connector-sdk"]),
    (
        "passport-kubernetes-api",
        &["passport-connector-sdk", "passport-evidence"],
    ),
    (
        "passport-service-kit",
        &[
            "passport-evidence",
            "passport-http-guard",
            "passport-policy",
            "passport-proto",
        ],
    ),
    (
        "passport-collector-kit",
        &[
            "passport-connector-sdk",
            "passport-evidence",
            "passport-http-guard",
            "passport-policy",
            "passport-proto",
            "passport-service-kit",
            "passport-store",
        ],
    ),
    (
        "passport-testkit",
        &[
            "passport-connector-sdk",
            "passport-evidence",
            "passport-proto",
            "passport-service-kit",
            "passport-store",
        ],
    ),
    (
        "passport-gateway",
        &[
            "passport-evidence",
            "passport-http-guard",
            "passport-policy",
            "passport-proto",
            "passport-service-kit",
            "passport-store",
        ],
    ),
];

/// The same for every category: its connectors and its binary.
const ALLOWED_TO_A_CATEGORY: &[&str] = &[
    "passport-aws-api",
    "passport-collector-kit",
    "passport-connector-sdk",
    "passport-evidence",
    "passport-kubernetes-api",
    "passport-service-kit",
    "passport-store",
];

/// Crates that may link everything: the all-in-one, these tests, and what measures.
const TOP: [&str; 3] = ["passport", "passport-bench", "passport-integration-tests"];

/// What several categories read of one API, and the client that it is read with; they link that with it.
const API_CLIENTS: [(&str, &str); 2] = [
    ("passport-aws-api", "aws-sdk-sts"),
    ("passport-kubernetes-api", "kube"),
];

/// Clients of providers' systems.
const PROVIDER_CLIENTS: [&str; 5] = ["aws-config", "aws-sdk-", "bollard", "kube", "lettre"];

#[test]
fn the_arrows_are_the_ones_in_the_golden_file() -> Result<()> {
    golden::check("arrows.txt", &drawing(&Workspace::read()?))
}

#[test]
fn a_crate_links_only_the_crates_below_it() -> Result<()> {
    let workspace = Workspace::read()?;
    let names = workspace.names();
    let mut wrong = Vec::new();
    for package in workspace.packages.iter().filter(|package| !is_top(package)) {
        let allowed = allowed(package)?;
        let links = package.links().filter(|link| names.contains(link));
        wrong.extend(
            links
                .filter(|link| !allowed.contains(link))
                .map(|to| arrow(package, to)),
        );
    }
    assert!(wrong.is_empty(), "not allowed: {wrong:#?}");
    Ok(())
}

#[test]
fn the_gateway_reaches_neither_the_connector_sdk_nor_a_category() -> Result<()> {
    let workspace = Workspace::read()?;
    let reached = reached_from("passport-gateway", &workspace);
    assert!(
        reached.contains("passport-evidence"),
        "the gateway reaches only {reached:?}"
    );
    assert!(!reached.contains("passport-connector-sdk"));
    let categories = workspace
        .packages
        .iter()
        .filter(|package| is_category(package));
    let reached: Vec<_> = categories
        .filter(|c| reached.contains(c.name.as_str()))
        .collect();
    assert!(reached.is_empty(), "{reached:#?}");
    Ok(())
}

#[test]
fn only_http_guard_links_reqwest() -> Result<()> {
    let workspace = Workspace::read()?;
    let linking = workspace
        .packages
        .iter()
        .filter(|package| package.links().any(|l| l == "reqwest"));
    let linking: BTreeSet<_> = linking.map(|package| package.name.as_str()).collect();
    // These tests stand for the mesh's own callers.
    assert_eq!(
        linking,
        BTreeSet::from(["passport-http-guard", "passport-integration-tests"])
    );
    Ok(())
}

#[test]
fn only_categories_link_the_clients_of_providers() -> Result<()> {
    let workspace = Workspace::read()?;
    let others = workspace
        .packages
        .iter()
        .filter(|package| !is_category(package));
    let wrong: Vec<_> = others
        .flat_map(|p| {
            p.links()
                .filter(|l| is_provider_client(l) && !API_CLIENTS.contains(&(p.name.as_str(), *l)))
                .map(|link| arrow(p, link))
        })
        .collect();
    assert!(wrong.is_empty(), "not allowed: {wrong:#?}");
    Ok(())
}

// === the golden file ===

fn drawing(workspace: &Workspace) -> String {
    let names = workspace.names();
    let is_own = |dependency: &Dependency| names.contains(dependency.name.as_str());
    let is_watched = |dependency: &Dependency| {
        dependency.name == "reqwest" || is_provider_client(&dependency.name)
    };
    let mut text = String::from("# Arrows between the crates of this workspace.\n");
    section(&mut text, "links", workspace, |d| {
        is_own(d) && !d.only_for_tests()
    });
    section(&mut text, "links for its tests", workspace, |d| {
        is_own(d) && d.only_for_tests()
    });
    section(
        &mut text,
        "links a client of the network",
        workspace,
        is_watched,
    );
    text
}

fn section(
    text: &mut String,
    title: &str,
    workspace: &Workspace,
    wanted: impl Fn(&Dependency) -> bool,
) {
    let _ = writeln!(text, "\n# {title}");
    let arrows: BTreeSet<_> = workspace
        .packages
        .iter()
        .flat_map(|p| {
            p.dependencies
                .iter()
                .filter(|d| wanted(d))
                .map(|d| arrow(p, &d.name))
        })
        .collect();
    for arrow in arrows {
        let _ = writeln!(text, "{arrow}");
    }
}

fn arrow(from: &Package, to: &str) -> String {
    format!("{} -> {to}", from.name)
}

// === who is who ===

fn is_top(package: &Package) -> bool {
    TOP.contains(&package.name.as_str())
}

fn is_category(package: &Package) -> bool {
    package.lies_in("services") && !is_top(package) && package.name != "passport-gateway"
}

fn is_provider_client(name: &str) -> bool {
    PROVIDER_CLIENTS
        .iter()
        .any(|client| name == *client || (client.ends_with('-') && name.starts_with(client)))
}

fn allowed(package: &Package) -> Result<&'static [&'static str]> {
    if is_category(package) {
        return Ok(ALLOWED_TO_A_CATEGORY);
    }
    let rule = ALLOWED.iter().find(|(name, _)| *name == package.name);
    let (_, allowed) = rule.with_context(|| format!("no rule here for {}", package.name))?;
    Ok(allowed)
}

/// The workspace crates that are linked into `start`, itself among them.
fn reached_from<'a>(start: &'a str, workspace: &'a Workspace) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(name) = open.pop() {
        let Some(package) = workspace.package(name) else {
            continue;
        };
        if reached.insert(name) {
            open.extend(package.links());
        }
    }
    reached
}
