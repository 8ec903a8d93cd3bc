//! How much more a token may do than its source needs.

use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use passport_connector_sdk::{CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::{Fact, Reason, Threshold, freshness::CREDENTIAL_SCOPE};
use passport_kubernetes_api::{self as api, Action, Allowed};

use super::client::Client;

const ANY: &str = "*";
const RBAC: &str = "rbac.authorization.k8s.io";

/// What is known of a token.
pub struct Asked {
    /// How broad it is.
    pub fact: Fact,
    /// Whether the server answered any question about it, as only Kubernetes does.
    pub is_answered: bool,
}

/// What the server says about one permission.
struct Answer {
    tells: Tells,
    allowed: Allowed,
    as_of: DateTime<Utc>,
}

/// What a permission tells of a token that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// It may change things, or read secrets.
    Writes,
    /// It reads more than the source needs.
    IsBroad,
    /// The source needs it.
    Suffices,
}

/// Asks what the client's token may do. Nothing is changed by it.
pub async fn ask(client: &Client, request: &CollectRequest) -> Result<Asked, ReadError> {
    let asked = questions(client)
        .into_iter()
        .map(|(action, tells)| async move {
            let (allowed, as_of) = api::may_as_of(&client.provider, action, request).await?;
            Ok::<_, ReadError>(Answer {
                tells,
                allowed,
                as_of,
            })
        });
    let answers = try_join_all(asked).await?;
    Ok(Asked {
        fact: judge(&answers, request.now),
        is_answered: answers.iter().any(|it| it.allowed != Allowed::Untold),
    })
}

/// Narrow is only what was denied everything that is too much.
fn judge(answers: &[Answer], now: DateTime<Utc>) -> Fact {
    let has = |tells, allowed| {
        let mut all = answers.iter();
        all.any(|it| it.tells == tells && it.allowed == allowed)
    };
    let is_untold = answers.iter().any(|it| it.allowed == Allowed::Untold);
    let as_of = answers.iter().map(|it| it.as_of).fold(now, Ord::min);
    if has(Tells::Writes, Allowed::Yes) {
        return Breadth::WriteCapable.fact(as_of);
    }
    if has(Tells::IsBroad, Allowed::Yes) {
        return Breadth::Broad.fact(as_of);
    }
    if has(Tells::Suffices, Allowed::No) {
        return Fact::unknown(CREDENTIAL_SCOPE, Reason::Denied)
            .wanting(Some(Threshold::equals("narrow")))
            .observed(Some(as_of));
    }
    match is_untold {
        true => Breadth::Unverifiable.fact(as_of),
        false => Breadth::Narrow.fact(as_of),
    }
}

/// The permissions that are asked about. Who may bind roles, impersonate or make tokens may do
/// anything.
fn questions(client: &Client) -> Vec<(Action<'_>, Tells)> {
    let object = client.object();
    let (group, resource) = (object.group, object.resource);
    let here = Some(object.namespace);
    let anywhere = [
        (action(ANY, ANY, ANY), Tells::Writes),
        (action("list", "", "secrets"), Tells::Writes),
        (action("impersonate", "", "users"), Tells::Writes),
        (action("list", "", "pods"), Tells::IsBroad),
        (action("list", group, resource), Tells::IsBroad),
    ];
    let writes = [
        action("get", "", "secrets"),
        action("list", "", "secrets"),
        action("create", "", "pods"),
        part("create", "pods", "exec"),
        part("create", "serviceaccounts", "token"),
        action("impersonate", "", "serviceaccounts"),
        action("bind", RBAC, "roles"),
        action("bind", RBAC, "clusterroles"),
        action("escalate", RBAC, "roles"),
    ];
    let changes = ["patch", "update", "delete"].map(|verb| Action {
        name: Some(object.name),
        ..action(verb, group, resource)
    });
    // Who may scale it may end it.
    let scales = ["patch", "update"].map(|verb| Action {
        name: Some(object.name),
        subresource: Some("scale"),
        ..action(verb, group, resource)
    });
    let writes = writes.into_iter().chain(changes).chain(scales);
    let writes = writes.map(|it| (it, Tells::Writes));
    let reads = [
        (action("get", ANY, ANY), Tells::IsBroad),
        (action("list", "", "pods"), Tells::Suffices),
    ];
    let in_namespace = writes.chain(reads).map(|(action, tells)| {
        let action = Action {
            namespace: here,
            ..action
        };
        (action, tells)
    });
    anywhere.into_iter().chain(in_namespace).collect()
}

fn action<'a>(verb: &'a str, group: &'a str, resource: &'a str) -> Action<'a> {
    Action {
        verb,
        group,
        resource,
        subresource: None,
        namespace: None,
        name: None,
    }
}

fn part<'a>(verb: &'a str, resource: &'a str, subresource: &'a str) -> Action<'a> {
    Action {
        subresource: Some(subresource),
        ..action(verb, "", resource)
    }
}

// === impl Asked ===

impl Asked {
    /// The server could not be asked.
    pub fn untold(now: DateTime<Utc>) -> Self {
        Self {
            fact: Breadth::Unverifiable.fact(now),
            is_answered: false,
        }
    }
}
