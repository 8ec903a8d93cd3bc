//! What one rule allows, after the page "Nomad ACL policy specification". Pure.

use super::hcl::{Entry, Node};

/// Capabilities that the source needs, or that tell no more than those.
const NEEDED: [&str; 6] = [
    "list-jobs",
    "read-job",
    "parse-job",
    "read-job-scaling",
    "list-scaling-policies",
    "read-scaling-policy",
];
/// Capabilities that read something else and change nothing. Logs and files are not among them: they
/// may hold secrets.
const READS: [&str; 4] = [
    "csi-list-volume",
    "csi-read-volume",
    "host-volume-read",
    "list",
];

/// What a rule allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Nothing: it denies.
    None,
    /// To read jobs.
    Reads,
    /// To read something else than jobs.
    ReadsMore,
    /// To change things, or to read secrets.
    Writes,
    /// It can't be told.
    Untold,
}

/// The rights of a rule for a namespace. `read` allows no more than reading jobs and volumes, which are
/// read along with them.
pub fn of_namespace(node: &Node) -> Vec<Right> {
    of_bodies(node, |entry| match entry.keys.as_slice() {
        [key] if key == "policy" => policy(&entry.node, Right::Reads),
        [key] if key == "capabilities" => capabilities(&entry.node),
        [key, ..] if key == "variables" => of_variables(&entry.node),
        _ => vec![Right::Untold],
    })
}

/// The rights of a rule for the cluster, at any depth below its name.
pub fn of_cluster(node: &Node) -> Vec<Right> {
    of_bodies(node, |entry| match entry.keys.as_slice() {
        [key] if key == "policy" => policy(&entry.node, Right::ReadsMore),
        [key] if key == "capabilities" => capabilities(&entry.node)
            .into_iter()
            .map(|it| match it {
                Right::Reads => Right::ReadsMore,
                Right::None | Right::ReadsMore | Right::Writes | Right::Untold => it,
            })
            .collect(),
        // A label, in JSON.
        [_] => of_cluster(&entry.node),
        _ => vec![Right::Untold],
    })
}

/// Variables hold secrets: whatever is allowed of them but to list their names is too much.
fn of_variables(node: &Node) -> Vec<Right> {
    of_bodies(node, |entry| match (entry.keys.as_slice(), &entry.node) {
        ([key], Node::List(_)) if key == "capabilities" => capabilities(&entry.node),
        (_, Node::Body(_) | Node::List(_)) => of_variables(&entry.node),
        (_, Node::Text(_) | Node::Plain) => vec![Right::Untold],
    })
}

fn of_bodies(node: &Node, of_entry: impl Fn(&Entry) -> Vec<Right> + Copy) -> Vec<Right> {
    match node {
        Node::Body(entries) => entries.iter().flat_map(of_entry).collect(),
        Node::List(items) => items
            .iter()
            .flat_map(|it| of_bodies(it, of_entry))
            .collect(),
        Node::Text(_) | Node::Plain => vec![Right::Untold],
    }
}

fn policy(node: &Node, reads: Right) -> Vec<Right> {
    let right = match node {
        Node::Text(word) => match word.as_str() {
            "deny" | "" => Right::None,
            "read" | "list" => reads,
            "write" | "scale" => Right::Writes,
            _ => Right::Untold,
        },
        Node::Plain | Node::List(_) | Node::Body(_) => Right::Untold,
    };
    vec![right]
}

/// What is not known to be harmless is not.
fn capabilities(node: &Node) -> Vec<Right> {
    let Node::List(items) = node else {
        return vec![Right::Untold];
    };
    let right = |it: &Node| match it {
        Node::Text(word) if word == "deny" => Right::None,
        Node::Text(word) if NEEDED.contains(&word.as_str()) => Right::Reads,
        Node::Text(word) if READS.contains(&word.as_str()) => Right::ReadsMore,
        Node::Text(_) => Right::Writes,
        Node::Plain | Node::List(_) | Node::Body(_) => Right::Untold,
    };
    items.iter().map(right).collect()
}
