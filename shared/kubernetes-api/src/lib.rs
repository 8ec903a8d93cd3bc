//! What connectors of several categories read from a Kubernetes API server: one object by its name,
//! the objects of one namespace that a label selector picks, and what a token may do; and the objects
//! that a repository declares. Asked with the crate `kube`, whose requests all go out through the provider client: it
//! opens no connection, finds no configuration and holds no credential of its own.

mod breadth;
mod by_kubeconfig;
mod client;
mod declared;
mod discovery;
mod duration;
pub mod kubeconfig;
mod list;
mod names;
mod narrow;
mod object;
mod review;
mod rules;
mod selector;
mod server;
mod status;
mod transport;

pub use breadth::beyond;
pub use by_kubeconfig::KubeconfigSettings;
pub use declared::{Declared, declared};
pub use discovery::{served_resources, served_versions};
pub use duration::duration;
pub use list::{List, ListError, ListPath, list};
pub use names::{is_label, is_name};
pub use object::{Found, ObjectPath, find, read};
pub use review::{Action, Allowed, may, may_as_of};
pub use rules::{Rules, rules};
pub use selector::LabelSelector;
pub use server::{ApiServer, POD};

#[cfg(test)]
mod tests;
