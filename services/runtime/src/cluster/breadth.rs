//! How much more a token may do than its source needs.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use passport_connector_sdk::{
    CollectRequest, ProviderClient, ReadError, credential_scope::Breadth,
};
use passport_evidence::{Fact, Reason, Threshold, freshness::CREDENTIAL_SCOPE};
use passport_kubernetes_api::{self as api, Action, Allowed, Rules};

const ANY: &str = "*";
const RBAC: &str = "rbac.authorization.k8s.io";

/// What a source needs of its token, and which changes are another's.
#[derive(Debug)]
pub struct Needs<'a> {
    /// The namespace.
    pub namespace: &'a str,
    /// Objects that the source rests on, which its token must not change.
    pub guarded: Vec<Guarded<'a>>,
    /// Group and resource of what the token must be able to list.
    pub lists: Vec<(&'a str, &'a str)>,
}

/// One object of the namespace, or all of a kind, that a token must not change.
#[derive(Debug, Clone, Copy)]
pub struct Guarded<'a> {
    /// API group.
    pub group: &'a str,
    /// Kind as it stands in paths.
    pub resource: &'a str,
    /// `None`: any of the kind.
    pub name: Option<&'a str>,
    /// Parts that change it as well as it itself.
    pub parts: &'static [&'static str],
}

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

/// What a permission tells of a token that has it, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tells {
    /// It may change things, or read secrets.
    Writes,
    /// It reads more than the source needs.
    IsBroad,
    /// The source needs it.
    Suffices,
}

/// Asks what the client's token may do. Nothing is changed by it. One list of all that it may do in the
/// namespace answers nearly every question with no; where there is none, each is asked.
pub async fn ask(
    provider: &ProviderClient,
    needs: &Needs<'_>,
    request: &CollectRequest,
) -> Result<Asked, ReadError> {
    let rules = api::rules(provider, needs.namespace, request).await?;
    let answers = match &rules {
        Some(rules) => beside(rules, provider, needs, request).await?,
        None => each(provider, needs, request).await?,
    };
    let is_told = answers.iter().any(|it| it.allowed != Allowed::Untold);
    Ok(Asked {
        fact: judge(&answers, request.now),
        is_answered: is_told,
    })
}

/// All questions, at once.
async fn each(
    provider: &ProviderClient,
    needs: &Needs<'_>,
    request: &CollectRequest,
) -> Result<Vec<Answer>, ReadError> {
    let asked = questions(needs).into_iter();
    try_join_all(asked.map(|it| question(provider, it, request))).await
}

/// Those that the rules leave open, one after the other, up to the first that says it all.
async fn beside(
    rules: &Rules,
    provider: &ProviderClient,
    needs: &Needs<'_>,
    request: &CollectRequest,
) -> Result<Vec<Answer>, ReadError> {
    let (excluded, mut open): (Vec<_>, Vec<_>) = questions(needs)
        .into_iter()
        .partition(|(action, _)| rules.exclude(action));
    let no = |(_, tells)| Answer {
        tells,
        allowed: Allowed::No,
        as_of: rules.observed_at,
    };
    let mut answers: Vec<_> = excluded.into_iter().map(no).collect();
    open.sort_by_key(|(_, tells)| *tells);
    for asked in open {
        let answer = question(provider, asked, request).await?;
        let says_all = answer.allowed == Allowed::Yes && answer.tells != Tells::Suffices;
        answers.push(answer);
        if says_all {
            break;
        }
    }
    Ok(answers)
}

async fn question(
    provider: &ProviderClient,
    (action, tells): (Action<'_>, Tells),
    request: &CollectRequest,
) -> Result<Answer, ReadError> {
    let (allowed, as_of) = api::may_as_of(provider, action, request).await?;
    Ok(Answer {
        tells,
        allowed,
        as_of,
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
fn questions<'a>(needs: &Needs<'a>) -> Vec<(Action<'a>, Tells)> {
    let here = Some(needs.namespace);
    let in_namespace = |(action, tells): (Action<'a>, Tells)| {
        let namespace = here;
        (
            Action {
                namespace,
                ..action
            },
            tells,
        )
    };
    let changes = needs.guarded.iter().flat_map(Guarded::changes);
    let writes = changes.chain(gains()).map(|it| (it, Tells::Writes));
    let listed = needs.lists.iter().map(|it| action("list", it.0, it.1));
    let suffices = listed.map(|it| (it, Tells::Suffices));
    let local = writes.chain(suffices);
    let local = local.chain([(action("get", ANY, ANY), Tells::IsBroad)]);
    everywhere(needs)
        .into_iter()
        .chain(local.map(in_namespace))
        .collect()
}

/// Of all namespaces.
fn everywhere<'a>(needs: &Needs<'a>) -> Vec<(Action<'a>, Tells)> {
    let of_guarded = needs.guarded.iter().map(|it| (it.group, it.resource));
    let kinds = of_guarded.chain(needs.lists.iter().copied());
    let kinds: BTreeSet<_> = kinds.chain([("", "pods")]).collect();
    let reads = kinds.into_iter().map(|it| action("list", it.0, it.1));
    let writes = [
        action(ANY, ANY, ANY),
        action("list", "", "secrets"),
        action("impersonate", "", "users"),
    ];
    let writes = writes.map(|it| (it, Tells::Writes)).into_iter();
    writes.chain(reads.map(|it| (it, Tells::IsBroad))).collect()
}

/// What gains more than it is.
fn gains() -> [Action<'static>; 9] {
    [
        action("get", "", "secrets"),
        action("list", "", "secrets"),
        action("create", "", "pods"),
        part("create", "pods", "exec"),
        part("create", "serviceaccounts", "token"),
        action("impersonate", "", "serviceaccounts"),
        action("bind", RBAC, "roles"),
        action("bind", RBAC, "clusterroles"),
        action("escalate", RBAC, "roles"),
    ]
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

// === impl Guarded ===

impl<'a> Guarded<'a> {
    fn changes(&self) -> Vec<Action<'a>> {
        let of = |verb, subresource| Action {
            name: self.name,
            subresource,
            ..action(verb, self.group, self.resource)
        };
        let whole = ["patch", "update", "delete"].map(|it| of(it, None));
        let parts = self.parts.iter().flat_map(|part| {
            let verbs = ["patch", "update"];
            verbs.map(|it| of(it, Some(*part)))
        });
        whole.into_iter().chain(parts).collect()
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
