//! What connectors of several categories read from a Kubernetes API server: one object by its name,
//! the objects of one namespace that a label selector picks, and what a token may do; and the objects
//! that a repository declares. Without a client of its own: everything goes through the provider client.

mod breadth;
mod by_kubeconfig;
mod declared;
mod duration;
pub mod kubeconfig;
mod list;
mod names;
mod object;
mod review;
mod rules;
mod selector;
mod server;
mod status;

pub use breadth::beyond;
pub use by_kubeconfig::KubeconfigSettings;
pub use declared::{Declared, declared};
pub use duration::duration;
pub use list::{Item, List, ListError, ListPath, list};
pub use names::{is_label, is_name};
pub use object::{Found, ObjectPath, find, read, served_resources, served_versions};
pub use review::{Action, Allowed, may, may_as_of};
pub use rules::{Rules, rules};
pub use selector::LabelSelector;
pub use server::{ApiServer, POD};

#[cfg(test)]
mod tests;
