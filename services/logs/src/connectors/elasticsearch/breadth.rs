//! How much a credential may do.

use std::collections::BTreeMap;

use passport_connector_sdk::{CollectError, CollectRequest, credential_scope::Breadth};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::search_api::{
    Ask, Client,
    breadth::{Rights, told},
};

/// The role that may do everything.
const SUPERUSER: &str = "superuser";
/// Rights over the cluster that change it, and one that only reads of it.
const CLUSTER_WRITES: [&str; 2] = ["manage", "manage_security"];
const CLUSTER_READS: &str = "monitor";
/// Rights over an index that change it, those of shippers among them, and the one that the source needs.
const INDEX_WRITES: [&str; 8] = [
    "write",
    "index",
    "create",
    "create_doc",
    "create_index",
    "delete",
    "delete_index",
    "manage",
];
const INDEX_READS: &str = "read";
/// Every index; and one that is not there, of the same family as the source's own.
const EVERYTHING: &str = "*";
const BESIDE: &str = "passport-mesh-probe";

/// Who asks, as the page "Authenticate a user" has it.
#[derive(Deserialize)]
struct User {
    roles: Option<Vec<String>>,
}

/// Rights that whoever asks has, as the page "Check user privileges" has it.
#[derive(Deserialize)]
struct Privileges {
    #[serde(default)]
    cluster: BTreeMap<String, bool>,
    #[serde(default)]
    index: BTreeMap<String, BTreeMap<String, bool>>,
}

/// Asks who asks, and what that one may do.
pub async fn breadth(client: &Client, request: &CollectRequest) -> Result<Breadth, CollectError> {
    if !client.has_credential() {
        return Ok(Breadth::NoneSent);
    }
    let who = Ask::get(["_security", "_authenticate"]);
    let user: Option<User> = told(client.read(who, request).await)?;
    let may = Ask::post(["_security", "user", "_has_privileges"]).asking(&question(&client.index));
    let privileges = told(client.read(may, request).await)?;
    Ok(rights(user, privileges, &client.index).breadth())
}

fn question(index: &str) -> Value {
    json!({
        "cluster": [CLUSTER_WRITES[0], CLUSTER_WRITES[1], CLUSTER_READS],
        "index": [
            {"names": [index], "privileges": [INDEX_READS]},
            {"names": [index], "privileges": INDEX_WRITES},
            {"names": [EVERYTHING, beside(index)], "privileges": [INDEX_READS]},
        ],
    })
}

/// `logs-passport-mesh-probe` for `logs-checkout-api-*`.
fn beside(index: &str) -> String {
    let family = index.split_inclusive(['-', '.', '_']).next();
    let family = family.filter(|it| it.ends_with(['-', '.', '_']));
    format!("{}{BESIDE}", family.unwrap_or_default())
}

fn rights(user: Option<User>, privileges: Option<Privileges>, index: &str) -> Rights {
    let mut rights = Rights::default();
    let roles = user.and_then(|it| it.roles);
    // An API key has none: its rights are its own.
    rights.is_unclear |= roles.is_none();
    rights.writes |= roles.is_some_and(|all| all.iter().any(|it| it == SUPERUSER));
    let Some(privileges) = privileges else {
        rights.is_unclear = true;
        return rights;
    };
    rights.learn(&privileges, index);
    rights
}

impl Rights {
    fn learn(&mut self, privileges: &Privileges, index: &str) {
        let of_index = |name: &str, right: &str| privileges.index.get(name)?.get(right).copied();
        let of_cluster = |right: &str| privileges.cluster.get(right).copied();
        let writes = INDEX_WRITES.iter().map(|it| of_index(index, it));
        let writes = writes.chain(CLUSTER_WRITES.iter().map(|it| of_cluster(it)));
        for may in writes {
            self.writes |= may == Some(true);
            self.is_unclear |= may.is_none();
        }
        let others = [EVERYTHING, &beside(index)].map(|it| of_index(it, INDEX_READS));
        for may in others.into_iter().chain([of_cluster(CLUSTER_READS)]) {
            self.is_broad |= may == Some(true);
            self.is_unclear |= may.is_none();
        }
        // What may not be read is not seen whole, nor is what else may be done with it.
        self.is_unclear |= of_index(index, INDEX_READS) != Some(true);
    }
}
