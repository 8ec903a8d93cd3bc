//! What rules of policies add up to, after the page "Nomad ACL policy specification". Pure.

use passport_connector_sdk::credential_scope::Breadth;

use super::{
    grants::{Right, of_cluster, of_namespace},
    hcl::{self, Entry, Node},
};

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

/// The namespace that a rule without a label is for.
const DEFAULT: &str = "default";

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
            [kind] if kind == "namespace" && is_rule(&entry.node) => {
                self.add_namespace(DEFAULT, &entry.node);
            }
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

/// Whether it is what stands in a rule, rather than rules under their labels.
fn is_rule(node: &Node) -> bool {
    let Node::Body(entries) = node else {
        return false;
    };
    let is_plain = |it: &Entry| matches!(it.node, Node::Text(_) | Node::List(_));
    let is_of_rule = |it: &Entry| match it.keys.as_slice() {
        [key] => matches!(key.as_str(), "policy" | "capabilities") && is_plain(it),
        _ => false,
    };
    entries.iter().any(is_of_rule)
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
