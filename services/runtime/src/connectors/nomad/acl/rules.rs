//! What rules of policies add up to, after the page "Nomad ACL policy specification". Pure.

use passport_connector_sdk::credential_scope::Breadth;

use super::hcl::{self, Entry, Node};

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
/// Kinds of rules that are about the cluster, some under a label.
const OF_CLUSTER: [&str; 8] = [
    "agent",
    "node",
    "operator",
    "quota",
    "plugin",
    "node_pool",
    "host_volume",
    "sentinel",
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

/// What a token may do.
#[derive(Debug)]
pub struct Rights<'a> {
    namespace: &'a str,
    reads_own: bool,
    is_broad: bool,
    writes: bool,
    is_untold: bool,
}

// === impl Rights ===

impl<'a> Rights<'a> {
    /// Of a token whose source reads one namespace: none yet.
    pub fn of_namespace(namespace: &'a str) -> Self {
        Self {
            namespace,
            reads_own: false,
            is_broad: false,
            writes: false,
            is_untold: false,
        }
    }

    /// Adds a right beyond the jobs of the namespace.
    pub fn add(&mut self, right: Right) {
        match right {
            Right::None => {}
            Right::Reads | Right::ReadsMore => self.is_broad = true,
            Right::Writes => self.writes = true,
            Right::Untold => self.is_untold = true,
        }
    }

    /// Adds the rules of a policy.
    pub fn add_rules(&mut self, rules: &str) {
        let Some(entries) = hcl::read(rules) else {
            return self.add(Right::Untold);
        };
        for entry in &entries {
            self.add_entry(entry);
        }
    }

    fn add_entry(&mut self, entry: &Entry) {
        match entry.keys.as_slice() {
            [kind, label] if kind == "namespace" => self.add_namespace(label, &entry.node),
            [kind] if kind == "namespace" => match labelled(&entry.node) {
                Some(all) => all
                    .into_iter()
                    .for_each(|(label, node)| self.add_namespace(label, node)),
                None => self.add(Right::Untold),
            },
            [kind, ..] if OF_CLUSTER.contains(&kind.as_str()) => {
                let rights = of_cluster(&entry.node);
                rights.into_iter().for_each(|it| self.add(it));
            }
            _ => self.add(Right::Untold),
        }
    }

    /// A pattern is another namespace: it is more than one.
    fn add_namespace(&mut self, label: &str, node: &Node) {
        for right in of_namespace(node) {
            match right {
                Right::Reads if label == self.namespace => self.reads_own = true,
                Right::None | Right::Reads | Right::ReadsMore | Right::Writes | Right::Untold => {
                    self.add(right)
                }
            }
        }
    }

    /// How much that is. Narrow is only what was understood whole, and allows what works.
    pub fn breadth(&self) -> Breadth {
        match self {
            Self { writes: true, .. } => Breadth::WriteCapable,
            Self { is_broad: true, .. } => Breadth::Broad,
            Self {
                is_untold: true, ..
            }
            | Self {
                reads_own: false, ..
            } => Breadth::Unverifiable,
            Self { .. } => Breadth::Narrow,
        }
    }
}

/// Blocks under one name, by their labels, as JSON has them.
fn labelled(node: &Node) -> Option<Vec<(&str, &Node)>> {
    let bodies = match node {
        Node::Body(entries) => vec![entries],
        Node::List(items) => {
            let bodies = items.iter().map(|it| match it {
                Node::Body(entries) => Some(entries),
                Node::Text(_) | Node::Plain | Node::List(_) => None,
            });
            bodies.collect::<Option<_>>()?
        }
        Node::Text(_) | Node::Plain => return None,
    };
    let labelled = bodies
        .into_iter()
        .flatten()
        .map(|it| match it.keys.as_slice() {
            [label] => Some((label.as_str(), &it.node)),
            _ => None,
        });
    labelled.collect()
}

/// The rights of a rule for a namespace. `read` allows no more than reading jobs and volumes, which are
/// read along with them.
fn of_namespace(node: &Node) -> Vec<Right> {
    of_bodies(node, |entry| match entry.keys.as_slice() {
        [key] if key == "policy" => policy(&entry.node, Right::Reads),
        [key] if key == "capabilities" => capabilities(&entry.node),
        [key, ..] if key == "variables" => of_variables(&entry.node),
        _ => vec![Right::Untold],
    })
}

/// The rights of a rule for the cluster, at any depth below its name.
fn of_cluster(node: &Node) -> Vec<Right> {
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
