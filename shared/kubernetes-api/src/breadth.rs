//! How much more a token may do than read one object.

use passport_connector_sdk::{
    CollectRequest, ProviderClient, ReadError, credential_scope::Breadth,
};

use super::{
    object::ObjectPath,
    review::{Action, Allowed, may},
};

const ANY: &str = "*";
const SECRETS: &str = "secrets";

/// Asks what the client's token may do beyond reading this object. Narrow is only what was denied
/// everything that is asked for.
pub async fn beyond(
    provider: &ProviderClient,
    path: ObjectPath<'_>,
    request: &CollectRequest,
) -> Result<Breadth, ReadError> {
    let mut is_told = true;
    let actions = [
        (&changes(path)[..], Breadth::WriteCapable),
        (&reads(path)[..], Breadth::Broad),
    ];
    for (actions, breadth) in actions {
        for action in actions {
            match may(provider, *action, request).await? {
                Allowed::Yes => return Ok(breadth),
                Allowed::No => {}
                Allowed::Untold => is_told = false,
            }
        }
    }
    Ok(match is_told {
        true => Breadth::Narrow,
        false => Breadth::Unverifiable,
    })
}

/// Changes of the object, and of everything.
fn changes(path: ObjectPath<'_>) -> [Action<'_>; 4] {
    let everything = Action {
        verb: ANY,
        group: ANY,
        resource: ANY,
        subresource: None,
        namespace: None,
        name: None,
    };
    let of_object = |verb| Action {
        verb,
        group: path.group,
        resource: path.resource,
        subresource: None,
        namespace: Some(path.namespace),
        name: Some(path.name),
    };
    let [patch, update, delete] = ["patch", "update", "delete"].map(of_object);
    [patch, update, delete, everything]
}

/// Reads of secrets, of all objects, and of other objects of this kind. Who may not list secrets may still
/// get each whose name is known.
fn reads(path: ObjectPath<'_>) -> [Action<'_>; 8] {
    let read = |verb, group, resource, namespace| Action {
        verb,
        group,
        resource,
        subresource: None,
        namespace,
        name: None,
    };
    let here = Some(path.namespace);
    [
        read("list", "", SECRETS, here),
        read("list", "", SECRETS, None),
        read("get", "", SECRETS, here),
        read("get", "", SECRETS, None),
        read("get", path.group, path.resource, here),
        read("get", ANY, ANY, here),
        read("get", ANY, ANY, None),
        read("get", path.group, path.resource, None),
    ]
}
